"""The documents of deputies, ministries, groups, headings …: facts, tables, lists of questions."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from pyoxigraph import NamedNode, Triple

from lod.base.tabular import group_by_key
from lod.model.text import natural_key
from lod.pipeline.questions.fact_queries import FOLLOWED_KINDS
from lod.pipeline.questions.question_memo import QuestionFacts
from lod.publish.publication import Site
from lod.publish.query_cache import Asked, QueryCache
from lod.publish.query_catalogue import bind, query_text
from lod.publish.search.parameters import kinds
from lod.rdf import jsonld
from lod.rdf.iris import document_of
from lod.rdf.ontology import labels
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import DCTERMS, FOAF, LABELS, ORG, PREFIXES, PROV, QP, RDF, RDFS, SKOS, XSD
from lod.website.pages.deputy_head import head_of
from lod.website.pages.offices import MONTHS, OFFICES, Held, lists_of, office_pages, section_values
from lod.website.pages.page_data import with_triples
from lod.website.pages.question_lists import (
    FILTERS,
    PER_PAGE,
    Listed,
    QuestionLines,
    question_lists_of,
)
from lod.website.pages.question_tables import TableMaker, tables_of_kind
from lod.website.rendering import language
from lod.website.rendering.query_tables import Pictures, QueryTable, dated, table_of
from lod.website.rendering.templates import list_pages, render

TERM_NAMES = {  # French names of terms of other vocabularies, or of those about a kind of resource
    "rubrique skos:Concept": "rubrique",
    "portefeuille skos:Concept": "domaine",
    "motif skos:Concept": "motif",
    "skos:altLabel": "autre libellé",
    "skos:inScheme": "dans la liste",
    "foaf:title": "civilité",
    "rdfs:seeAlso": "voir aussi",
    "schema:sameAs": "dans un registre",
    "schema:birthDate": "date de naissance",
    "schema:deathDate": "date de décès",
    "schema:startDate": "début",
    "schema:endDate": "fin",
    "skos:broader": "rubrique plus large",
    "skos:exactMatch": "même rubrique, autre graphie",
    "skos:note": "note",
    "org:ChangeEvent": "changement",
    "ministere org:classification": "domaine",
    "groupe org:classification": "position politique",
    "org:organization": "groupe",
    "org:role": "rôle",
    "org:subOrganizationOf": "au sein de",
    "dcterms:identifier": "code",
    "dcterms:replaces": "succède à",
    "prov:specializationOf": "lignée",
    "dcterms:contributor": "prend la parole",
    "foaf:Person": "ministre",
    "org:headOf": "à la tête de",
    "schema:containedInPlace": "dans",
    "owl:sameAs": "même personne que",
}
WITHOUT_QUESTIONS = ("gouvernement", "lignee", "personne")  # kinds that no question leads to
ASKING = ("depute", "auteur")  # kinds of those that may have asked nothing: pages with a head
HELD = "Ministre de"  # the role of the ministries of a person in `liens-entrants`
# properties that lead to a resource from the document of another one, as `site/api/document.rq`
LEADING = (
    ORG.member, ORG.subOrganizationOf, ORG.headOf, DCTERMS.replaces, PROV.specializationOf,
)  # fmt: skip
FOR_PROGRAMS = (QP.uid, SKOS.inScheme)  # properties that hardly any reader came for
# properties that the heading of the page shows, or its lists
HIDDEN = (RDF.type, *LABELS, FOAF.givenName, FOAF.familyName, SKOS.hasTopConcept, SKOS.topConceptOf)


@dataclass(frozen=True, slots=True)
class IncomingLink:
    """A resource that points to another one: a deputy to a group, a ministry to a government …"""

    iri: str
    name: str
    detail: str  # when, or where; "" if nothing more is known


Roles = dict[str, list[IncomingLink]]  # role of some resources, in French → those that point
IncomingLinks = dict[str, Roles]  # IRI of a resource → what points to it


def incoming(query_cache: QueryCache) -> IncomingLinks:
    """Return what points to each resource, except questions; one query asks for all of it."""
    incoming_links: IncomingLinks = {}
    for row in query_cache.rows(query_text("liens-entrants")):
        link = IncomingLink(row["source"], row["nom"], row["precision"])
        incoming_links.setdefault(row["entite"], {}).setdefault(row["role"], []).append(link)
    for links in chain.from_iterable(roles.values() for roles in incoming_links.values()):
        links.sort(key=lambda link: natural_key(link.name))  # the 2nd constituency before the 10th
    return incoming_links


class Resources:
    """The triples about resources, by the document that describes them."""

    def __init__(self, triples: Iterable[Triple], base: str) -> None:
        self._by_document: dict[str, list[Triple]] = {}  # by its IRI
        for triple in triples:
            assert isinstance(triple.subject, NamedNode), "no blank node is ever made"
            if triple.subject.value.startswith(base):
                document = document_of(triple.subject.value)
                self._by_document.setdefault(document, []).append(triple)

    def documents(self) -> list[str]:
        return sorted(self._by_document)

    def about(self, iri: str) -> list[Triple]:
        return self._by_document[iri]

    def triples(self) -> Iterator[Triple]:
        return chain.from_iterable(self._by_document.values())

    def leading(self) -> dict[str, list[Triple]]:
        """Return what leads to each resource from other documents; of who held a ministry all that
        is said of it.
        """
        leading: dict[str, list[Triple]] = {}
        for document, triples in self._by_document.items():
            for triple in triples:
                s, p, o = triple
                if p in LEADING and isinstance(o, NamedNode) and document_of(o.value) != document:
                    part = [t for t in triples if t.subject == s] if p == ORG.member else [triple]
                    leading.setdefault(o.value, []).extend(part)
        return leading


FactsOf = Callable[[Iterable[int]], Iterable[QuestionFacts]]  # of questions, by their ranks


@dataclass(frozen=True)
class Resource:
    """One resource, with all that its document shows but tables."""

    iri: str
    triples: list[Triple]  # of its document
    roles: Roles  # what points to it
    leading: list[Triple]  # of other documents, which lead to it
    listed: list[Listed]  # the questions about it, the newest first
    facts: FactsOf
    annotations: Mapping[str, Any]  # by reviewed files of extensions
    held: Held  # the offices of a person, and their questions

    def questions(self) -> Iterable[QuestionFacts]:
        """Return the facts of all questions about it, as many as ten thousand."""
        return self.facts(rank for rank, _ in self.listed)


def resource_pages(
    site: Site,
    resource: Resource,
    query_cache: Asked,
    table_maker: TableMaker,
    pictures: Pictures,
    only: str,
) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each page about a resource, or of the one at a path if `only` names
    one.
    """
    iri, path = resource.iri, site.publication.path(resource.iri)
    questions = question_lists_of(iri, path, resource.listed)
    office_lists = lists_of(iri, path, resource.held)
    is_first = only in ("", path)  # which alone has the tables
    has_head = path.partition("/")[0] in ASKING
    asked = [*resource.questions()] if has_head else []
    tables = [*tables_about(site, resource, query_cache, table_maker)] if is_first else []
    of_offices = [table for table in tables if table.query.name in (OFFICES, MONTHS)]
    common = common_values(site, resource) | {
        "tableaux": [(table, pictures(table)) for table in tables if table not in of_offices],
        "listes": questions,
        "nombres": counts_of(resource.listed),
        "tete": head_of(resource.triples, asked, questions) if has_head else None,
        "ministre": section_values(resource.held, office_lists, of_offices),
    }
    # a table of offices has the ministries of a person
    shown_roles = {
        r: some for r, some in resource.roles.items() if not (resource.held and r == HELD)
    }
    lines = QuestionLines(site)
    yield from office_pages(site, iri, office_lists, common["titre"], lines, only)
    for question_list in questions:
        roles = {} if question_list.question_filter.key else shown_roles
        longest = max(map(len, roles.values()), default=1)
        for part in list_pages(question_list.path, question_list.questions, PER_PAGE, longest):
            if only not in ("", part.path):
                continue
            html = render(
                "ressource.html",
                site.publication,
                part.path,
                liste=question_list,
                feuillet=part,
                entrants=links_on_page(roles, part.number),
                rangees=map(lines.line_of, resource.facts(rank for rank, _ in part.rows)),
                **common,
            )
            yield part.path, with_data(site, resource, html) if part.path == path else html


def counts_of(listed: list[Listed]) -> dict[str, int]:
    """Return how many questions pass each filter, and how many were answered in time, or late."""
    states = Counter(state for _, state in listed)
    answered = {key: states[f"repondue-{key}"] for key in ("dans-delai", "hors-delai")}
    return {each.key: len(each.chosen(listed)) for each in FILTERS} | answered


def with_data(site: Site, resource: Resource, html: bytes) -> bytes:
    """Return the page of a document with what it says, and with the triples that lead to the
    resource, each with the name of its subject.
    """
    said, names = [*dict.fromkeys(resource.triples)], site.references.names
    for triple in dict.fromkeys(resource.leading):
        subject = str(triple.subject)[1:-1]
        said += [triple, names[subject]] if subject in names else [triple]
    return with_triples(html, site.publication, lambda: ntriples(said), names)


def common_values(site: Site, resource: Resource) -> dict[str, Any]:
    """Return what all pages about a resource show beside its tables."""
    iri, triples, path = resource.iri, resource.triples, site.publication.path(resource.iri)
    kind = path.partition("/")[0]
    genre = kind_of(iri, kind, triples)
    has_asked = kind not in ASKING or bool(resource.listed)
    if resource.held and kind in ASKING:
        genre = f"{language.translated(TERM_NAMES['foaf:Person'])}, {genre}"
    return {
        "iri": iri,
        "titre": site.references.name_of(iri),
        "nom_de": site.references.name_of,
        "genre": genre,
        "facette": kinds()[kind]["facette"] if kind in kinds() else "",
        "document": path,
        "legislature": legislature_of(iri, triples) if kind == "groupe" else "",
        "annotations": resource.annotations,
        "a_des_questions": kind not in WITHOUT_QUESTIONS and has_asked,
        "est_suivi": kind in FOLLOWED_KINDS and (has_asked or not resource.held),
        "parties": list(parts_of(iri, triples)),
        "nom_anglais": english_name(iri, triples),
        "faits": group_by_key(facts(iri, triples, site)),
    }


def links_on_page(roles: Roles, number: int) -> list[tuple[str, int, list[IncomingLink]]]:
    """Return (role, number of links, those on this page) for what points to a resource."""
    shown = slice((number - 1) * PER_PAGE, number * PER_PAGE)
    return [(role, len(links), links[shown]) for role, links in roles.items()]


def tables_about(
    site: Site, resource: Resource, query_cache: Asked, table_maker: TableMaker
) -> Iterator[QueryTable]:
    """Yield the tables about a resource that have rows."""
    base, iri = site.publication.base, resource.iri
    for query in tables_of_kind(site.publication.path(iri).partition("/")[0]):
        text = bind(query.text, "entite", f"<{iri}>")
        rows = table_maker.rows(query.name, iri, resource.held)
        if rows is None:
            rows = query_cache.rows(text)
        if rows:
            yield dated(table_of(query, text, rows, base), table_maker.references.years)


def kind_of(iri: str, kind: str, triples: list[Triple]) -> str:
    """Return the name of the class of a resource of a kind, or "" if it has none."""
    classes = (o.value for s, p, o in triples if s.value == iri and p == RDF.type)
    return next((term_name(each, kind) for each in classes), "")


def term_name(iri: str, kind: str) -> str:
    """Return the name of a term, of ours or of others, in this language, about a resource of a
    kind.
    """
    own, term = labels(RDFS.label, language.language()).get(iri), jsonld.compact(iri)
    return own or language.translated(TERM_NAMES.get(f"{kind} {term}") or TERM_NAMES[term])


def legislature_of(iri: str, triples: list[Triple]) -> str:
    """Return the number of the legislature of a resource, "" if none is stated."""
    stated = (o.value for s, p, o in triples if s.value == iri and p == QP.legislature)
    return next(stated, "").rpartition("/")[2]


def parts_of(iri: str, triples: list[Triple]) -> Iterator[tuple[str, str]]:
    """Yield (anchor, name) of each fragment of a document: mandates, memberships, lists; not of
    statistics, which are rows of a table.
    """
    for s, p, o in triples:
        document, _, anchor = s.value.partition("#")
        is_part = document == iri and anchor and not anchor.startswith("statistique")
        if is_part and p == RDFS.label:
            yield anchor, o.value


def english_name(iri: str, triples: list[Triple]) -> str:
    """Return the English name of a resource, a heading by its descriptor; "" if it has none."""
    names = (o for s, p, o in triples if s.value == iri and p == SKOS.prefLabel)
    return next((name.value for name in names if name.language == "en"), "")


def facts(iri: str, triples: list[Triple], site: Site) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield (name of the property, (value, IRI that it leads to or "")) of a resource itself, those
    of FOR_PROGRAMS last.
    """
    proven = {t.object for t in triples if t.predicate == QP.cible}  # links: a table has them
    kind = site.publication.path(iri).partition("/")[0]
    for s, p, o in sorted(triples, key=lambda t: t.predicate in FOR_PROGRAMS):
        if s.value != iri or p in HIDDEN or o in proven:
            continue
        name = term_name(p.value, kind)
        if isinstance(o, NamedNode):
            elsewhere = o.value if document_of(o.value) != iri else ""
            value = site.references.name_of(o.value).removeprefix(PREFIXES["wd"])
            yield name, (value, elsewhere)
        else:
            text = language.iso_text(o.value) if o.datatype == XSD.date else o.value
            yield name, (text, "")
