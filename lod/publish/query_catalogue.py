"""Query catalogue."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pyoxigraph import RdfFormat, Triple, parse

from lod.base import packaged
from lod.base.settings import Settings
from lod.rdf.templates import describe


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueQuery:
    """One query: its name, the question it asks, its theme, who asks, what to beware of.

    `why_costly` says why it is not run for a page, where it is not. `image` says how its rows are
    drawn, `page_kinds` on the pages of which kinds of resource they stand, `rank` in which order, and
    `heading` under which heading. `scope` is "ressource" if it reads nothing but the resource, its
    questions, what is said of other resources but for statistics, and the graph of Wikidata.
    """

    name: str
    title: str
    theme: str
    audience: str
    caveat: str
    why_costly: str
    text: str
    image: str = ""
    page_kinds: tuple[str, ...] = ()
    rank: int = 0
    heading: str = ""
    scope: str = ""

    @property
    def body(self) -> str:
        """The query without its head, which is in French."""
        lines = self.text.splitlines()
        return "\n".join(line for line in lines if not line.startswith("# "))


@cache
def all_queries() -> dict[str, CatalogueQuery]:
    """Return name → query, in the order of the names."""
    return {path.stem: _read_query(path.stem) for path in sorted(packaged.QUERIES.glob("*.rq"))}


def _read_query(name: str) -> CatalogueQuery:
    text = (packaged.QUERIES / f"{name}.rq").read_text("utf-8")
    title, *lines = [line[2:] for line in text.splitlines() if line.startswith("# ")]
    said = dict(line.split(": ", 1) for line in lines)
    return CatalogueQuery(
        name=name,
        title=title,
        theme=said["thème"],
        audience=said["public"],
        caveat=said.get("piège", ""),
        why_costly=said.get("coûteuse", ""),
        text=text,
        image=said.get("image", ""),
        page_kinds=tuple(said.get("fiche", "").split()),
        rank=int(said.get("rang", "0")),
        heading=said.get("court", title),
        scope=said.get("portée", ""),
    )


@cache
def standalone_queries() -> dict[str, CatalogueQuery]:
    """Return the queries that can be asked by themselves: of no resource in particular."""
    return {name: query for name, query in all_queries().items() if not query.page_kinds}


def queries_by_theme() -> dict[str, list[CatalogueQuery]]:
    """Return theme → its queries, both in the order of their names."""
    found: dict[str, list[CatalogueQuery]] = {}
    for query in standalone_queries().values():
        found.setdefault(query.theme, []).append(query)
    return dict(sorted(found.items()))


def example_triples(base: str) -> Iterator[Triple]:
    """Yield the queries as RDF, in the terms of SHACL, as other endpoints publish theirs."""
    text = describe(
        "exemples.ttl", Settings(base=base), requetes=list(standalone_queries().values())
    )
    yield from (quad.triple for quad in parse(text, format=RdfFormat.TURTLE))


def query_text(name: str) -> str:
    """Return the text of a query of the site."""
    return all_queries()[name].text
