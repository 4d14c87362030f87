"""The counts of a table come to the whole that it divides: no question is lost, none counts twice,
and nothing counts that is no question but has the same property.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode, Store

from lod.base import packaged
from lod.publish.query_catalogue import query_text
from lod.publish.release import current
from lod.rdf.store import open_store, select
from lod.rdf.vocab import PREFIXES
from tests.support.paths import ABOUT, BASE, BY_NAME, QUERIES, TESTS, asked

SUMS: dict[str, Any] = {}
COLUMNS, NO_SUM = dict[str, str](), dict[str, str]()  # of the core, and of each extension
for path in (TESTS / "publish/sums.toml", *sorted(TESTS.glob("extensions/*/sums.toml"))):
    stated = tomllib.loads(path.read_text("utf-8"))
    COLUMNS |= stated.pop("colonnes")
    NO_SUM |= stated.pop("aucune")
    SUMS |= stated
CASES = [(name, column) for name, described in SUMS.items() for column in described["colonnes"]]
# without its guard the query counts seats and groups with the questions
UNGUARDED = [
    ("circonscriptions", "?question a qp:Question ."),
    ("facettes", "{ SELECT ?question WHERE { ?question a qp:Question } }"),
    ("legislatures", "?question a qp:Question ."),
]


@pytest.fixture(scope="module")
def store(vies: Path) -> Store:
    return open_store(current(vies) / "store")


def query_of(name: str) -> str:
    return SUMS[name].get("requete", name)


def summed(store: Store, name: str, column: str, text: str) -> float:
    """What a column comes to."""
    wanted = SUMS[name].get("lignes", {}).items()
    rows = [row for row in select(store, text) if wanted <= row.items()]
    assert rows
    return sum(float(row[column] or 0) for row in rows)


def counted(store: Store, *patterns: str, entite: str = "") -> int:
    """How many questions all the patterns match."""
    about = f"VALUES ?entite {{ {NamedNode(BASE + entite)} }}" if entite else ""
    where = " ".join((about, "?question a qp:Question .", *patterns))
    heads = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    query = f"{heads}SELECT (COUNT(DISTINCT ?question) AS ?n) WHERE {{ {where} }}"
    [row] = select(store, query)
    return int(row["n"])


def adds_up(store: Store, name: str, column: str, text: str) -> bool:
    """Whether a column comes to the whole, less the questions that have no row."""
    described, entite = SUMS[name], ABOUT.get(query_of(name), "")
    whole = (described.get("parmi", ""), COLUMNS[column])
    rest = counted(store, *whole, described["sans"], entite=entite) if "sans" in described else 0
    return summed(store, name, column, text) + rest == counted(store, *whole, entite=entite)


@pytest.mark.parametrize(("name", "column"), CASES)
def test_the_rows_come_to_the_whole(name: str, column: str, store: Store) -> None:
    """The sum of a column, and the questions without a row, are all questions."""
    assert adds_up(store, name, column, asked(BY_NAME[query_of(name)]))


@pytest.mark.parametrize(("name", "guard"), UNGUARDED)
def test_a_query_without_its_guard_does_not(name: str, guard: str, store: Store) -> None:
    """The release has what a query may take for a question."""
    text = query_text(name)
    assert guard in text
    assert not adds_up(store, name, SUMS[name]["colonnes"][0], text.replace(guard, ""))


def test_every_query_that_counts_is_here() -> None:
    """With its sum, or with the reason why it has none."""
    counting = {
        p.stem for p in QUERIES if re.search(r"(COUNT|SUM)\(|qp:posees", p.read_text("utf-8"))
    }
    assert {query_of(name) for name in SUMS} | NO_SUM.keys() == counting
    own = {path.stem for path in packaged.QUERIES.glob("*.rq")}
    assert len([name for name, _ in CASES if query_of(name) in own]) == 118
    assert len(NO_SUM.keys() & own) == 18


def test_the_release_tells_apart_what_the_queries_do(store: Store) -> None:
    """Of each kind of thing, and of each thing that can happen, there is something to count."""
    for pattern in (
        "?seat a qp:Mandat ; qp:circonscription ?place . FILTER NOT EXISTS { ?q a qp:Question ;"
        " qp:circonscription ?place }",
        "?deputy qp:mandat ?one , ?two . ?one qp:legislature ?l . ?two qp:legislature ?l ."
        " FILTER(?one != ?two)",
        "?deputy ^org:member/org:organization ?one , ?two . FILTER(?one != ?two)"
        " ?one a qp:Groupe . ?two a qp:Groupe",
        "?change a org:ChangeEvent",
        "?ministry org:subOrganizationOf ?government ; schema:endDate ?day",
        "?flag a qp:Signalement",
        "?question qp:rappelle ?other",
        "?question qp:dateRetrait ?day ; qp:motifRetrait ?reason",
        "?question qp:statut qp:statut-sans-reponse ; qp:legislature/schema:endDate ?day",
        "?question qp:statut qp:statut-en-attente",
        "?question qp:statut qp:statut-en-attente-hors-delai",
        "?term a org:Membership ; org:member ?minister",
        "?question qp:attribution/qp:rang 5",
        "?one qp:reponse ?answer . ?two qp:reponse ?answer . FILTER(?one != ?two)",
    ):
        heads = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
        assert store.query(f"{heads}ASK {{ {pattern} }}"), pattern
