"""Deputies, ministries, groups, headings…: a page each, with tables about it and its questions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from lod.model.dates import french_date
from lod.publish.query_catalogue import query_text
from lod.rdf import jsonld
from lod.rdf.iris import document_of
from lod.rdf.ontology import labels
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import LABELS, ORG_CLASSIFICATION, PREFIXES, QP, RDF_TYPE, RDFS_LABEL, term
from lod.website import feeds
from lod.website.charts.chart_writer import draw_chart
from lod.website.charts.marks import Chart
from lod.website.documents import write_document
from lod.website.pagination import list_pages
from lod.website.query_cache import QueryCache
from lod.website.query_tables import QueryTable, queries_for_kind, query_table
from lod.website.question_lists import (
    PER_PAGE,
    QuestionLines,
    QuestionList,
    QuestionRow,
    question_lists_of,
)
from lod.website.rendering import PageContext, render, write_page

DRAWN = 3  # rows of a table that is drawn, at least
TERM_NAMES = {  # terms of other vocabularies, as a page calls them
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
class IncomingLink:
    """Something that points to a resource: its IRI, its name, and how long or where it did."""

    iri: str
    name: str
    detail: str


IncomingLinks = dict[str, dict[str, list[IncomingLink]]]  # resource → role → what points to it


def incoming(query_cache: QueryCache) -> IncomingLinks:
    """Return all that points to each resource but its questions; one query for all of them."""
    found: IncomingLinks = {}
    for row in query_cache.rows(query_text("liens-entrants")):
        link = IncomingLink(row["source"], row["nom"], row["precision"])
        found.setdefault(row["entite"], {}).setdefault(row["role"], []).append(link)
    return found


class Resources:
    """Triples about resources, gathered by the document that describes them."""

    def __init__(self, triples: Iterator[Triple], base: str) -> None:
        self._by_document: dict[str, list[Triple]] = {}
        for triple in triples:
            assert isinstance(triple.subject, NamedNode), "no blank node is ever made"
            if triple.subject.value.startswith(base):
                document = document_of(triple.subject.value)
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
    context: PageContext,
    iri: str,
    resources: Resources,
    roles: dict[str, list[IncomingLink]],
    rows: list[QuestionRow],
    query_cache: QueryCache,
    question_lines: QuestionLines,
) -> None:
    """Write the document of one resource: what is said of it, tables about it, what points to it,
    its questions; and the pages on which these lists go on.
    """
    triples, path = resources.about(iri), context.path(iri)
    questions = question_lists_of(iri, path, rows)
    said = page_values(iri, triples, questions, context, query_cache)
    for question_list in questions:
        pointing = {} if question_list.question_filter.key else roles
        longest = max(map(len, pointing.values()), default=1)
        for part in list_pages(question_list.path, question_list.rows, PER_PAGE, longest):
            shown = {"liste": question_list, "feuillet": part, "entrants": links_on_page(pointing, part.number),
                     "rangees": map(question_lines.line_of, part.rows)}  # fmt: skip
            html = render("ressource.html", context, part.path, **said, **shown)
            if part.path == path:
                write_document(context, iri, ntriples(dict.fromkeys(triples)), [], html)
            else:
                write_page(context, part.path, html)


def page_values(
    iri: str,
    triples: list[Triple],
    questions: list[QuestionList],
    context: PageContext,
    query_cache: QueryCache,
) -> dict[str, Any]:
    """Return what every page about a resource has: facts, tables, pictures, lists of questions."""
    path, has_questions = context.path(iri), bool(questions[0].rows)
    return {
        "iri": iri,
        "titre": context.name_of(iri),
        "genre": kind_of(iri, triples),
        "document": path,
        "tableaux": [
            (t, chart_of(t)) for t in tables_about(query_cache, context, iri, has_questions)
        ],
        "est_suivi": path.partition("/")[0] in feeds.FOLLOWED_KINDS,
        "parties": list(parts_of(iri, triples)),
        "faits": list(facts(iri, triples, context)),
        "listes": questions,
    }


def chart_of(table: QueryTable) -> Chart | None:
    """Return the picture of a table; none of so few rows that the table says it better."""
    return draw_chart(table) if len(table.rows) >= DRAWN else None


def links_on_page(
    roles: dict[str, list[IncomingLink]], number: int
) -> list[tuple[str, int, list[IncomingLink]]]:
    """Return (role, how many, those on this page) of what points to a resource."""
    shown = slice((number - 1) * PER_PAGE, number * PER_PAGE)
    return [(role, len(found), found[shown]) for role, found in roles.items()]


def tables_about(
    query_cache: QueryCache, context: PageContext, iri: str, has_questions: bool
) -> Iterator[QueryTable]:
    """Yield the tables about a resource that have rows, one a query that names its kind; no query
    on questions is asked where there is none.
    """
    kind = context.path(iri).partition("/")[0]
    for query in queries_for_kind(kind):
        if has_questions or "?question" not in query.text:
            table = query_table(query_cache, query.name, context.base, entity=iri)
            if table.rows:
                yield table


def kind_of(iri: str, triples: list[Triple]) -> str:
    """Return what kind of thing a resource is, as its class is called."""
    for triple in triples:
        if triple.subject == NamedNode(iri) and triple.predicate == RDF_TYPE:
            kind = triple.object.value if isinstance(triple.object, NamedNode) else ""
            return labels(RDFS_LABEL).get(kind) or TERM_NAMES[jsonld.compact(kind)]
    return ""


def parts_of(iri: str, triples: list[Triple]) -> Iterator[tuple[str, str]]:
    """Yield (anchor, name) of what has no page of its own: mandates, memberships, lists; not the
    statistics, which are rows of a table.
    """
    for triple in triples:
        assert isinstance(triple.subject, NamedNode), "no blank node is ever made"
        document, _, anchor = triple.subject.value.partition("#")
        is_part = document == iri and anchor and not anchor.startswith("statistique")
        if is_part and triple.predicate in LABELS and isinstance(triple.object, Literal):
            yield anchor, triple.object.value


def facts(iri: str, triples: list[Triple], context: PageContext) -> Iterator[tuple[str, str, str]]:
    """Yield (property, value, IRI or "") for what is said of a resource itself."""
    proven = {t.object for t in triples if t.predicate == QP.cible}  # stand in a table
    for triple in triples:
        if triple.subject != NamedNode(iri) or triple.predicate in HIDDEN:
            continue
        if triple.object in proven:
            continue
        predicate, value = triple.predicate.value, triple.object
        name = labels(RDFS_LABEL).get(predicate) or TERM_NAMES[jsonld.compact(predicate)]
        if isinstance(value, NamedNode):
            elsewhere = value.value if document_of(value.value) != iri else ""
            yield name, context.name_of(value.value).removeprefix(PREFIXES["wd"]), elsewhere
        elif isinstance(value, Literal):
            is_day = value.datatype == term("xsd:date")
            day = french_date(date.fromisoformat(value.value)) if is_day else ""
            yield name, day or value.value, ""
