"""Deputies, ministries, groups, headings…: a page each, with tables about it and its questions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from lod.model.dates import en_toutes_lettres
from lod.publish.query_catalogue import query_text
from lod.rdf import jsonld
from lod.rdf.ontology import labels
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import LABELS, ORG_CLASSIFICATION, PREFIXES, QP, RDF_TYPE, RDFS_LABEL, term
from lod.website import feeds as flux
from lod.website.charts.charts import Image, dessiner
from lod.website.documents import write_document
from lod.website.pagination import feuillets
from lod.website.query_cache import Guichet
from lod.website.query_tables import Tableau, fiches, tableau
from lod.website.question_lists import PER_PAGE, Ligne, Liste, Rangees, listes
from lod.website.rendering import Contexte, render, write_page

DRAWN = 3  # rows of a table that is drawn, at least
NOMS = {  # terms of other vocabularies, as a page calls them
    "skos:Concept": "rubrique ou motif",
    "skos:altLabel": "autre libellé",
    "skos:inScheme": "dans la liste",
    "foaf:title": "civilité",
    "rdfs:seeAlso": "voir aussi",
    "schema:birthDate": "date de naissance",
    "schema:deathDate": "date de décès",
    "schema:startDate": "début",
    "schema:endDate": "fin",
    "skos:broader": "rubrique plus large",
    "skos:note": "note",
    "org:ChangeEvent": "changement",
    "org:classification": "portefeuille",
    "org:organization": "groupe",
    "org:subOrganizationOf": "au sein de",
    "dcterms:replaces": "succède à",
    "owl:sameAs": "même personne que",
}
HIDDEN = (RDF_TYPE, *LABELS)  # shown as the heading of the page


@dataclass(frozen=True, slots=True)
class Entrant:
    """Something that points to a resource: its IRI, its name, and how long or where it did."""

    iri: str
    nom: str
    precision: str


Entrants = dict[str, dict[str, list[Entrant]]]  # resource → role → what points to it


def incoming(guichet: Guichet) -> Entrants:
    """Return all that points to each resource but its questions; one query for all of them."""
    found: Entrants = {}
    for row in guichet.rows(query_text("liens-entrants")):
        entrant = Entrant(row["source"], row["nom"], row["precision"])
        found.setdefault(row["entite"], {}).setdefault(row["role"], []).append(entrant)
    return found


class Resources:
    """Triples about resources, gathered by the document that describes them."""

    def __init__(self, triples: Iterator[Triple], base: str) -> None:
        self._by_document: dict[str, list[Triple]] = {}
        for triple in triples:
            assert isinstance(triple.subject, NamedNode), "no blank node is ever made"
            if triple.subject.value.startswith(base):
                document = triple.subject.value.partition("#")[0]
                self._by_document.setdefault(document, []).append(triple)

    def documents(self) -> list[str]:
        """Return the IRIs that have a document, sorted."""
        return sorted(self._by_document)

    def about(self, iri: str) -> list[Triple]:
        """Return the triples of one document."""
        return self._by_document[iri]

    def portefeuilles(self) -> dict[str, list[str]]:
        """Return ministry → what it is in charge of."""
        found: dict[str, list[str]] = {}
        for triple in chain.from_iterable(self._by_document.values()):
            subject, value = triple.subject, triple.object
            if triple.predicate == ORG_CLASSIFICATION and isinstance(value, NamedNode):
                assert isinstance(subject, NamedNode), "no blank node is ever made"
                found.setdefault(subject.value, []).append(value.value)
        return found


def write_resource(
    contexte: Contexte,
    iri: str,
    resources: Resources,
    roles: dict[str, list[Entrant]],
    lignes: list[Ligne],
    guichet: Guichet,
    rangees: Rangees,
) -> None:
    """Write the document of one resource: what is said of it, tables about it, what points to it,
    its questions; and the pages on which these lists go on.
    """
    triples, path = resources.about(iri), contexte.path(iri)
    questions = listes(iri, path, lignes)
    said = dit(iri, triples, questions, contexte, guichet)
    for liste in questions:
        pointing = {} if liste.etat.cle else roles
        longest = max(map(len, pointing.values()), default=1)
        for part in feuillets(liste.path, liste.lignes, PER_PAGE, longest):
            shown = {"liste": liste, "feuillet": part, "entrants": entrants(pointing, part.numero),
                     "rangees": map(rangees.de, part.lignes)}  # fmt: skip
            html = render("ressource.html", contexte, part.path, **said, **shown)
            if part.path == path:
                write_document(contexte, iri, ntriples(dict.fromkeys(triples)), [], html)
            else:
                write_page(contexte, part.path, html)


def dit(
    iri: str, triples: list[Triple], questions: list[Liste], contexte: Contexte, guichet: Guichet
) -> dict[str, Any]:
    """Return what every page about a resource has: facts, tables, pictures, lists of questions."""
    path, has_questions = contexte.path(iri), bool(questions[0].lignes)
    return {
        "iri": iri,
        "titre": contexte.nom(iri),
        "genre": genre(iri, triples),
        "document": path,
        "tableaux": [(t, dessin(t)) for t in tableaux(guichet, contexte, iri, has_questions)],
        "est_suivi": path.partition("/")[0] in flux.SUIVIS,
        "parties": list(parties(iri, triples)),
        "faits": list(facts(iri, triples, contexte)),
        "listes": questions,
    }


def dessin(table: Tableau) -> Image | None:
    """Return the picture of a table; none of so few rows that the table says it better."""
    return dessiner(table) if len(table.lignes) >= DRAWN else None


def entrants(roles: dict[str, list[Entrant]], number: int) -> list[tuple[str, int, list[Entrant]]]:
    """Return (role, how many, those on this page) of what points to a resource."""
    shown = slice((number - 1) * PER_PAGE, number * PER_PAGE)
    return [(role, len(found), found[shown]) for role, found in roles.items()]


def tableaux(
    guichet: Guichet, contexte: Contexte, iri: str, has_questions: bool
) -> Iterator[Tableau]:
    """Yield the tables about a resource that have rows, one a query that names its kind; no query
    on questions is asked where there is none.
    """
    kind = contexte.path(iri).partition("/")[0]
    for requete in fiches(kind):
        if has_questions or "?question" not in requete.texte:
            table = tableau(guichet, requete.nom, contexte.base, entite=iri)
            if table.lignes:
                yield table


def genre(iri: str, triples: list[Triple]) -> str:
    """Return what kind of thing a resource is, as its class is called."""
    for triple in triples:
        if triple.subject == NamedNode(iri) and triple.predicate == RDF_TYPE:
            kind = triple.object.value if isinstance(triple.object, NamedNode) else ""
            return labels(RDFS_LABEL).get(kind) or NOMS[jsonld.compact(kind)]
    return ""


def parties(iri: str, triples: list[Triple]) -> Iterator[tuple[str, str]]:
    """Yield (anchor, name) of what has no page of its own: mandates, memberships, lists; not the
    statistics, which are rows of a table.
    """
    for triple in triples:
        assert isinstance(triple.subject, NamedNode), "no blank node is ever made"
        document, _, ancre = triple.subject.value.partition("#")
        is_part = document == iri and ancre and not ancre.startswith("statistique")
        if is_part and triple.predicate in LABELS and isinstance(triple.object, Literal):
            yield ancre, triple.object.value


def facts(iri: str, triples: list[Triple], contexte: Contexte) -> Iterator[tuple[str, str, str]]:
    """Yield (property, value, IRI or "") for what is said of a resource itself."""
    proven = {t.object for t in triples if t.predicate == QP.cible}  # stand in a table
    for triple in triples:
        if triple.subject != NamedNode(iri) or triple.predicate in HIDDEN:
            continue
        if triple.object in proven:
            continue
        predicate, value = triple.predicate.value, triple.object
        name = labels(RDFS_LABEL).get(predicate) or NOMS[jsonld.compact(predicate)]
        if isinstance(value, NamedNode):
            elsewhere = value.value if value.value.partition("#")[0] != iri else ""
            yield name, contexte.nom(value.value).removeprefix(PREFIXES["wd"]), elsewhere
        elif isinstance(value, Literal):
            is_day = value.datatype == term("xsd:date")
            day = en_toutes_lettres(date.fromisoformat(value.value)) if is_day else ""
            yield name, day or value.value, ""
