"""Who governed when, and which ministry a name means on a day: the tables of the package."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec import structs
from pyoxigraph import DefaultGraph

from lod.base.inputs import records
from lod.model.question import Organe
from lod.model.text import bare_name, fold
from lod.pipeline.report.build_report import BuildReport
from lod.pipeline.settling.resolve import complete
from lod.pipeline.settling.speakers import SPEAKER
from lod.publish.release import current
from lod.rdf.iris import Iris
from lod.rdf.ontology import coded
from lod.rdf.store import open_store
from lod.rdf.vocab import ORG, QP, RDF
from lod.reference.amo_archives import read_directory
from lod.reference.executive import OFFICES, Executive, Ministry
from lod.reference.executive_tables import from_tables, with_archives
from lod.sources.forms import read
from tests.support import amo
from tests.support.amo import bien_lu
from tests.support.paths import BASE, REAL

E = from_tables()
A_DAY = timedelta(days=1)


def located(label: str, day: date) -> str | None:
    found = E.located(Organe(libelle=label), (day,))
    return found and found.code


def test_governments_follow_each_other() -> None:
    """Since March 1986 each day has one government, and no day has two."""
    governments = sorted(E.governments.values(), key=lambda g: g.start)
    assert len(governments) == 30 and governments[0].start == date(1986, 3, 20)
    for before, after in pairwise(governments):
        assert before.end and after.start == before.end + A_DAY, (before, after)
    assert governments[-1].end is None
    assert all(len(E.heads[g.code]) == 1 for g in governments)


def test_no_two_ministries_share_a_name_and_a_day() -> None:
    assert len(E.ministries) == 1308
    named = defaultdict(set)
    for m in E.ministries.values():
        for name in {bare_name(label) for label in m.noms}:
            named[name].add(m.code)
    for name, codes in named.items():
        bearers = sorted((E.ministries[code] for code in codes), key=lambda m: m.start)
        for before, after in pairwise(bearers):
            assert before.end and before.end < after.start, (name, before.code, after.code)


def test_every_minister_held_a_ministry_while_it_was_there() -> None:
    """Each row is joined; nobody begins before the ministry, and two never hold one on a day."""
    assert sum(map(len, E.ministers.values())) == 1365
    for code, held in E.ministers.items():
        ministry = E.ministries[code]
        assert all(m.start >= ministry.start for m in held), code
        in_order = sorted(held, key=lambda m: m.start)
        for before, after in pairwise(in_order):
            assert before.end and before.end < after.start, (before, after)


@pytest.mark.parametrize(
    ("label", "day", "code"),
    [
        ("Solidarités et santé", date(2019, 6, 4), "PO729979"),
        ("Solidarités et santé", date(2021, 6, 4), "PO773396"),
        ("Ministère de l'intérieur et des outre-mer", date(2023, 1, 10), "PO801854"),
        ("Intérieur et outre-mer", date(2023, 1, 10), "PO801854"),
        ("Première ministre", date(2022, 6, 1), "PO791580"),
        ("santé et famille", date(1987, 4, 3), "sante-et-famille-chirac-2"),
        # printed for some days after a reshuffle
        ("Solidarités et santé", date(2022, 5, 24), "PO773396"),
        # between two governments: the one that deals with current affairs (QANR5L14QE104137)
        ("Agriculture et alimentation", date(2017, 6, 20), "PO717198"),
        ("Agriculture et alimentation", date(2017, 6, 21), "PO717198"),
        ("Agriculture et alimentation", date(2017, 6, 22), "PO730006"),
        ("Ministère de nulle part", date(2022, 5, 24), None),
        ("Solidarités et santé", date(1999, 1, 1), None),
    ],
)
def test_a_name_means_one_ministry_on_a_day(label: str, day: date, code: str | None) -> None:
    """Rank, articles, case and accents do not matter; the day does."""
    assert located(label, day) == code


def test_the_reference_of_a_record_counts_more_than_its_name() -> None:
    """A number that no table has is kept too."""
    given = Organe(libelle="Solidarités et santé", ref="PO653280")
    found = E.located(given, (date(2021, 6, 4),))
    assert found and found.code == "PO653280" and found.noms[0] == "Défense"
    unknown = E.located(Organe(libelle="X", ref="PO999999999"), ())
    assert unknown and (unknown.code, unknown.noms) == ("PO999999999", ())


def test_a_minister_is_named_on_a_day() -> None:
    found = E.minister_named("Gérald Darmanin", date(2022, 10, 26))
    assert found and found.person == ("depute", "PA607846")
    assert E.minister_named("Gérald Darmanin", date(2016, 10, 26)) is None
    castex = E.minister_named("Jean Castex", date(2021, 1, 5))
    assert castex and castex.person[0] == "personne"


@pytest.mark.shared
@pytest.mark.slow
def test_almost_every_attribution_of_real_records_is_on_a_body() -> None:
    folders = ("found", "json", "json-reduced", "json-reconstructed", "pages")
    counts: Counter[str] = Counter()
    speakers: Counter[bool] = Counter()
    for record in records([REAL / folder for folder in folders]):
        q = complete(read(record), record.path).question
        for step in q.attributions:
            known = E.ministries.get(step.ministere.code or "")
            counts["on a body" if known and known.gouvernement else "by name"] += 1
        for answer in q.reponses if q.type == "QG" else ():
            if SPEAKER.search(answer.texte or ""):
                speakers[bool(answer.orateurs)] += 1
    assert counts.total() == 570
    assert counts["on a body"] >= 0.95 * counts.total(), counts
    assert speakers == {True: 369}, speakers


def sports(tmp_path: Path, government: str, start: str) -> Executive:
    names = ("Ministère de la jeunesse et des sports", "jeunesse et sports")
    members = (
        amo.gouvernement("PO58831", government, "1997-06-02", "2002-05-05"),
        amo.ministere("PO78648", *names, "PO58831", start, "2002-05-05"),
    )
    return with_archives(bien_lu(tmp_path, *members))


def test_a_body_of_the_archives_is_that_of_the_tables(tmp_path: Path) -> None:
    """By label and first day where its reference lacks: once, and named either way."""
    e = sports(tmp_path, "JOSPIN", "1997-06-04")
    assert e.governments.keys() == E.governments.keys()
    assert e.ministries.keys() == E.ministries.keys()
    assert e.governments["jospin"].ref == "PO58831"
    ministry = e.ministries["jeunesse-et-sports-jospin"]
    assert (ministry.ref, ministry.gouvernement) == ("PO78648", "jospin")
    by_name = Organe(libelle="Jeunesse et sports")
    for organe in (by_name, structs.replace(by_name, ref="PO78648")):
        found = e.located(organe, (date(2000, 1, 12),))
        assert found and found.code == "jeunesse-et-sports-jospin" and found.ministre


@pytest.mark.parametrize(
    ("government", "start"), [("ROCARD", "1997-06-04"), ("JOSPIN", "1996-01-01")]
)
def test_another_label_or_another_day_is_another_body(
    government: str, start: str, tmp_path: Path
) -> None:
    e = sports(tmp_path, government, start)
    added = {*e.governments, *e.ministries} - {*E.governments, *E.ministries}
    assert added == ({"PO58831"} if government == "ROCARD" else {"PO78648"})


def test_the_whole_table_of_governments_is_published(mixture: tuple[Path, BuildReport]) -> None:
    """Each with its head, also one of which no record names a ministry (Lecornu 1)."""
    store = open_store(current(mixture[0]) / "store")
    governments = {q.subject for q in store.quads_for_pattern(None, RDF.type, QP.Gouvernement)}
    iris = Iris(BASE)
    assert governments == {iris.reference("gouvernement", code) for code in E.governments}
    led = [q.object for q in store.quads_for_pattern(None, ORG.headOf, None, DefaultGraph())]
    assert sorted(led, key=str) == sorted(governments, key=str)


def test_a_caretaker_outlasts_its_government() -> None:
    """Until the next ministers are named, and no longer: then the ministries of the next begin."""
    governments = list(E.governments.values())
    for before, after in pairwise(governments):
        ends = [m.end for m in E.ministries.values() if m.gouvernement == before.code and m.end]
        starts = [m.start for m in E.ministries.values() if m.gouvernement == after.code]
        begun = [day for day in starts if day > after.start]  # the head's begins with it
        assert max(ends) < (min(begun) if begun else after.start), before


def test_a_high_commissioner_speaks() -> None:
    line = "M. Jean-Paul Delevoye, haut-commissaire aux retraites. Essai."
    [spoken] = SPEAKER.finditer(line)
    minister = E.minister_named(spoken["nom"], date(2019, 10, 2))
    assert minister and minister.fonction.startswith("Haut-commissaire")


def test_each_succession_of_the_table_is_of_two_bodies_in_order() -> None:
    """The one that follows begins after the other has ended."""
    pairs = [(m, p) for m, some in E.stated_predecessors.items() for p in some]
    assert len(pairs) == 124
    for code, precedent in pairs:
        before, after = E.ministries[precedent], E.ministries[code]
        assert before.end and before.end < after.start, (code, precedent)


@pytest.mark.shared
@pytest.mark.slow
def test_the_table_of_successions_has_what_the_archive_states() -> None:
    """The rule of the same name contradicts it once, where the table decides."""
    bodies = read_directory([REAL / "amo/acteurs-organes-L17.json.zip"])[0].bodies
    stated = {
        ref: body.predecessor
        for ref, body in bodies.items()
        if ref in E.ministries and body.predecessor in E.ministries
    }
    assert len(stated) == 64
    assert all(before in E.predecessors(ref) for ref, before in stated.items())
    by_name = replace(E, stated_predecessors={})
    named = {ref: some for ref in stated if (some := by_name.predecessors(ref))}
    contradicted = [ref for ref, some in named.items() if some != (stated[ref],)]
    assert (len(named), contradicted) == (34, ["PO873638"])


@pytest.mark.parametrize(
    ("code", "day", "minister"),
    [
        ("PO855064", date(2026, 3, 31), "depute/PA720066"),  # united with others
        ("PO855081", date(2026, 3, 31), None),  # renamed, then split: of health, or of pensions
        ("PO729982", date(2020, 12, 15), "depute/PA331481"),  # renamed
        ("PO759777", date(2022, 4, 19), "depute/PA607846"),  # of one name in two governments
        ("PO730014", date(2022, 3, 8), "depute/PA722236"),  # vacant for a summer
        ("PO730011", date(2020, 9, 8), None),  # split: there are two
        ("PO773394", date(2022, 5, 17), None),  # no minister was named yet
    ],
)
def test_an_answer_is_of_who_holds_the_ministry_that_follows(
    code: str, day: date, minister: str | None
) -> None:
    """A question stays with its ministry when the government changes; its answer does not."""
    held = E.holder(Organe(libelle="Essai", code=code), day)
    assert (held and "/".join(held)) == minister


def test_a_circle_of_successions_ends() -> None:
    """Archives may state that each of two ministries follows the other one."""
    start, end = date(2024, 1, 1), date(2024, 6, 30)
    two = {c: Ministry(start=start, end=end, code=c, libelle=c, abrege=c) for c in "ab"}
    circle = {"a": ("b",), "b": ("a",)}
    executive = Executive(governments={}, ministries=two, stated_predecessors=circle)
    assert list(executive.succession("a", date(2025, 1, 1))) == [("a", "b")]


def test_the_office_of_a_minister_is_one_of_the_list() -> None:
    """As the words of the table say it, of each of them; none of the list is without ministers."""
    held = [m for some in from_tables().ministers.values() for m in some]
    found = Counter(m.role for m in held)
    assert set(found) == set(coded(QP.fonctions)) == {*OFFICES.values()}
    assert (len(held), found["Premier ministre"], found["Secrétaire d'État"]) == (1365, 30, 389)
    for m in held:
        is_delegated = fold(m.fonction).startswith("ministre delegue")
        assert (m.role == "Ministre délégué") == is_delegated, m.fonction
