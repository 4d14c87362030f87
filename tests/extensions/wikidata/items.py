"""Triples in the shape of Wikidata's: truthy values, statements with qualifiers, value nodes."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Store
from rdflib.namespace import OWL, RDF, RDFS, SKOS, XSD

WD, PROP = "http://www.wikidata.org/entity/", "http://www.wikidata.org/prop/"
WIKIBASE = "http://wikiba.se/ontology#"
DATETIME = NamedNode(str(XSD.dateTime))
RANKS = {True: "NormalRank", False: "DeprecatedRank"}


def wd(name: str) -> NamedNode:
    return NamedNode(WD + name)


def quad(subject: str, predicate: str, value: NamedNode | Literal) -> Quad:
    return Quad(NamedNode(subject), NamedNode(predicate), value)


def label(item: str, text: str, language: str = "fr", alias: bool = False) -> Quad:
    predicate = SKOS.altLabel if alias else RDFS.label
    return quad(WD + item, str(predicate), Literal(text, language=language))


def truthy(item: str, prop: str, value: NamedNode | Literal) -> Quad:
    return quad(WD + item, f"{PROP}direct/{prop}", value)


def statement(
    item: str,
    prop: str,
    value: str,
    qualifiers: Mapping[str, NamedNode | Literal] | None = None,
    kept: bool = True,
) -> Iterator[Quad]:
    """One statement: its node has a rank, and qualifiers; `kept` if not deprecated."""
    marks = "-".join(str(q.value) for q in (qualifiers or {}).values()).replace(WD, "")
    node = f"{WD}statement/{item}-{prop}-{value}-{marks}"
    yield quad(WD + item, PROP + prop, NamedNode(node))
    yield quad(node, f"{PROP}statement/{prop}", wd(value))
    yield quad(node, f"{WIKIBASE}rank", NamedNode(WIKIBASE + RANKS[kept]))
    for name, target in (qualifiers or {}).items():
        yield quad(node, f"{PROP}qualifier/{name}", target)


def born(item: str, day: str, precision: int = 11, best: bool = True) -> Iterator[Quad]:
    """One day of birth: of the best rank, it is truthy too."""
    time = Literal(f"{day}T00:00:00Z", datatype=DATETIME)
    node, value = f"{WD}statement/{item}-{day}", f"http://www.wikidata.org/value/{item}-{day}"
    yield quad(WD + item, f"{PROP}P569", NamedNode(node))
    yield quad(node, f"{PROP}statement/value/P569", NamedNode(value))
    yield quad(value, f"{WIKIBASE}timeValue", time)
    yield quad(value, f"{WIKIBASE}timePrecision", Literal(precision))
    if best:
        yield quad(node, str(RDF.type), NamedNode(f"{WIKIBASE}BestRank"))
        yield truthy(item, "P569", time)


def politician(item: str, name: str = "", an: str = "", language: str = "fr") -> Iterator[Quad]:
    """A French politician, with or without name and identifier."""
    yield truthy(item, "P31", wd("Q5"))
    yield truthy(item, "P27", wd("Q142"))
    yield truthy(item, "P106", wd("Q82955"))
    if name:
        yield label(item, name, language)
    if an:
        yield truthy(item, "P4123", Literal(an))


def seat(
    item: str, term: str, district: str = "", group: str = "", end: str = "", kept: bool = True
) -> Iterator[Quad]:
    said = {"P2937": term, "P768": district, "P4100": group}
    qualifiers: dict[str, NamedNode | Literal] = {n: wd(v) for n, v in said.items() if v}
    if end:
        qualifiers["P582"] = Literal(f"{end}T00:00:00Z", datatype=DATETIME)
    yield from statement(item, "P39", "Q3044918", qualifiers, kept)


def legislature(item: str, number: str) -> Iterator[Quad]:
    yield from statement(item, "P31", "Q15238777", {"P1545": Literal(number)})
    yield truthy(item, "P361", wd("Q200686"))


def merged(item: str, target: str) -> Quad:
    return quad(WD + item, str(OWL.sameAs), wd(target))


def stored(quads: Iterable[Quad], folder: Path) -> Path:
    """Put quads into a store that a server can open; return its folder."""
    store = Store(folder)
    store.bulk_extend(quads)
    store.flush()
    del store
    return folder
