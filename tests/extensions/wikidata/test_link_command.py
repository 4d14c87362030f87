"""`lod link` with a SPARQL server of another program, and with failing ones."""

from collections.abc import Iterator
from contextlib import chdir
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from pyoxigraph import Literal, NamedNode, Quad

from lod.base.durable import lock_folder
from lod.base.errors import LodError
from lod.base.tabular import rows
from lod.extensions.wikidata.link import (
    LinkingInput,
    LinkingReport,
    known_place_items,
    link,
    linking_input,
)
from lod.extensions.wikidata.p4123 import PublishedLink
from lod.extensions.wikidata.people import KnownDeputy, known_deputies
from lod.extensions.wikidata.query_service import QueryService
from lod.pipeline.mapping.links import known
from lod.pipeline.reading.reference_data import read_review
from lod.reference.reviewed_files import AnomalyKind
from lod.reference.tables import circonscriptions, deputy_rows, legislatures
from lod.remote.http import Limits
from tests.extensions.wikidata.items import (
    born,
    label,
    legislature,
    merged,
    politician,
    seat,
    stored,
    truthy,
    wd,
)
from tests.support.engines import serving
from tests.support.programs import lod
from tests.support.repository import cut, running

pytestmark = pytest.mark.slow

FILES = ["anomalies.csv", "candidates.csv", "faits.csv", "liens.csv", "quickstatements.txt"]
CONTACT = "operateur@example.org"
DAY = date(2026, 5, 4)
LINKED = known()
ALL = known_deputies(deputy_rows())
FREE = [p for ref, p in ALL.items() if ref not in LINKED and 17 in p.legislatures]
NEW, SURE, TWIN, TWICE, DOUBLE = FREE[:5]  # what the server says of each stands in `world`
SEED = ALL["PA718926"]  # published, and the server agrees
TERM = legislatures()[17].qid
MERGED, LOST, GONE = "PA226", "PA230", "PA236"  # published, and no more as they were
# the first of them has P4123 now
AGREED = [ref for ref, x in LINKED.items() if x.preuve == "preuve-concordance"]
PROVEN = {ref for ref, x in LINKED.items() if x.preuve == "preuve-identifiant"} | {AGREED[0]}


def person(qid: str, p: KnownDeputy, an: str = "") -> Iterator[Quad]:
    yield from politician(qid, p.name, an)
    yield from born(qid, min(p.births))


def world() -> Iterator[Quad]:
    """Yield items of some deputies, with the faults that Wikidata may have."""
    yield from legislature(TERM, "17")
    yield from person("Q30334188", SEED, SEED.number)
    yield truthy("Q30334188", "P21", wd("Q6581097"))
    yield label("Q6581097", "masculin")
    yield truthy("Q30334188", "P856", NamedNode("https://a.example.org/?b=1#c"))
    yield from person("Q1001", NEW, NEW.number)
    yield from person("Q1002", SURE)
    place = next(s for s in SURE.seats if s.legislature == 17)
    yield from seat("Q1002", TERM, circonscriptions()[place.departement, place.numero])
    for qid in ("Q1003", "Q1004"):
        yield from person(qid, TWIN)
        yield from person(f"{qid}0", TWICE, TWICE.number)
    yield from person("Q1005", DOUBLE, DOUBLE.number)
    yield truthy("Q1005", "P4123", Literal("999999"))
    yield merged(LINKED[MERGED].qid, "Q1006")
    yield label(LINKED[LOST].qid, ALL[LOST].name)
    for ref in LINKED.keys() - {SEED.ref, MERGED, LOST, GONE}:
        yield label(LINKED[ref].qid, ALL[ref].name)
        if ref in PROVEN:
            yield truthy(LINKED[ref].qid, "P4123", Literal(ALL[ref].number))


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = stored(world(), tmp_path_factory.mktemp("wikidata") / "store")
    with serving(store) as address:
        yield address


def run_in(folder: Path, endpoint: str, contact: str = CONTACT) -> Result:
    folder.mkdir(exist_ok=True)
    (folder / "lod.toml").write_text(f'contact = "{contact}"\nrevue = "revue"\n', "utf-8")
    (folder / "revue").mkdir(exist_ok=True)
    with chdir(folder):
        return lod("link", "out", "--endpoint", endpoint)


@pytest.fixture(scope="module")
def written(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the folder that one run wrote, and its last line."""
    folder = tmp_path_factory.mktemp("run")
    done = run_in(folder, endpoint)
    assert (done.exit_code, done.stderr) == (0, "")
    return folder / "out" / "liens", done.stdout


def test_the_last_line_counts(written: tuple[Path, str]) -> None:
    folder, told = written
    anomalies = len([*rows(folder / "anomalies.csv")])
    assert told == (
        f"{1402 - 3 + 1:,} identifiers (1 new, {anomalies:,} anomalies); "
        "2 candidates, 1 certain, 1 open; out/liens\n"
    )
    assert sorted(p.name for p in folder.iterdir() if p.is_file()) == FILES


def test_identifiers_are_links_to_accept(written: tuple[Path, str]) -> None:
    found = {row["acteurRef"]: row["qid"] for row in rows(written[0] / "liens.csv")}
    published = {ref: LINKED[ref].qid for ref in PROVEN}
    assert found.items() - published.items() == {(NEW.ref, "Q1001")}
    assert published.keys() - found.keys() == {MERGED, LOST, GONE}


def test_statements_are_for_what_lacks_them(written: tuple[Path, str]) -> None:
    """Certain candidates, and links by two sources whose items bear no number."""
    text = (written[0] / "quickstatements.txt").read_text("utf-8")
    found = {tuple(line.split("\t")[:3]) for line in text.splitlines()}
    agreed = [(ref, LINKED[ref].qid) for ref in AGREED[1:]]
    assert found == {
        (qid, "P4123", f'"{ALL[ref].number}"') for ref, qid in [*agreed, (SURE.ref, "Q1002")]
    }


def test_anomalies_are_told(written: tuple[Path, str]) -> None:
    found = {(r["genre"], r["acteurRef"], r["cible"]) for r in rows(written[0] / "anomalies.csv")}
    assert (AnomalyKind.TWO_ITEMS, TWICE.ref, "Q10040") in found
    assert (AnomalyKind.TWO_NUMBERS, DOUBLE.ref, "") in found
    assert {(kind, ref) for kind, ref, _ in found} == {
        (AnomalyKind.TWO_ITEMS, TWICE.ref), (AnomalyKind.TWO_NUMBERS, DOUBLE.ref),
        (AnomalyKind.MERGED, MERGED), (AnomalyKind.LOST, MERGED), (AnomalyKind.LOST, LOST),
        (AnomalyKind.DELETED, GONE),
    }  # fmt: skip
    assert (AnomalyKind.MERGED, MERGED, "Q1006") in found


def test_a_short_list_is_not_believed(tmp_path: Path) -> None:
    """An endpoint that lacks most of what is published is not all of Wikidata; no file is new."""
    with (
        serving(stored(person("Q30334188", SEED, SEED.number), tmp_path / "store")) as address,
        pytest.raises(LodError, match=r"1,642 of 1,643 published links are not there; is this all"),
    ):
        run(tmp_path, address, linking_input(tmp_path))
    assert not (tmp_path / "liens/liens.csv").exists()


def test_the_build_takes_what_was_written(
    written: tuple[Path, str], endpoint: str, tmp_path: Path
) -> None:
    """The new link is known, two sources that agreed have become an identifier."""
    for name in FILES[:4]:
        (tmp_path / name).write_bytes((written[0] / name).read_bytes())
    reviewed = read_review(tmp_path).links
    new = known(reviewed)[NEW.ref]
    assert (new.qid, new.value, new.sources) == ("Q1001", NEW.number, (endpoint,))
    told = {(f.qid, f.propriete, f.valeur, f.type, f.libelle): f for f in reviewed.facts or ()}
    fact = told["Q30334188", "P21", "Q6581097", "element", "masculin"]
    assert (fact.source, fact.constat) == (endpoint, new.constat)
    assert ("Q30334188", "P856", "https://a.example.org/?b=1#c", "adresse", "") in told
    assert ("Q1001", "P569", min(NEW.births), "jour", "") in told
    assert "Q1002" not in {qid for qid, *_ in told}  # it is only proposed
    assert LINKED[AGREED[0]].preuve == "preuve-concordance"
    after = known(reviewed)[AGREED[0]]
    assert (after.qid, after.preuve) == (LINKED[AGREED[0]].qid, "preuve-identifiant")
    assert {after.constat} == {r.constat for r in reviewed.links}
    assert GONE not in known(reviewed) and LOST in known(reviewed)
    again = linking_input(tmp_path / "none", reviewed)
    assert again.published[NEW.ref] == PublishedLink("Q1001", "preuve-identifiant")


def run(folder: Path, endpoint: str, known_: LinkingInput) -> LinkingReport:
    cache, limits = folder / "liens/cache", Limits(delays=())
    client = QueryService(endpoint, CONTACT, cache, today=DAY, limits=limits)
    return link(folder, client, known_)


def small(**more: object) -> LinkingInput:
    few = {p.ref: p for p in (SEED, NEW, SURE, TWIN, TWICE, DOUBLE)}
    return LinkingInput(deputies=few, place_items=known_place_items(), **more)  # type: ignore[arg-type]


def test_what_a_person_decided_is_heeded(endpoint: str, tmp_path: Path) -> None:
    """A refused pair is gone, and its twin is certain; a second run has the same bytes."""
    report = run(tmp_path, endpoint, small(refused={(TWIN.ref, "Q1004")}))
    certain = {p.candidate.pair for p in report.candidates if p.is_certain}
    assert certain == {(SURE.ref, "Q1002"), (TWIN.ref, "Q1003")}
    before = {name: (tmp_path / "liens" / name).read_bytes() for name in FILES}
    run(tmp_path, endpoint, small(refused={(TWIN.ref, "Q1004")}))
    assert before == {name: (tmp_path / "liens" / name).read_bytes() for name in FILES}


def test_a_number_on_another_person_is_not_believed(tmp_path: Path) -> None:
    """Neither the name nor the year agree: a number typed wrong."""
    quads = [*politician("Q1", "Une Autre", SEED.number), *born("Q1", "1900-02-03")]
    with serving(stored(quads, tmp_path / "store")) as address:
        report = run(tmp_path, address, small())
    [one] = report.findings.anomalies
    assert (one.kind, one.ref) == (AnomalyKind.DISCORDANT, SEED.ref)
    assert not [*rows(tmp_path / "liens/liens.csv")]


def test_a_release_adds_deputies(vies: Path) -> None:
    known_ = linking_input(vies).deputies
    assert known_["PA900001"].name == "Alix Exemple" and set(ALL) < set(known_)


def test_a_run_that_fails_changes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "out" / "liens"
    target.mkdir(parents=True)
    for name in FILES:
        (target / name).write_text("before", "utf-8")
    with running() as depot:
        depot.script = [cut()]
        done = run_in(tmp_path, f"{depot.base}sparql")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert {(target / name).read_text("utf-8") for name in FILES} == {"before"}
    assert not [*target.rglob("*.part"), *target.rglob(".*.part")]


def test_two_runs_do_not_meet(endpoint: str, tmp_path: Path) -> None:
    locked = lock_folder(tmp_path / "liens", "lod link")
    with locked, pytest.raises(LodError, match="another lod link"):
        run(tmp_path, endpoint, small())


def test_the_operator_is_named(endpoint: str, tmp_path: Path) -> None:
    """Without a contact, or with a wrong address: exit code 2, and nothing is written."""
    done = run_in(tmp_path, endpoint, contact="")
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "contact in lod.toml" in done.stderr
    assert run_in(tmp_path, "ftp://example.org/").exit_code == 2
    assert not (tmp_path / "out").exists()
