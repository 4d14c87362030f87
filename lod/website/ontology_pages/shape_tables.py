"""The shapes as people read them: which property, how many, what value, how grave, in which words.

All of it comes from `shapes/*.ttl`, in the order of the files, and for one language.
"""

from dataclasses import dataclass
from functools import cache

from lod.base import packaged as files
from lod.website.ontology_pages.turtle_reader import Graphe, local

REFUS = "Violation"
# what has a place of its own on the page; every other constraint is shown as it is spelt
PLACES = {"rdf:type", "sh:path", "sh:message", "sh:severity", "sh:minCount", "sh:maxCount",
          "sh:datatype", "sh:languageIn", "sh:class", "sh:nodeKind", "sh:in", "sh:hasValue",
          "sh:pattern", "sh:minInclusive", "sh:maxInclusive", "sh:lessThanOrEquals",
          "sh:uniqueLang", "sh:or", "sh:targetClass", "sh:targetSubjectsOf", "sh:property",
          "sh:closed", "sh:ignoredProperties"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Valeur:
    """What the values of a property must be; all that is empty is not asked for."""

    type: str
    langues: tuple[str, ...]
    classe: str
    nature: str
    parmi: tuple[str, ...]
    egale: str
    motif: str
    de: str
    a: str
    avant: str
    unique: bool
    autres: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrainte:
    """A property shape, or a rule: `ou` has its alternatives, `si` the property that it is about.

    `compte` says whether how many values there are is part of it.
    """

    nom: str
    fichier: str
    chemin: str
    minimum: int
    maximum: int | None
    compte: bool
    valeur: Valeur
    gravite: str
    message: str
    si: str
    ou: tuple["Contrainte", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The shapes of one file: those of a class, those that several classes share, and rules."""

    fichier: str
    nom: str
    classes: tuple[str, ...]
    fermee: bool
    motif: str
    message: str
    contraintes: tuple[Contrainte, ...]
    regles: tuple[Contrainte, ...]


@cache
def graphe() -> Graphe:
    """Return the shapes as their files have them."""
    return Graphe(files.shapes())


@cache
def sections(langue: str) -> tuple[Section, ...]:
    """Return the shapes of each file that has some."""
    g = graphe()
    shapes = g.sujets("sh:NodeShape", "sh:PropertyShape")
    by_file: dict[str, list[str]] = {}
    for shape in shapes:
        by_file.setdefault(g.fichiers[shape], []).append(shape)
    return tuple(_section(name, found, langue) for name, found in by_file.items())


def _section(fichier: str, shapes: list[str], langue: str) -> Section:
    g = graphe()
    nodes = [s for s in shapes if "sh:NodeShape" in g.iris(s, "rdf:type")]
    main = next((s for s in nodes if "sh:or" not in g.dit(s)), "")
    inner = {s for shape in shapes for s in g.liste(shape, "sh:or")}
    rules = [s for s in shapes if s != main and _targets(s)]
    own = g.iris(main, "sh:property")
    shared = [s for s in shapes if s not in (main, *own, *rules, *inner)]
    return Section(
        fichier=fichier,
        nom=local(main),
        classes=g.iris(main, "sh:targetClass"),
        fermee="true" in g.valeurs(main, "sh:closed"),
        motif=_one(main, "sh:pattern"),
        message=g.texte(main, langue, "sh:message"),
        contraintes=tuple(contrainte(s, langue) for s in (*own, *shared)),
        regles=tuple(contrainte(s, langue) for s in rules),
    )


def _targets(shape: str) -> tuple[str, ...]:
    return graphe().iris(shape, "sh:targetClass", "sh:targetSubjectsOf")


def contrainte(shape: str, langue: str) -> Contrainte:
    """Return one property shape or rule in words of one language."""
    g = graphe()
    most = _one(shape, "sh:maxCount")
    return Contrainte(
        nom=local(shape),
        fichier=g.fichiers[shape],
        chemin=_iri(shape, "sh:path"),
        minimum=int(_one(shape, "sh:minCount") or 0),
        maximum=int(most) if most else None,
        compte=any(p in g.dit(shape) for p in ("sh:minCount", "sh:maxCount"))
        or "sh:severity" not in g.dit(shape),
        valeur=_valeur(shape),
        gravite=local(_iri(shape, "sh:severity")) or REFUS,
        message=g.texte(shape, langue, "sh:message"),
        si=_iri(shape, "sh:targetSubjectsOf"),
        ou=tuple(contrainte(s, langue) for s in g.liste(shape, "sh:or")),
    )


def _valeur(shape: str) -> Valeur:
    g = graphe()
    return Valeur(
        type=_iri(shape, "sh:datatype"),
        langues=g.liste(shape, "sh:languageIn"),
        classe=_iri(shape, "sh:class"),
        nature=local(_iri(shape, "sh:nodeKind")),
        parmi=g.liste(shape, "sh:in"),
        egale=_iri(shape, "sh:hasValue") or _one(shape, "sh:hasValue"),
        motif=_one(shape, "sh:pattern"),
        de=_one(shape, "sh:minInclusive"),
        a=_one(shape, "sh:maxInclusive"),
        avant=_iri(shape, "sh:lessThanOrEquals"),
        unique=_one(shape, "sh:uniqueLang") == "true",
        autres=tuple((p, g.court(o)) for p, said in g.dit(shape).items()
                     if p not in PLACES for o in said),
    )  # fmt: skip


def _one(shape: str, predicate: str) -> str:
    return next(iter(graphe().valeurs(shape, predicate)), "")


def _iri(shape: str, predicate: str) -> str:
    return next(iter(graphe().iris(shape, predicate)), "")


def nom_lu(message: str) -> str:
    """Return what a message says that it is about: its words before the colon.

    >>> nom_lu("début, de 1958 à 2099\\u00a0: une valeur au plus\\u00a0; corriger")
    'début'
    >>> nom_lu("page of the JO, from 1 on: at most one; correct")
    'page of the JO'
    """
    before, colon, _ = message.partition(";")[0].partition(":")
    return before.partition(",")[0].strip() if colon else ""
