"""What VoID counts: queries on a store that holds the data and the links alone, each of which
reads it once, by an index; and what was counted of each class while its triples were made.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import BlankNode, NamedNode, Store, Triple

from lod.base import packaged as files
from lod.pipeline.usage import CLASSE, TOUT, TYPE, Classes, Usages, classes_of, kinds
from lod.rdf.jsonld import compact, expand
from lod.rdf.ontology import ontology
from lod.rdf.store import select
from lod.rdf.vocab import RDF_TYPE

WHOLE = """
SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?sujets) (COUNT(DISTINCT ?o) AS ?objets)
WHERE { ?s ?p ?o }
"""
ENTITIES = "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?classe }"
CLASSES = "SELECT ?terme (COUNT(?s) AS ?n) WHERE { ?s a ?terme } GROUP BY ?terme ORDER BY ?terme"
PROPERTIES = """
SELECT ?terme (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?sujets) (COUNT(DISTINCT ?o) AS ?objets)
WHERE { ?s ?terme ?o } GROUP BY ?terme ORDER BY ?terme
"""
LINKS = """
SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?sujets) (COUNT(DISTINCT ?o) AS ?objets)
WHERE { ?s <%s> ?o FILTER(STRSTARTS(STR(?o), "%s")) }
"""
Row = dict[str, str]
Subject = NamedNode | BlankNode | Triple


@dataclass(frozen=True, slots=True)
class Genre:
    """Objects of one kind that a property has: a class or a datatype, in how many triples."""

    nom: str
    terme: str
    triples: int


@dataclass(frozen=True, slots=True)
class Propriete:
    """A property that the instances of a class have, and the kinds of its objects."""

    nom: str
    terme: str
    triples: int
    classes: tuple[Genre, ...]
    types: tuple[Genre, ...]


@dataclass(frozen=True, slots=True)
class Classe:
    """A class: how many instances, how many triples about them, and by which properties."""

    nom: str
    terme: str
    entites: int
    proprietes: tuple[Propriete, ...]

    @property
    def triples(self) -> int:
        """How many triples have an instance of the class as subject."""
        return sum(p.triples for p in self.proprietes)


@dataclass(frozen=True, slots=True)
class Total:
    """How many triples, and how many different subjects and objects they have.

    It is about all, or about one property: `nom` and `terme` then say which.
    """

    triples: int
    sujets: int
    objets: int
    nom: str = ""
    terme: str = ""


@dataclass(frozen=True, slots=True)
class Liens:
    """Links to what somebody else publishes: a row of `site/liens.csv`, and what was counted."""

    dit: dict[str, str]
    total: Total

    @property
    def predicat(self) -> str:
        """The IRI of the property that links."""
        return expand(self.dit["predicat"])


@dataclass(frozen=True, slots=True)
class Ensemble:
    """How much there is in a store as a whole; each description in it is counted too.

    `parties` are the classes, `parties_propriete` the properties, by name, that the data alone
    have: what is counted of them holds for the whole.
    """

    triplets: int
    entites: int
    sujets: int
    classes: tuple[str, ...]
    proprietes: tuple[str, ...]
    parties: tuple[str, ...] = ()
    parties_propriete: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comptes:
    """All that was counted of a store."""

    total: Total
    entites: int
    classes: tuple[Classe, ...]
    proprietes: tuple[Total, ...]
    liens: tuple[Liens, ...]


def compter(store: Store, usages: Usages, classes: Classes) -> Comptes:
    """Return the figures of a store that holds what the dumps hold, and no description.

    `usages` were counted of the same triples; `classes` are those of what questions refer to.
    """
    [whole], [entities] = select(store, WHOLE), select(store, ENTITIES)
    return Comptes(
        total=_total(whole),
        entites=int(entities["n"]),
        classes=tuple(_classes(store, usages, classes)),
        proprietes=tuple(_total(row) for row in select(store, PROPERTIES)),
        liens=tuple(_liens(store)),
    )


def ensemble(comptes: Comptes, store: Store, triples: Sequence[Triple]) -> Ensemble:
    """Return the figures of a store that was counted, as they will be with these triples in it.

    None of them may be there already.
    """
    typed = {t.subject for t in triples if t.predicate == RDF_TYPE}
    classes = {t.object.value for t in triples if t.predicate == RDF_TYPE}  # type: ignore[union-attr]
    proprietes = {t.predicate.value for t in triples}
    return Ensemble(
        triplets=comptes.total.triples + len(triples),
        entites=comptes.entites + _new(store, typed, RDF_TYPE),
        sujets=comptes.total.sujets + _new(store, {t.subject for t in triples}),
        classes=tuple(sorted(classes | {c.terme for c in comptes.classes})),
        proprietes=tuple(sorted(proprietes | {p.terme for p in comptes.proprietes})),
        parties=tuple(part.nom for part in comptes.classes if part.terme not in classes),
        parties_propriete=tuple(
            part.nom for part in comptes.proprietes if part.terme not in proprietes
        ),
    )


def _new(store: Store, subjects: Iterable[Subject], predicate: NamedNode | None = None) -> int:
    """Return how many of these a store does not know as subjects of a property, or of any."""
    found = (next(store.quads_for_pattern(s, predicate, None), None) for s in subjects)
    return sum(1 for quad in found if quad is None)


def _total(row: Row) -> Total:
    terme = row.get("terme", "")
    figures = int(row["n"]), int(row["sujets"]), int(row["objets"])
    return Total(*figures, nom(terme) if terme else "", terme)


def _classes(store: Store, usages: Usages, classes: Classes) -> Iterator[Classe]:
    types = _genres(kinds(usages, classes, TYPE))
    ressources = _genres(kinds(usages, {**classes_of(ontology()), **classes}, CLASSE))
    proprietes: dict[str, list[Propriete]] = {}
    for (classe, terme), counted in sorted(kinds(usages, classes, TOUT).items()):
        key = (classe, terme)
        found = ressources.get(key, ()), types.get(key, ())
        one = Propriete(nom(terme), terme, counted[""], *found)
        proprietes.setdefault(classe, []).append(one)
    for row in select(store, CLASSES):
        terme = row["terme"]
        yield Classe(nom(terme), terme, int(row["n"]), tuple(proprietes[terme]))


def _genres(
    counted: Mapping[tuple[str, str], Mapping[str, int]],
) -> dict[tuple[str, str], tuple[Genre, ...]]:
    """Return (class, property) → the kinds of its objects, sorted."""
    return {
        key: tuple(Genre(nom(iri), iri, n) for iri, n in sorted(kinds.items()))
        for key, kinds in counted.items()
    }


def _liens(store: Store) -> Iterator[Liens]:
    """Yield the sets of links that are not empty."""
    with files.LIENS.open(encoding="utf-8", newline="") as file:
        for said in csv.DictReader(file):
            [row] = select(store, LINKS % (expand(said["predicat"]), said["debut"]))
            if int(row["n"]):
                yield Liens(said, _total(row))


def nom(iri: str) -> str:
    """Return the name of a term as it stands in fragments: `qp-Question`."""
    return compact(iri).replace(":", "-")
