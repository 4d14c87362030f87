"""Test that the demonstration shows what the site does, and never passes off what is invented."""

import re
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest
from pyoxigraph import Store
from werkzeug.test import Client

from lod.base import packaged
from lod.base.settings import Settings
from lod.build import build
from lod.pipeline.report.build_report import BuildReport, account, remark_lines
from lod.publish.release import current
from lod.rdf.store import open_store, select
from lod.rdf.vocab import NAMESPACE, PREFIXES
from tests.support.once import once
from tests.support.paths import ROOT
from tests.support.server_data import client_of, serving

pytestmark = pytest.mark.slow
INVENTED = 30
SAID = "Cette question est inventée pour la démonstration. "
FIRST = 90_001  # number of the first one; those of real ones are far below
DECLARED = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BuildReport]:
    def make(folder: Path) -> BuildReport:
        records = [packaged.SAMPLE, packaged.INVENTED]
        return build(records, folder, Settings(), jobs=2, sample=True)

    return once(tmp_path_factory, "demo", make)


@pytest.fixture(scope="module")
def store(demo: tuple[Path, BuildReport]) -> Store:
    return open_store(current(demo[0]) / "store")


@pytest.fixture(scope="module")
def client(demo: tuple[Path, BuildReport]) -> Iterator[Client]:
    with serving(demo[0], workers=1) as server:
        yield client_of(server)


def test_all_are_read(demo: tuple[Path, BuildReport]) -> None:
    """No record is rejected; the only remarks are that the authors are no deputies."""
    report = demo[1]
    assert len(list(packaged.INVENTED.iterdir())) == INVENTED
    assert (report.published, report.rejected) == (479 + INVENTED, 0)


def test_the_readme_prints_what_is_printed(demo: tuple[Path, BuildReport]) -> None:
    """The address first; that the sample lacks its texts is known, and not warned of."""
    report = demo[1]
    for name in ("README.md", "README.fr.md"):
        shown = (ROOT / name).read_text("utf-8").partition("$ make demo\n")[2].splitlines()
        assert shown[0].startswith("http://localhost:8000/ is served")
        assert f"{account(report)}; out/demo/current" in shown
    assert not [line for line in remark_lines(report) if "no text" in line or "no heading" in line]


def test_each_says_that_it_is_invented(store: Store) -> None:
    """Its title, its text and its answer say so; nobody real asks it, no real ministry has it."""
    rows = list(select(store, f"""{DECLARED}
        SELECT ?question ?titre ?texte ?reponse ?auteur ?ministere {{
          ?question qp:numero ?numero ; qp:titre ?titre ; qp:texte ?texte ; qp:auteur ?auteur ;
            qp:ministereAttributaire ?ministere . FILTER(?numero >= {FIRST})
          OPTIONAL {{ ?question qp:reponse/qp:texte ?reponse }} }}"""))  # fmt: skip
    assert len({row["question"] for row in rows}) == INVENTED
    for row in rows:
        assert row["titre"].endswith(" (question inventée)")
        assert row["texte"].startswith(SAID)
        assert row["reponse"].startswith(
            ("", SAID.replace("question", "réponse"))[bool(row["reponse"])]
        )
        assert "/auteur/17/" in row["auteur"]
        assert not re.search(r"PO\d", row["ministere"])
    real = f"SELECT ?q {{ ?q <{NAMESPACE}numero> ?n ; <{NAMESPACE}texte> ?t FILTER(?n < {FIRST}) }}"
    assert not list(select(store, real))  # the facts of the sample come without their texts


@pytest.mark.parametrize(
    ("what", "pattern", "count"),
    [
        ("in time", "?q qp:statut qp:statut-repondue-dans-delai", 14),
        ("late", "?q qp:statut qp:statut-repondue-hors-delai", 6),
        ("waiting", "?q qp:statut qp:statut-en-attente-dans-delai", 3),
        ("waiting too long", "?q qp:statut qp:statut-en-attente-hors-delai", 5),
        ("withdrawn", "?q qp:statut qp:statut-retiree", 1),
        ("oral", "?q qp:typeQuestion qp:type-QOSD", 1),
        ("renewed", "?q qp:evenement/a qp:Renouvellement", 3),
        ("flagged", "?q qp:evenement/a qp:Signalement", 3),
        ("corrected", "?q qp:evenement/a qp:Erratum", 1),
        ("moved", "?q qp:ministereInterroge ?a ; qp:ministereAttributaire ?b FILTER(?a != ?b)", 2),
        ("recalls", "?q qp:rappelle ?autre . ?autre a qp:Question", 2),
        ("answered together", "?q qp:reponse ?r . ?p qp:reponse ?r FILTER(?p != ?q)", 3),
        ("cites a law", "?q dcterms:references ?loi", 1),
        (
            "an exchange",
            "?q qp:reponse/qp:intervention/qp:typeIntervention qp:intervention-replique",
            1,
        ),
    ],
)
def test_every_state_of_life_is_there(store: Store, what: str, pattern: str, count: int) -> None:
    told = f"{{ ?q qp:numero ?n FILTER(?n >= {FIRST}) {pattern} }}"
    [row] = select(store, f"{DECLARED} SELECT (COUNT(DISTINCT ?q) AS ?n) {told}")
    assert int(row["n"]) == count, what


def test_the_searches_find_something(client: Client) -> None:
    """What the field and the home page suggest, and the feeds of these searches."""
    home = client.get("/").text
    assert "finit par «\u00a0(question inventée)\u00a0»" in home
    [said] = re.findall(r'type="search" maxlength="300" placeholder="([^"]*)…"', home)
    linked = [
        text.replace("+", " ") for text in re.findall(r'href="recherche\.html\?q=([^"]+)"', home)
    ]
    assert linked == ["miel", "trains du matin", "EHPAD"]
    for words in (*said.split(", "), *linked):
        found = client.get("/recherche", query_string={"q": words, "format": "json"}).json
        assert found["total"] > 0, words
        feed = client.get("/recherche.atom", query_string={"q": words})
        assert feedparser.parse(feed.data).entries, words
    assert client.get("/recherche", query_string={"q": "miel", "format": "json"}).json["total"] == 4
