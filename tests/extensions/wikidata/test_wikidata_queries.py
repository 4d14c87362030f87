"""Each query to Wikidata, run by a real server on triples of the same form."""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import Literal, NamedNode, Quad
from rdflib.plugins.sparql import prepareQuery

from lod.base.errors import LodError
from lod.extensions.wikidata import lookups
from lod.extensions.wikidata.people import BirthDay, WikidataItem
from lod.extensions.wikidata.query_service import QueryService
from lod.remote.http import Limits
from tests.extensions.wikidata.items import (
    WD,
    born,
    label,
    legislature,
    merged,
    politician,
    quad,
    seat,
    statement,
    stored,
    truthy,
    wd,
)
from tests.support.engines import serving
from tests.support.repository import Answer, Depot, Request, cut, limited, results, running

CONTACT = "https://example.org/nous"
SEIZE, DIX_SEPT = "Q112567597", "Q126471296"
TERMS = {16: SEIZE, 17: DIX_SEPT}
GENID = NamedNode("http://www.wikidata.org/.well-known/genid/a1")
COMMONS = "http://commons.wikimedia.org/wiki/Special:FilePath/"
WHOLE, GDR, DISTRICT = "Q30334188", "Q2450519", "Q2970247"


def people() -> Iterator[Quad]:
    """Yield a deputy with every statement, and others who each lack one."""
    yield from politician(WHOLE, "Pierre Dharréville", "718926")
    yield label(WHOLE, "Dharréville Pierre", "fr", alias=True)
    yield label(WHOLE, "Пьер Дарревиль", "ru")
    yield from born(WHOLE, "1975-06-15")
    yield from born(WHOLE, "1957-06-15", best=False)
    yield from seat(WHOLE, SEIZE, DISTRICT, GDR, end="2024-06-09")
    yield from politician("Q11", "Seulement Défaut", language="mul")
    yield from seat("Q11", DIX_SEPT, group=GDR)
    yield from seat("Q11", SEIZE, "Q5", "Q30584989")
    yield from seat("Q11", SEIZE, "", "Q30584989")
    yield from born("Q11", "1976-01-01", 9)
    yield from politician("Q12", "Only English", "12", language="en")
    yield from seat("Q12", DIX_SEPT)
    yield from seat("Q12", DIX_SEPT, kept=False, group="Q7")
    yield from born("Q12", "1975-12-31")
    yield from born("Q12", "1976-02-01", 10)
    yield from politician("Q13")  # nothing else, and a seat that was an error
    yield from seat("Q13", DIX_SEPT, kept=False)
    yield from born("Q13", "1900-01-01", 7)
    yield from politician("Q14", "Hors Mandat", "14")
    yield from born("Q14", "1975-01-01", 9)
    yield from born("Q14", "1999-01-01", best=False)
    yield truthy("Q14", "P4123", Literal("15"))
    yield truthy("Q15", "P4123", Literal("14"))
    yield truthy("Q15", "P569", GENID)
    yield truthy("P99", "P4123", Literal("16"))  # no item
    for value in (GENID, Literal("PA16"), Literal("")):  # no identifiers
        yield truthy("Q14", "P4123", value)
    yield truthy("Q16", "P27", wd("Q142"))  # French, and no politician
    yield from born("Q16", "1975-05-05")
    yield truthy("Q17", "P106", wd("Q82955"))  # a politician, and not French
    yield from born("Q17", "1975-05-05")
    yield from statement("Q18", "P39", "Q22", {"P2937": wd(DIX_SEPT), "P4100": wd(GDR)})


def rest() -> Iterator[Quad]:
    """Yield legislatures, merged items, and facts that are published."""
    yield from legislature(SEIZE, "16")
    yield from legislature(DIX_SEPT, "17")
    yield from legislature("Q21", "15")
    yield from legislature("Q22", "15")
    yield from legislature("Q23", "dernière")
    yield from statement("Q24", "P31", "Q15238777", {"P1545": Literal("3")})  # of another Republic
    yield merged("Q900", "Q11")
    yield truthy(WHOLE, "P21", wd("Q6581097"))
    yield truthy(WHOLE, "P102", wd("Q192821"))
    yield truthy(WHOLE, "P39", wd("Q192821"))
    yield truthy(WHOLE, "P18", NamedNode(COMMONS + "Pierre%20Dharr%C3%A9ville.jpg"))
    yield truthy(WHOLE, "P856", NamedNode("https://example.org/?a=1#b"))
    yield truthy("Q11", "P21", GENID)
    yield truthy("Q11", "P856", GENID)
    yield truthy("Q11", "P18", NamedNode("https://example.org/image.jpg"))
    yield truthy("Q11", "P102", Literal("un parti"))
    yield truthy("Q12", "P856", NamedNode("ftp://example.org/"))
    yield truthy("Q12", "P102", wd("Q4"))
    yield truthy("Q12", "P102", wd("Q3"))
    yield label("Q6581097", "masculin")
    yield label("Q6581097", "male", "en")
    yield label("Q6581097", "m", "mul")
    yield label("Q192821", "PCF", "mul")
    yield label("Q192821", "French Communist Party", "en")
    yield label("Q3", "A party", "en")
    yield quad(WD + "Q5", f"{WD}x", Literal("rien"))


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = stored(chain(people(), rest()), tmp_path_factory.mktemp("wikidata") / "store")
    with serving(store) as address:
        yield address


@pytest.fixture
def client(endpoint: str, tmp_path: Path) -> QueryService:
    return QueryService(endpoint, CONTACT, tmp_path, limits=Limits(delays=()))


@pytest.fixture
def depot() -> Iterator[Depot]:
    with running() as server:
        yield server


def client_of(depot: Depot, folder: Path, *script: Answer) -> QueryService:
    depot.script = list(script)
    return QueryService(depot.base, CONTACT, folder, limits=Limits(delays=()), sleep=lambda s: None)


def queries(depot: Depot) -> list[str]:
    return [request.form["query"][0] for request in depot.requests]


TEXTS = {path.stem: lookups.query_text(path.stem) for path in sorted(lookups.REQUETES.glob("*.rq"))}


@pytest.mark.parametrize("name", TEXTS)
def test_each_file_runs_as_it_is(name: str, client: QueryService) -> None:
    """In rdflib, Oxigraph and a server; it begins with a comment and uses no SERVICE."""
    text = TEXTS[name]
    assert len(TEXTS) == 8
    prepareQuery(text)
    pyoxigraph.Store().query(text)
    client.select(text)
    assert text.startswith("# ") and "SERVICE" not in text
    assert all(len(line) <= 140 for line in text.splitlines())


def test_every_identifier_of_every_item(client: QueryService) -> None:
    """Also numbers of two items, and what is no number; but no unknown value."""
    assert lookups.identifier_pairs(client, ["718926"]) == [
        ("Q12", "12"), ("Q14", "14"), ("Q14", "15"), ("Q14", "PA16"), ("Q15", "14"),
        (WHOLE, "718926"),
    ]  # fmt: skip


def test_if_all_is_too_much_known_numbers_are_asked_for(client: QueryService, depot: Depot) -> None:
    rows = client.select(TEXTS["identifiants"])
    refs = [str(number) for number in range(400)]
    folder = client.cache / "other"
    found = lookups.identifier_pairs(client_of(depot, folder, cut(), results(rows)), refs)
    assert found == lookups.identifier_pairs(client, [])
    asked = [text.partition("VALUES")[2].count('"') // 2 for text in queries(depot)]
    assert asked == [0, 150, 150, 100]


@pytest.mark.parametrize("script", [[results([])], [cut(), results([])]])
def test_no_identifiers_are_no_wikidata(script: list[Answer], depot: Depot, tmp_path: Path) -> None:
    """An empty list is an error: every link would be lost. A run on the same day asks again."""
    row = {"item": WD + "Q1", "an": "1"}
    client = client_of(depot, tmp_path, *script, results([row]))
    with pytest.raises(LodError, match="no item bears P4123; is this Wikidata"):
        lookups.identifier_pairs(client, ["1"])
    assert lookups.identifier_pairs(client, ["1"]) == [("Q1", "1")]


def test_legislatures_have_one_item_each(client: QueryService) -> None:
    """Those of the Fifth Republic; a number that two items claim is left out."""
    assert lookups.legislatures(client) == TERMS


def test_deputies_of_legislatures(client: QueryService) -> None:
    """One item has all values; labels of each kind; deprecated seats do not count."""
    assert lookups.deputies_of(client, TERMS) == [
        WikidataItem(
            qid="Q11", names=frozenset({"Seulement Défaut"}),
            births=frozenset({BirthDay("1976-01-01", 9)}),
            seats=frozenset({(17, ""), (16, ""), (16, "Q5")}),
            groupes=frozenset({GDR, "Q30584989"}),
        ),
        WikidataItem(
            qid="Q12", names=frozenset({"Only English"}), p4123=frozenset({"12"}),
            births=frozenset({BirthDay("1975-12-31", 11), BirthDay("1976-02-01", 10)}),
            seats=frozenset({(17, "")}),
        ),
        WikidataItem(
            qid=WHOLE, names=frozenset({"Pierre Dharréville", "Dharréville Pierre"}),
            births=frozenset({BirthDay("1975-06-15", 11)}), p4123=frozenset({"718926"}),
            seats=frozenset({(16, DISTRICT)}), groupes=frozenset({GDR}),
        ),
    ]  # fmt: skip
    [alone] = lookups.deputies_of(client, {16: SEIZE})[1:]
    assert alone.qid == WHOLE


def test_politicians_by_year_of_birth(client: QueryService) -> None:
    assert [found.qid for found in lookups.born_in(client, [1975])] == ["Q12", "Q14", WHOLE]
    others = lookups.born_in(client, [1976])
    assert [found.qid for found in others] == ["Q11", "Q12"]
    assert others[0].names == {"Seulement Défaut"} and others[1].names == {"Only English"}
    both = lookups.born_in(client, [1976, 1975, 1974, 1976])
    assert [found.qid for found in both] == ["Q11", "Q12", "Q14", WHOLE]
    assert both[1].births == {BirthDay("1975-12-31", 11), BirthDay("1976-02-01", 10)}
    assert both[2] == WikidataItem(
        qid="Q14", names=frozenset({"Hors Mandat"}), p4123=frozenset({"14", "15"}),
        births=frozenset({BirthDay("1975-01-01", 9)}),
    )  # fmt: skip


def test_years_are_split_into_months(depot: Depot, tmp_path: Path) -> None:
    """A year, a half, a quarter, a month; no gap, and none that goes over the end of a year."""

    def quarterly(request: Request) -> None:
        first, end = days(request.form["query"][0])
        long = (end - first).days > 92 or first.year == 1976
        (cut() if long and (end - first).days > 31 else results([]))(request)

    assert lookups.born_in(client_of(depot, tmp_path, quarterly), [1980, 1976]) == []
    spans = [days(text) for text in queries(depot)]
    answered = [(a, b) for a, b in spans if a.year == 1980 or (b - a).days <= 31]
    starts, ends = [a for a, _ in answered], [b for _, b in answered]
    assert starts[0] == date(1976, 1, 1) and ends[-1] == date(1981, 1, 1)
    assert ends[11] == date(1977, 1, 1) and starts[12] == date(1980, 1, 1)
    assert ends[:11] == starts[1:12] and ends[12:-1] == starts[13:]
    assert [(b - a).days for a, b in spans[:4]] == [366, 182, 91, 31]


def days(text: str) -> tuple[date, date]:
    """Return the first day of the births that a query asks for, and the day after the last."""
    first, second = (found[1:] for found in lookups.BOUND.findall(text))
    return date.fromisoformat(first), date.fromisoformat(second)


def test_a_month_that_is_too_much_ends_the_run(depot: Depot, tmp_path: Path) -> None:
    """The message names it; so does a question that cannot be halved."""
    client = client_of(depot, tmp_path, cut())
    with pytest.raises(LodError, match=r"even for \(1975, 1\) alone; run the command again later"):
        lookups.born_in(client, [1975])
    assert len(depot.requests) == 4
    with pytest.raises(LodError, match=r"cut after .* bytes; run the command again later"):
        lookups.legislatures(client)


def test_items_that_are_known(client: QueryService) -> None:
    found = lookups.describe_items(client, [WHOLE, "Q13", "Q999", "Q12"])
    assert [item.qid for item in found] == ["Q12", "Q13", "Q999", WHOLE]
    assert found[1] == WikidataItem(qid="Q13") and found[2] == WikidataItem(qid="Q999")
    assert found[3].names == {"Pierre Dharréville", "Dharréville Pierre"}
    assert found[3].p4123 == {"718926"} and found[3].births == {BirthDay("1975-06-15", 11)}


def test_many_items_are_asked_for_in_batches(depot: Depot, tmp_path: Path) -> None:
    """Of 150, halved when that is too much, and never larger again; each item once."""
    client = client_of(depot, tmp_path, limited(40))
    found = lookups.describe_items(client, [f"Q{n}" for n in range(1, 201)])
    assert [item.qid for item in found] == [f"Q{n}" for n in range(1, 201)]
    asked = [text.partition("VALUES")[2].partition("}")[0].count("wd:Q") for text in queries(depot)]
    assert asked == [150, 75, 37, 37, 37, 37, 37, 15]


@pytest.mark.parametrize(
    "name", ["", "30334188", "Q0", "P31", "q1", "Q1 } #", "Q1\n", "Q" + "9" * 20]
)
def test_only_items_are_asked_for(name: str, client: QueryService) -> None:
    """A text that is no QID is never put into a query."""
    for question in (lookups.describe_items, lookups.redirections, lookups.facts_about):
        with pytest.raises(LodError, match="is not an item of Wikidata; write Q and a number"):
            list(question(client, [name]))
    with pytest.raises(LodError, match="is not an item"):
        lookups.deputies_of(client, {17: name})


def test_merged_and_deleted_items(client: QueryService) -> None:
    found = lookups.redirections(client, [WHOLE, "Q900", "Q999", "Q5"])
    assert found == {"Q900": "Q11", "Q999": None}
    assert lookups.redirections(client, []) == {}


def test_facts_that_people_ask_for(client: QueryService) -> None:
    found = lookups.facts_about(client, [WHOLE, "Q11", "Q12", "Q13", "Q999"])
    occupations = [f for f in found if f.propriete == "P106"]
    assert {(f.qid, f.valeur) for f in occupations} >= {("Q11", "Q82955"), (WHOLE, "Q82955")}
    told = [f for f in found if f not in occupations]
    assert [(f.qid, f.propriete, f.valeur, f.type, f.libelle) for f in told] == [
        ("Q11", "P569", "1976", "annee", ""),
        ("Q12", "P102", "Q3", "element", "A party"),
        ("Q12", "P102", "Q4", "element", "Q4"),
        ("Q12", "P569", "1975-12-31", "jour", ""),
        ("Q12", "P569", "1976-02", "mois", ""),
        (WHOLE, "P102", "Q192821", "element", "PCF"),
        (WHOLE, "P18", COMMONS + "Pierre%20Dharr%C3%A9ville.jpg", "adresse", ""),
        (WHOLE, "P21", "Q6581097", "element", "masculin"),
        (WHOLE, "P39", "Q192821", "element", "PCF"),
        (WHOLE, "P569", "1975-06-15", "jour", ""),
        (WHOLE, "P856", "https://example.org/?a=1#b", "adresse", ""),
    ]
    origin = (client.endpoint, client.day.isoformat())
    assert {(f.source, f.constat) for f in found} == {origin}
