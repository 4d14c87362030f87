"""The tables that are counted from the facts of questions are those that their queries give."""

from collections import Counter

import pytest
from pyoxigraph import NamedNode, Triple

from lod.pipeline.questions.by_resource import STATES, ResourceQuestions
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.publication import CrossReferences
from lod.publish.query_catalogue import bind
from lod.publish.release import current
from lod.rdf.ontology import ontology
from lod.rdf.serialize import triples
from lod.rdf.store import open_store, select
from lod.rdf.vocab import RDFS
from lod.website.pages.offices import MONTHS, OFFICES, Held, Offices
from lod.website.pages.question_lists import newest_first
from lod.website.pages.question_tables import FIGURES, TABLES, TableMaker, details_of, tallies_of
from lod.website.pages.resource_page import Resources
from lod.website.rendering.query_tables import queries_for_kind
from tests.support.paths import BASE, DAY

pytestmark = pytest.mark.slow


def names_of(some: list[Triple]) -> dict[str, Triple]:
    """Return IRI → the first triple with a French label, as a build takes it."""
    found: dict[str, Triple] = {}
    for triple in some:
        french = getattr(triple.object, "language", None) == "fr"
        if triple.predicate == RDFS.label and french and isinstance(triple.subject, NamedNode):
            found.setdefault(triple.subject.value, triple)
    return found


@pytest.mark.parametrize(("name", "least"), [("sample", 2000), ("vies", 450)])
def test_every_table_is_that_of_its_query(
    name: str, least: int, request: pytest.FixtureRequest
) -> None:
    """Row by row, of every resource, in the order of the query; `vies` has archives AMO, too."""
    release = current(request.getfixturevalue(name))
    store, questions = open_store(release / "store"), PublishedQuestions(release)
    files = (release / file for file in ("reste.nt", "links.nt"))
    described = [t for file in files for t in triples(file.read_bytes())]
    resources, by_resource = Resources(described, BASE), ResourceQuestions(BASE)
    facts = questions.facts(range(1, questions.count() + 1))
    for stored, one in zip(questions.questions(), facts, strict=True):
        by_resource.add(stored.rank, one, stored.summary.subjects)
    ranks = by_resource.with_portfolios(resources.portefeuilles())
    references = CrossReferences(names_of([*ontology(), *described]))
    offices = Offices(described, by_resource, DAY.isoformat())
    maker, compared = TableMaker(references, details_of(described)), Counter[str]()
    for iri in resources.documents():
        listed, states = by_resource.newest_first(ranks.get(iri, ()))
        about = list(questions.facts(listed))
        assert about == newest_first(about)
        assert [q.statut for q in about] == [STATES[state] for state in states]
        of_person = offices.of(iri)
        received = offices.ranks(of_person).received
        held = Held(of_person, tuple(list(questions.facts(some)) for some in received))
        tallies = tallies_of(iri, TABLES, about)
        for query in queries_for_kind(iri.removeprefix(BASE).partition("/")[0]):
            rows = maker.rows(query.name, iri, resources.about(iri), tallies, held)
            if rows is not None:
                text = bind(query.text, "entite", f"<{iri}>")
                assert rows == list(select(store, text)), (iri, query.name)
                compared[query.name] += bool(rows)
    assert compared.keys() == {FIGURES, OFFICES, MONTHS, *TABLES}
    assert compared.total() > least, compared
