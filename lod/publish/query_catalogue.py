"""The catalogue of the queries in `site/queries`; how a query is bound to given terms; and
the triples of the document of a resource, for which a query of `site/api/` asks.

A query is a file: its title in the first comment, then lines `# key: value`, then SPARQL.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import DefaultGraph, Literal, NamedNode, QuerySolutions, Store, Triple

from lod.base import packaged
from lod.base.settings import Settings
from lod.base.tabular import group_by_key
from lod.base.words import english
from lod.model.text import fold
from lod.rdf.iris import document_of
from lod.rdf.serialize import turtle_triples
from lod.rdf.templates import describe
from lod.rdf.vocab import PREFIXES, RDF

Construct = Callable[[str], Iterable[Triple]]  # a query CONSTRUCT → its triples


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueQuery:
    """One query of the site with the lines of its head, or one that a client has put together; or
    the head alone of a table that no query gives.
    """

    name: str
    title: str  # the question that it answers, in French
    text: str  # as published: the title in both languages, then the query
    theme: str = ""  # `# thème:`, by which the examples are grouped
    audience: str = ""  # `# public:`, who asks it
    caveat: str = ""  # `# piège:`, what to beware of in its rows
    why_costly: str = ""  # `# coûteuse:`, why it is not run for a page; "" if it is run
    image: str = ""  # `# image:`, how its rows are drawn, for the extension that draws them; or ""
    page_kinds: tuple[str, ...] = ()  # `# fiche:`, kinds of resource whose pages show its rows
    rank: int = 0  # `# rang:`, its place among the tables of such a page
    heading: str = ""  # `# court:`, the heading of its table there; the title if there is none
    # `# minimum:`, as « 20 posees »: a row with less in this column says too little to be compared;
    # the query puts it after the other rows, and pages grey it
    minimum: tuple[int, str] | None = None
    near: "CatalogueQuery | None" = None  # of a table that no query gives: what asks for the like

    @property
    def page(self) -> str:
        """The path of the page of examples on which it stands, under its name."""
        return f"exemples/{Theme(self.theme, ()).slug}.html"

    @property
    def title_en(self) -> str:
        return english(self.title)

    @property
    def body(self) -> str:
        """The query without its titles."""
        lines = self.text.splitlines()
        return "\n".join(line for line in lines if not line.startswith("# "))


@cache
def all_queries() -> dict[str, CatalogueQuery]:
    """Return name → query, in the order of the names."""
    paths = packaged.with_extensions(packaged.SITE, "queries", "*.rq")
    return {path.stem: _read_query(path) for path in paths}


def _read_query(path: Path) -> CatalogueQuery:
    """Return the query of a file; raise KeyError if its head has no theme or audience."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    title, *keys = [line[2:].rstrip() for line in lines if line.startswith("# ")]
    head = dict(key.split(": ", 1) for key in keys)
    body = "".join(line for line in lines if not line.startswith("# "))
    number, _, column = head.get("minimum", "").partition(" ")
    return CatalogueQuery(
        name=path.stem,
        title=title,
        theme=head["thème"],
        audience=head["public"],
        caveat=head.get("piège", ""),
        why_costly=head.get("coûteuse", ""),
        text="".join(f"# {t}\n" for t in dict.fromkeys((title, english(title)))) + body,
        image=head.get("image", ""),
        page_kinds=tuple(head.get("fiche", "").split()),
        rank=int(head.get("rang", "0")),
        heading=head.get("court", title),
        minimum=(int(number), column) if column else None,
    )


@cache
def standalone_queries() -> dict[str, CatalogueQuery]:
    """Return name → query for queries that run as they stand, not about a given resource."""
    return {name: query for name, query in all_queries().items() if not query.page_kinds}


@lru_cache(256)  # those of the site, and some that clients put together
def columns_of(query: str) -> tuple[str, ...]:
    """Return the names of the columns of a SELECT."""
    solutions = Store().query(query, prefixes=PREFIXES)
    assert isinstance(solutions, QuerySolutions), "the query is a SELECT"
    return tuple(variable.value for variable in solutions.variables)


@dataclass(frozen=True, slots=True)
class Trap:
    """What users of the data fall into: a query that is wrong, and the right one."""

    nom: str
    dit: str  # what is to be known, in French
    dit_en: str  # the same in English
    fausse: str
    juste: str


@cache
def traps() -> tuple[Trap, ...]:
    table = tomllib.loads(packaged.TRAPS.read_text("utf-8"))
    return tuple(Trap(**{key: text.strip() for key, text in row.items()}) for row in table["piege"])


class Theme(NamedTuple):
    name: str
    queries: tuple[CatalogueQuery, ...]

    @property
    def slug(self) -> str:
        return "-".join(fold(self.name).split())


def queries_by_theme() -> list[Theme]:
    """Return the themes with their queries, both in the order of their names."""
    by_theme = group_by_key((query.theme, query) for query in standalone_queries().values())
    return [Theme(*theme) for theme in sorted(by_theme.items())]


def example_triples(base: str) -> Iterator[Triple]:
    """Return the standalone queries as examples of the endpoint in RDF (sh:SPARQLExecutable)."""
    queries = list(standalone_queries().values())
    return turtle_triples(describe("exemples.ttl", Settings(base=base), requetes=queries))


def query_text(name: str) -> str:
    """Return the text of a query of the site; raise KeyError if there is none of that name."""
    return all_queries()[name].text


def bind(text: str, variable: str, *terms: NamedNode | Literal | str) -> str:
    """Return a query in which a variable has only these values: RDF terms, or SPARQL as text.

    A query has a place for them in one of three ways:
    - it states `VALUES ?variable { … }`: the terms replace those in the braces;
    - it does not select the variable: its one term replaces it everywhere;
    - it selects it: `VALUES ?variable { terms }` becomes the first line of its outermost group.

    Raises ValueError for a variable that is not selected and several terms, or none.

    >>> bind("SELECT ?a WHERE { VALUES ?b { 1 } ?a ?p ?b }", "b", "2", "3")
    'SELECT ?a WHERE { VALUES ?b { 2 3 } ?a ?p ?b }'
    >>> bind("SELECT ?a WHERE { ?a ?p ?b }", "b", NamedNode("http://x/y"))
    'SELECT ?a WHERE { ?a ?p <http://x/y> }'
    >>> bind("SELECT ?a WHERE {\\n  ?a ?p ?b\\n}", "a", "2")
    'SELECT ?a WHERE {\\n  VALUES ?a { 2 }\\n  ?a ?p ?b\\n}'
    """
    values = f"VALUES ?{variable} {{ {' '.join(map(str, terms))} }}"
    bound, count = re.subn(rf"VALUES \?{variable} {{[^}}]*}}", lambda _: values, text)
    if count:
        return bound
    if re.search(rf"\?{variable}\b", text.partition("WHERE")[0]):
        return text.replace("WHERE {\n", f"WHERE {{\n  {values}\n", 1)
    [term] = terms
    return re.sub(rf"\?{variable}\b", lambda _: str(term), text)


def narrow(text: str, pattern: str) -> str:
    """Return a query of fewer questions: a triple pattern is added to its innermost, last group,
    in which the questions are counted.

    >>> print(narrow("SELECT ?n WHERE {\\n  ?a ?b ?n\\n}", "?a ?c ?d ."))
    SELECT ?n WHERE {
      ?a ?c ?d .
      ?a ?b ?n
    }
    """
    before, opened, counted = text.rpartition(" WHERE {\n")
    indent = counted[: len(counted) - len(counted.lstrip(" "))]
    return f"{before}{opened}{indent}{pattern}\n{counted}"


def divide(text: str, term: str) -> str:
    """Return a query that counts apart the questions of each value of a property: its first column,
    ?part, is the value; each value has the rows of the query narrowed to it.

    >>> print(divide("SELECT ?a (COUNT(?b) AS ?n) WHERE {\\n  ?b ?c ?a\\n} GROUP BY ?a", "u:x"))
    SELECT ?part ?a (COUNT(?b) AS ?n) WHERE {
      { SELECT ?question ?part WHERE { ?question <u:x> ?part } }
      ?b ?c ?a
    } GROUP BY ?part ?a
    """
    apart = re.sub(r"(?m)SELECT (?=[^{}]* WHERE {$)", "SELECT ?part ", text)
    apart = apart.replace("GROUP BY ", "GROUP BY ?part ")
    return narrow(apart, f"{{ SELECT ?question ?part WHERE {{ ?question <{term}> ?part }} }}")


def triples_about(construct: Construct, iri: str) -> list[Triple]:
    """Return the triples of a document; none if the store knows nothing of its resource."""
    path = packaged.kind_queries().get(iri.split("/")[-2])  # of what stands in a named graph
    text = path.read_text("utf-8") if path else api_query("document")
    return in_order(set(construct(bind(text, "entite", NamedNode(iri)))), iri)


def stated(store: Store, iri: str) -> list[Triple]:
    """Return what the default graph of a store states of a resource and of its parts (`#…`)."""

    def said(subject: NamedNode) -> list[Triple]:
        quads = store.quads_for_pattern(subject, None, None, DefaultGraph())
        return [quad.triple for quad in quads]

    own = said(NamedNode(iri))
    objects = dict.fromkeys(t.object for t in own if isinstance(t.object, NamedNode))
    parts = [each for each in objects if each.value.startswith(f"{iri}#")]
    return in_order({*own, *(triple for part in parts for triple in said(part))}, iri)


def in_order(triples: Iterable[Triple], iri: str) -> list[Triple]:
    """Return triples of a document: those of its resource first, then of its parts, then names of
    other resources; for each subject its class comes first.
    """

    def place(triple: Triple) -> tuple[bool, bool, str, bool, str, str]:
        assert isinstance(triple.subject, NamedNode), "no blank node is ever made"
        subject, predicate = triple.subject.value, triple.predicate
        is_elsewhere = document_of(subject) != iri
        return (
            is_elsewhere, subject != iri, subject, predicate != RDF.type, predicate.value,
            str(triple.object),
        )  # fmt: skip

    return sorted(triples, key=place)


@cache
def api_query(name: str) -> str:
    return (packaged.API / f"{name}.rq").read_text("utf-8")
