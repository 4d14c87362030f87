"""EuroVoc above the descriptors of headings: complete up to the domains, and beside the data."""

from pathlib import Path

from lod.extensions.eurovoc.triples import eurovoc_triples
from lod.publish.release import current
from lod.rdf.store import open_store, select
from lod.rdf.vocab import SKOS, eurovoc
from lod.reference.link_tables import reviewed_headings


def test_what_is_broader_is_there_too() -> None:
    """Each descriptor that a heading has, each that is broader than one, and no other."""
    triples = set(eurovoc_triples())
    stated = {t.subject for t in triples if t.predicate == SKOS.inScheme}
    above = {t.object for t in triples if t.predicate == SKOS.broader}
    used = {eurovoc(h.eurovoc) for h in reviewed_headings() if h.eurovoc}
    domains = {t.subject for t in triples if t.object == eurovoc("domains")}
    assert used | above == stated - domains
    assert (len(stated - domains), len(domains)) == (415, 20)


def test_from_a_heading_to_its_domain(sample: Path) -> None:
    """Of each published descriptor; names are in the data or in the graph, in both languages."""
    store = open_store(current(sample) / "store")
    heading = "?r a skos:Concept ; skos:closeMatch ?d . FILTER(STRSTARTS(STR(?d), STR(eurovoc:)))"
    [both] = select(
        store,
        f"""SELECT (COUNT(DISTINCT ?d) AS ?n) (COUNT(DISTINCT ?e) AS ?placed) {{
        {heading} OPTIONAL {{ GRAPH ?g {{ ?d skos:inScheme/dcterms:subject/skos:prefLabel ?name }}
        BIND(?d AS ?e) }} }}""",
    )
    assert both["n"] == both["placed"] == "275"
    unnamed = """SELECT ?s { GRAPH ?g { ?s skos:inScheme eurovoc:100141 } FILTER NOT EXISTS {
        { ?s skos:prefLabel ?n } UNION { GRAPH ?h { ?s skos:prefLabel ?n } } } }"""
    assert not list(select(store, unnamed))
