"""The triples of EuroVoc's descriptors, microthesauri and domains."""

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from lod.base.tabular import rows
from lod.pipeline.report.quality_files import validate_described
from lod.pipeline.settling.settle import BuildPlan, MadeGraph
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import DCTERMS, RDF, RDFS, SKOS, en, eurovoc, fr
from lod.reference.link_tables import reviewed_headings

TABLES = Path(__file__).parent
WHOLE = "100141"  # the scheme of all descriptors
DOMAINS = "domains"  # that of the domains
NAMES = (RDFS.label, SKOS.prefLabel)


def eurovoc_triples() -> Iterator[Triple]:
    """Yield all triples of the tables."""
    yield Triple(eurovoc(WHOLE), RDF.type, SKOS.ConceptScheme)
    yield from _name_triples(eurovoc(WHOLE), fr("EuroVoc"), en("EuroVoc"))
    yield Triple(eurovoc(DOMAINS), RDF.type, SKOS.ConceptScheme)
    yield from _name_triples(eurovoc(DOMAINS), fr("Domaines d’EuroVoc"), en("EuroVoc domains"))
    for row in rows(TABLES / "schemas.csv"):
        s = eurovoc(row["eurovoc"])
        yield from _name_triples(s, fr(row["libelle_fr"]), en(row["libelle_en"]))
        if row["domaine"]:
            yield Triple(s, RDF.type, SKOS.ConceptScheme)
            yield Triple(s, DCTERMS.subject, eurovoc(row["domaine"]))
        else:
            yield Triple(s, RDF.type, SKOS.Concept)
            yield Triple(s, SKOS.inScheme, eurovoc(DOMAINS))
    for row in rows(TABLES / "descripteurs.csv"):
        s = eurovoc(row["eurovoc"])
        yield from _name_triples(s, fr(row["libelle_fr"]), en(row["libelle_en"]))
        yield Triple(s, RDF.type, SKOS.Concept)
        for broader in row["generiques"].split():
            yield Triple(s, SKOS.broader, eurovoc(broader))
        for scheme in (WHOLE, *row["microthesaurus"].split()):
            yield Triple(s, SKOS.inScheme, eurovoc(scheme))


def _name_triples(s: NamedNode, french: Literal, english: Literal) -> Iterator[Triple]:
    yield Triple(s, RDFS.label, french)
    yield Triple(s, SKOS.prefLabel, french)
    yield Triple(s, SKOS.prefLabel, english)


def make_graph(plan: BuildPlan) -> MadeGraph:
    """Validate all triples, and write them without the names of descriptors that the data has."""
    triples = list(eurovoc_triples())
    results, focus_nodes = validate_described(triples, (eurovoc("").value,), plan.engine)
    graph = MadeGraph(
        name="hierarchie-eurovoc",
        content="Termes génériques et domaines des descripteurs d’EuroVoc (Turtle)",
        results=tuple(results),
        focus_nodes=focus_nodes,
    )
    named = {eurovoc(heading.eurovoc) for heading in reviewed_headings() if heading.eurovoc}
    beside = (t for t in triples if t.subject not in named or t.predicate not in NAMES)
    (plan.work / graph.file).write_bytes(ntriples(beside))
    return graph
