"""The model as its pages tell it: classes, properties, concepts, and what they borrow.

Pure values for one language, from `ontology/qp.ttl`, `shapes/*.ttl` and `site/queries/*.rq`: a
page in English can print no French, since it is not given any.
"""

import re
from dataclasses import dataclass
from functools import cache

from lod.base import packaged as files
from lod.publish.query_catalogue import Requete, autonomes
from lod.rdf.vocab import NAMESPACE
from lod.website.ontology_pages.shape_tables import (
    REFUS,
    Contrainte,
    Valeur,
    graphe,
    nom_lu,
    sections,
)
from lod.website.ontology_pages.turtle_reader import Graphe, local

SUR = NAMESPACE.rstrip("#")  # the ontology itself
CLASSE, CONCEPT, LISTE = "owl:Class", "skos:Concept", "skos:ConceptScheme"
PROPRIETES = ("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty")
DOMAINES = ("rdfs:domain", "schema:domainIncludes")
PORTEES = ("rdfs:range", "schema:rangeIncludes")
NOMS, SENS = ("rdfs:label", "skos:prefLabel"), ("rdfs:comment", "skos:definition")
SANS_FAIT = {"rdf:type", "skos:inScheme", "skos:notation", "skos:example", *NOMS, *SENS}
EXEMPLE = "skos:example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """A property as one class uses it: the shapes say how many values and which.

    `minimum` is None where no shape speaks of the property for this class.
    """

    propriete: str
    nom: str
    minimum: int | None
    maximum: int | None
    attendue: bool
    valeurs: tuple[Valeur, ...]
    portees: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Classe:
    """A class: its place among the others, its properties, and (class, property) leading to it."""

    terme: str
    nom: str
    sens: str
    superclasses: tuple[str, ...]
    sous_classes: tuple[str, ...]
    usages: tuple[Usage, ...]
    pointee: tuple[tuple[str, str], ...]
    exemples: tuple[tuple[str, str], ...]
    requetes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Propriete:
    """A property: its kind, where it stands, what a source calls it, examples, and queries."""

    terme: str
    nom: str
    sens: str
    genre: str
    domaines: tuple[str, ...]
    portees: tuple[str, ...]
    etiquettes: tuple[str, ...]
    chemins: tuple[str, ...]
    exemples: tuple[tuple[str, str], ...]
    requetes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A concept of a list; `faits` are (property, value) that the ontology states of it."""

    terme: str
    nom: str
    sens: str
    code: str
    faits: tuple[tuple[str, str], ...]
    exemples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Liste:
    """A list of concepts."""

    terme: str
    nom: str
    sens: str
    concepts: tuple[Concept, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Emprunt:
    """A term of another vocabulary: (what it is, the classes that bear it), or its properties."""

    terme: str
    iri: str
    est_classe: bool
    emplois: tuple[tuple[str, tuple[str, ...]], ...]
    proprietes: tuple[str, ...]
    requetes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Modele:
    """All that the pages about the model show, in one language."""

    langue: str
    titre: str
    description: str
    version: str
    classes: tuple[Classe, ...]
    proprietes: tuple[Propriete, ...]
    listes: tuple[Liste, ...]
    emprunts: tuple[Emprunt, ...]
    requetes: tuple[Requete, ...]
    prefixes: dict[str, str]
    noms: dict[str, str]
    ancres: dict[str, str]


@cache
def ontologie() -> Graphe:
    """Return the ontology as its file has it."""
    return Graphe([files.ONTOLOGY])


@cache
def modele(langue: str) -> Modele:
    """Return the whole model in `fr` or `en`."""
    g = ontologie()
    borrowed = _emprunts(langue)
    own = termes()
    return Modele(
        langue=langue,
        titre=g.texte(SUR, langue, "dcterms:title"),
        description=g.texte(SUR, langue, "dcterms:description"),
        version=next(iter(g.valeurs(SUR, "owl:versionInfo")), ""),
        classes=tuple(_classe(t, langue) for t in g.sujets(CLASSE)),
        proprietes=tuple(_propriete(t, langue) for t in g.sujets(*PROPRIETES)),
        listes=tuple(_liste(t, langue) for t in g.sujets(LISTE) if t in own),
        emprunts=borrowed,
        requetes=tuple(autonomes().values()),
        prefixes=dict(sorted((graphe().prefixes | g.prefixes).items())),
        noms={t: g.texte(t, langue, *NOMS) for t in own} | _noms_empruntes(langue),
        ancres={t: local(t) for t in own} | {e.terme: ancre(e.terme) for e in borrowed},
    )


@cache
def termes() -> tuple[str, ...]:
    """Return every term that the ontology defines, in its order.

    Its header names languages and themes of the European Union, which are no terms of ours.
    """
    found = ontologie().sujets(CLASSE, *PROPRIETES, CONCEPT, LISTE)
    return tuple(s for s in found if s.startswith("qp:"))


def ancre(emprunt: str) -> str:
    """Return the anchor of a term of another vocabulary.

    >>> ancre("skos:prefLabel")
    'skos-prefLabel'
    """
    return emprunt.replace(":", "-")


def _classe(terme: str, langue: str) -> Classe:
    g = ontologie()
    return Classe(
        terme=terme,
        nom=g.texte(terme, langue, *NOMS),
        sens=g.texte(terme, langue, *SENS),
        superclasses=superclasses(terme),
        sous_classes=tuple(c for c in g.sujets(CLASSE) if terme in superclasses(c)),
        usages=usages(terme, langue),
        pointee=tuple((a, p) for a, p, b in relations() if b == terme),
        exemples=_exemples(terme, langue),
        requetes=_requetes(terme),
    )


def superclasses(classe: str) -> tuple[str, ...]:
    """Return what a class is a kind of."""
    return ontologie().iris(classe, "rdfs:subClassOf")


@cache
def usages(classe: str, langue: str) -> tuple[Usage, ...]:
    """Return the properties of a class: our own in the order of the ontology, then the others."""
    g = ontologie()
    by_path: dict[str, list[Contrainte]] = {}
    for section in sections(langue):
        for c in section.contraintes if classe in section.classes else ():
            by_path.setdefault(c.chemin, []).append(c)
    own = [
        p
        for p in g.sujets(*PROPRIETES)
        if classe in (domains := g.iris(p, *DOMAINES)) or (not domains and p in by_path)
    ]
    foreign = [p for p in by_path if p not in termes()]
    return tuple(_usage(p, by_path.get(p, []), langue) for p in (*own, *foreign))


def _usage(propriete: str, found: list[Contrainte], langue: str) -> Usage:
    """Put the shapes of one property together: what refuses a record decides, the rest advises."""
    g = ontologie()
    asked = [c for c in found if c.gravite == REFUS]
    most = [c.maximum for c in asked if c.maximum is not None]
    told = next((n for c in asked if (n := nom_lu(c.message))), "")
    return Usage(
        propriete=propriete,
        nom=g.texte(propriete, langue, *NOMS) or told,
        minimum=max((c.minimum for c in asked), default=None),
        maximum=min(most, default=None),
        attendue=any(c.minimum for c in found if c.gravite != REFUS),
        valeurs=tuple(c.valeur for c in asked if _asks(c.valeur)),
        portees=g.iris(propriete, *PORTEES),
    )


def _asks(valeur: Valeur) -> bool:
    """Say whether a shape asks anything of the values themselves."""
    return any((valeur.type, valeur.classe, valeur.nature, valeur.parmi, valeur.egale,
                valeur.motif, valeur.de, valeur.a))  # fmt: skip


@cache
def relations() -> tuple[tuple[str, str, str], ...]:
    """Return (class, property, class) for every property that leads from a class to another."""
    g = ontologie()
    found = [
        (a, p, b)
        for p in g.sujets("owl:ObjectProperty")
        for a in g.iris(p, *DOMAINES)
        for b in g.iris(p, *PORTEES)
    ]
    borrowed = [
        (a, c.chemin, c.valeur.classe)
        for section in sections("fr")
        for c in section.contraintes
        for a in section.classes
        if c.valeur.classe and c.chemin not in termes()
    ]
    return tuple(dict.fromkeys(found + borrowed))


def _propriete(terme: str, langue: str) -> Propriete:
    g = ontologie()
    [genre] = g.iris(terme, "rdf:type")
    return Propriete(
        terme=terme,
        nom=g.texte(terme, langue, *NOMS),
        sens=g.texte(terme, langue, *SENS),
        genre=genre,
        domaines=g.iris(terme, *DOMAINES),
        portees=g.iris(terme, *PORTEES),
        etiquettes=g.valeurs(terme, "qp:etiquettePage"),
        chemins=g.valeurs(terme, "qp:cheminJson"),
        exemples=_exemples(terme, langue),
        requetes=_requetes(terme),
    )


def _exemples(terme: str, langue: str) -> tuple[tuple[str, str], ...]:
    """Return (value, its language or "") of the examples: those of the page's language and those
    of none; where there are only others, these: a value is data, and is printed as it is.
    """
    g = ontologie()
    found = [
        (g.court(o), getattr(o, "language", None) or "") for o in g.dit(terme).get(EXEMPLE, [])
    ]
    fitting = tuple((text, spoken) for text, spoken in found if spoken in ("", langue))
    return fitting or tuple(found)


def _liste(terme: str, langue: str) -> Liste:
    g = ontologie()
    members = [c for c in g.sujets(CONCEPT) if terme in g.iris(c, "skos:inScheme")]
    return Liste(
        terme=terme,
        nom=g.texte(terme, langue, *NOMS),
        sens=g.texte(terme, langue, *SENS),
        concepts=tuple(_concept(c, langue) for c in members),
    )


def _concept(terme: str, langue: str) -> Concept:
    g = ontologie()
    said = [(p, o) for p, os in g.dit(terme).items() if p not in SANS_FAIT for o in os]
    return Concept(
        terme=terme,
        nom=g.texte(terme, langue, *NOMS),
        sens=g.texte(terme, langue, *SENS),
        code=next(iter(g.valeurs(terme, "skos:notation")), ""),
        faits=tuple(
            (p, g.court(o)) for p, o in said if getattr(o, "language", None) in (None, langue)
        ),
        exemples=_exemples(terme, langue),
    )


def _emprunts(langue: str) -> tuple[Emprunt, ...]:
    """Return what the shapes and the ontology take from other vocabularies, sorted."""
    classes = {c for section in sections(langue) for c in section.classes}
    classes |= {c for a, _, b in relations() for c in (a, b)}
    used: dict[str, dict[str, list[str]]] = {c: {} for c in sorted(classes)}
    for classe in [*termes(), *sorted(classes - set(termes()))]:
        for usage in usages(classe, langue):
            used.setdefault(usage.propriete, {}).setdefault(usage.nom, []).append(classe)
    return tuple(
        Emprunt(
            terme=t,
            iri=_iri(t),
            est_classe=t in classes,
            emplois=tuple((nom, tuple(found)) for nom, found in used[t].items()),
            proprietes=tuple(u.propriete for u in usages(t, langue)) if t in classes else (),
            requetes=_requetes(t),
        )
        for t in sorted(used)
        if t not in termes()
    )


def _iri(terme: str) -> str:
    prefix, _, name = terme.partition(":")
    return (graphe().prefixes | ontologie().prefixes)[prefix] + name


def _noms_empruntes(langue: str) -> dict[str, str]:
    """Return what the shapes call the terms of other vocabularies; the first to speak names it."""
    found: dict[str, str] = {}
    for section in sections(langue):
        for c in section.contraintes:
            if c.chemin not in termes() and (nom := nom_lu(c.message)):
                found.setdefault(c.chemin, nom)
    return found


def _requetes(terme: str) -> tuple[str, ...]:
    """Return the names of the queries that use a term."""
    used = re.compile(rf"(?<![\w:-]){re.escape(terme)}(?![\w-])")
    return tuple(requete.nom for requete in autonomes().values() if used.search(requete.texte))
