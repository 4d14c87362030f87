"""Rules that readers of the data rely on, in words: digests of whole releases show none."""

import re
from collections.abc import Iterator
from dataclasses import replace as with_fields
from datetime import date, timedelta

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import SH

from lod.base import packaged
from lod.model.question import JO, Organe, Question, Reponse
from lod.pipeline.settling.merge import ranked
from lod.pipeline.validation.pyshacl_engine import shapes_as_published, violations
from lod.rdf import deadlines
from lod.rdf.jsonld import compact
from lod.rdf.serialize import turtle_triples
from lod.rdf.vocab import PREFIXES as KNOWN
from lod.rdf.vocab import SHAPES_NAMESPACE
from lod.reference.executive import GAP, GRACE, Executive, Ministry
from lod.reference.executive_tables import from_tables
from lod.reference.link_tables import item_suggestions
from lod.reference.tables import group_rows, legislature_on, legislatures
from lod.sources.fields import Reading
from lod.sources.forms import ReadRecord
from tests.support.chantier import D, question
from tests.support.server_data import Server, publish, serving, write_search_index

DAY = timedelta(days=1)
PREFIXES = "".join(f"@prefix {name}: <{KNOWN[name]}> . " for name in ("qp", "xsd"))


def answered(parution: str, reponse: str) -> Question:
    answer = Reponse(jo=JO(jour=D(reponse)), texte="Réponse.", page_de_section=False)
    return question(parution, reponses=(answer,))


@pytest.mark.parametrize(("flagged", "warned"), [(6, True), (7, False), (8, False)])
def test_a_flag_comes_on_the_due_date_at_the_earliest(flagged: int, warned: bool) -> None:
    """One that is printed before it is warned of, one of that day is not."""
    name = URIRef(f"{SHAPES_NAMESPACE}Question-signalee-dans-le-delai")
    shape, day = Graph(), '"2025-03-0{}"^^xsd:date'
    for triple in shapes_as_published().triples((name, None, None)):
        shape.add(triple)
    said = f"<urn:q> qp:dateLimite {day.format(7)} ; qp:dateSignalement {day.format(flagged)} ."
    assert bool(violations(turtle_triples(f"{PREFIXES}{said}".encode()), shape)) == warned


@pytest.mark.parametrize("order", [1, -1])
def test_the_newest_record_of_a_question_counts_first(order: int) -> None:
    """Of two that say as much, whichever is read first."""
    old, new = question("2025-03-25"), question("2025-03-26")
    records = [
        ReadRecord(f"{day}.json", f"{day}.json", f"{day}" * 64, 1, Reading(q, (), {}))
        for day, q in enumerate((old, new))
    ][::order]
    first, _ = ranked(records)
    assert first.reading and first.reading.question == new


def test_a_rule_holds_from_its_first_day_to_its_last() -> None:
    """For questions published on either, and for none of the day before or after."""
    for rule in deadlines.deadline_rules():
        for day, holds in (
            (rule.start, True), (rule.start - DAY, False), (rule.end, True),
        ):  # fmt: skip
            chosen = deadlines.rule_of(question(day.isoformat()))
            assert (chosen == rule) == holds, (rule.iri, day)


def test_a_legislature_has_its_first_day_and_its_last() -> None:
    for number, row in legislatures().items():
        assert {legislature_on(day) for day in (row.debut, row.fin) if day} == {number}
        assert legislature_on(row.debut - DAY) != number


def test_an_answer_of_the_same_day_took_no_day() -> None:
    """Its delay is nothing, which is a delay; one before the question is none."""
    assert deadlines.delai_jours(answered("2025-01-07", "2025-01-07")) == 0
    assert deadlines.delai_jours(answered("2025-01-07", "2025-01-06")) is None


def two_ministries(gap: timedelta) -> Executive:
    """Two ministries of one name, with so much time between them."""
    first = Ministry(
        code="a", libelle="Ministère de la mer", abrege="Mer",
        start=date(2020, 1, 1), end=date(2021, 1, 1),
    )  # fmt: skip
    second = with_fields(first, code="b", start=date(2021, 1, 1) + gap, end=None)
    return Executive(governments={}, ministries={"a": first, "b": second})


def test_a_ministry_follows_one_of_its_name_within_sixty_days() -> None:
    assert two_ministries(GAP).predecessors("b") == ("a",)
    assert two_ministries(GAP + DAY).predecessors("b") == ()
    assert timedelta(days=60) == GAP


def test_between_two_ministries_of_a_name_the_outgoing_one_is_meant() -> None:
    """For a fortnight after its end; then the one that comes, for the fortnight before it."""
    between = two_ministries(GAP)
    named = {
        day: found.code if (found := between.ministry_named("Mer", date(2021, 1, 1) + day)) else ""
        for day in (GRACE, GRACE + DAY, GAP - GRACE, GAP - GRACE - DAY, GAP)
    }
    assert named == {
        GRACE: "a", GRACE + DAY: "", GAP - GRACE: "b", GAP - GRACE - DAY: "", GAP: "b",
    }  # fmt: skip


def test_a_ministry_that_has_no_body_is_kept_as_it_is_printed() -> None:
    """A name that nobody bore on that day means nobody, and is not replaced."""
    printed = Organe(libelle="Mer")
    assert two_ministries(GAP).located(printed, [date(2019, 1, 1)]) == printed


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("rules")
    write_search_index(publish(folder), [question("2025-03-25")])
    with serving(folder) as running:
        yield running


def test_two_queries_at_one_address_have_two_tags(server: Server) -> None:
    """Else a cache gives the answer to one for that to the other."""
    tags = {server.ask(f"/api/questions.json?type={t}").headers["etag"] for t in ("QE", "QG")}
    assert len(tags) == 2


@pytest.mark.parametrize("guide", ["donnees.md", "donnees.en.md"])
def test_the_guide_tells_all_that_is_optional_and_nothing_else(guide: str) -> None:
    """Whatever may be taken away without a violation of the shapes of the core."""
    shapes, known, required = Graph(), set(), set()
    for path in packaged.SHAPES.glob("*.ttl"):
        shapes.parse(path)
    for node, kind in shapes.subject_objects(SH.targetClass):
        for shape in shapes.objects(node, SH.property):
            pair = (compact(str(kind)), compact(str(shapes.value(shape, SH.path))))
            known.add(pair)
            is_violation = shapes.value(shape, SH.severity) in (None, SH.Violation)
            required |= {pair} if is_violation and shapes.value(shape, SH.minCount) else set()
    text = (packaged.SITE / "pages" / guide).read_text("utf-8")
    rows = re.findall(r"^\| `([\w:]+)` \| (`[^|]+`) \| \S", text, re.M)
    told = {(kind, name) for kind, names in rows for name in re.findall(r"`(.+?)`", names)}
    assert told == known - required and len(told) > 150
    governments = {g.nom.split()[-1] for g in from_tables().governments.values() if not g.qid}
    assert governments - {"1", "2"} == {"Borne", "Attal", "Barnier", "Bayrou"}  # as it says
    assert [n for n, row in legislatures().items() if not row.qid] == [*range(7, 13)]
    assert (sum(not g.qid for g in group_rows()), len(item_suggestions())) == (50, 215)
