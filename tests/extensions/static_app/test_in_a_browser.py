"""A copy of the site for hosts of files, in a real browser: queries and searches give what the
server gives; a host without parts, a damaged file and an IRI lead to words, never to nothing.
"""

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, Store

from lod.base import packaged
from lod.base.tabular import rows
from lod.model.identifiers import split_uid
from lod.publish.query_catalogue import standalone_queries
from lod.publish.release import current
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.parameters import SearchRequest
from lod.publish.search.search_index import SearchIndex
from lod.rdf.store import select
from tests.extensions.static_app.hosts import hosted
from tests.support.paths import TESTS
from tests.support.patience import HANG, patience
from tests.support.programs import MODULES, absent, browser, need
from tests.support.server_data import files_served

HERE = Path(__file__).parent
JSON = QueryResultsFormat.JSON
pytestmark = pytest.mark.tool
WORDS = (
    "hôpital", "HOPITAUX", "ministre", "santé publique", '"santé publique"', "sant*", "EHPAD",
    "école ou collège", "logement -social", "-logement", "AAH", "allocation adulte handicapé",
    "sécurité sociale", "TVA", "Haute-Loire", "Marine Le Pen", "43349", "16-623", "les de la",
    "zzzz", "retraites femmes", "agri* ou pêche", "« transition écologique »", "l’éducation",
)  # fmt: skip
REQUESTS: list[dict[str, Any]] = [
    *({"q": q} for q in WORDS),
    {"q": "ministre", "tri": "date"},
    {"q": "ministre", "page": 2},
    {"q": "santé", "filtres": [["legislature", "16"]]},
    {"filtres": [["type", "QG"]]},
    {"filtres": [["statut", "repondue"]], "tri": "delai"},
    {"q": "loi", "tri": "echeance"},
    {"q": "loi", "depuis": "2022-01-01", "jusque": "2022-12-31"},
    {"filtres": [["departement", "59"]], "page": 2},
]
ANSWERED = """PREFIX qp: <https://w3id.org/questions-parlementaires/def#>
SELECT ?reponse ?question { ?question qp:reponse ?reponse } ORDER BY ?reponse LIMIT 1"""


@pytest.fixture(scope="module")
def half(app_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What answers in the same copy; the facts and the index have only their first half."""
    folder = tmp_path_factory.mktemp("half")
    for name in ("faits", "recherche", "static"):
        shutil.copytree(app_files / name, folder / name)
    for name in ("404.html", "hors-ligne.js", "recherche.html", "sparql.html"):
        shutil.copy(app_files / name, folder)
    for path in (*folder.glob("faits/faits-*.gz"), *folder.glob("recherche/*/0.sqlite")):
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2])
    return folder


@pytest.fixture(scope="module")
def seen(sample: Path, app_files: Path, half: Path) -> dict[str, Any]:
    node, chromium = need("node"), browser()
    need(MODULES / "playwright-core")
    if not packaged.scripts_of_copies():
        absent(".ci/vendor has not brought the engines: this was NOT tried")
    [answer, uid] = a_question_with_an_answer(sample)
    with ExitStack() as stack:
        hosts = {
            "whole": stack.enter_context(hosted(app_files)),
            "leaving": stack.enter_context(hosted(app_files)),
            "half": stack.enter_context(hosted(half)),
            "plain": f"http://127.0.0.1:{stack.enter_context(files_served(app_files))}/",
        }
        queries = [query.text for query in standalone_queries().values()]
        asked = {"hosts": hosts, "queries": queries, "searches": all_searches(), "uid": uid,
                 "answer": answer}  # fmt: skip
        run = subprocess.run(
            [node, HERE / "app.mjs", MODULES], input=json.dumps(asked), text=True, check=False,
            capture_output=True, timeout=patience(HANG),
            env={**os.environ, "CHROMIUM": chromium},
        )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return dict(json.loads(run.stdout))


def all_searches() -> list[dict[str, Any]]:
    """Return REQUESTS, and the sixty searches whose first result was written down."""
    tables = ("sixty_searches", "as_people_write")
    return [
        *REQUESTS,
        *({"q": row["q"]} for t in tables for row in rows(TESTS / f"publish/{t}.csv")),
    ]


def a_question_with_an_answer(folder: Path) -> tuple[str, str]:
    """Return the ends of the IRIs of an answer and of the only question that it answers."""
    [row] = select(store_of(folder), ANSWERED)
    return row["reponse"].rpartition("/")[2], row["question"].rpartition("/")[2]


def store_of(folder: Path) -> Store:
    return Store.read_only(str(current(folder) / "store"))


def solutions(answer: dict[str, Any]) -> Counter[str]:
    """Return the rows of an answer as a bag; a plain string has no type in some engines."""
    if "results" not in answer:
        return Counter([json.dumps(answer.get("boolean", answer))])

    def term(value: dict[str, str]) -> list[str | None]:
        datatype = value.get("datatype", "").partition("#string")[0]
        return [value["type"], value["value"], value.get("xml:lang"), datatype]

    bindings = answer["results"]["bindings"]
    bound = ({name: term(value) for name, value in row.items()} for row in bindings)
    return Counter(json.dumps(row, sort_keys=True) for row in bound)


def test_every_query_has_the_rows_of_the_server(sample: Path, seen: dict[str, Any]) -> None:
    store, wrong = store_of(sample), []
    for (name, query), answer in zip(standalone_queries().items(), seen["answers"], strict=True):
        result = store.query(query.text)
        assert isinstance(result, (QuerySolutions, QueryBoolean))
        ours = json.loads(result.serialize(format=JSON) or b"")
        if solutions(ours) != solutions(answer):
            wrong.append((name, solutions(ours) - solutions(answer), answer.get("refused")))
    assert not wrong and len(seen["answers"]) == len(standalone_queries()) > 60


def test_a_search_finds_what_the_server_finds(sample: Path, seen: dict[str, Any]) -> None:
    """The same questions on the page, in the same order, and as many."""
    wrong = []
    with closing(SearchIndex(current(sample) / INDEX_FILE)) as index:
        for asked, answer in zip(all_searches(), seen["found"], strict=True):
            stated = {**asked, "filters": tuple(map(tuple, asked.get("filtres", ())))}
            stated.pop("filtres", None)
            request = SearchRequest(**stated)
            hits = index.find(request)
            uids = index.uids(hits[request.page_slice])
            if (len(hits), uids) != (answer.get("total"), answer.get("uids")):
                wrong.append((asked, len(hits), uids[:3], answer))
    assert not wrong and sum(bool(answer["total"]) for answer in seen["found"]) > 40


def test_what_a_search_names_is_what_the_server_names(sample: Path, seen: dict[str, Any]) -> None:
    """Deputies, ministries, headings … that stand above the questions: the first of them."""
    wrong = []
    with closing(SearchIndex(current(sample) / INDEX_FILE)) as index:
        for asked, named in zip(all_searches(), seen["named"], strict=True):
            things = index.things_named(asked.get("q", ""))
            ours = [thing.path for thing in things if thing.kind != "question" and not thing.eli]
            if ours[:1] != named[:1]:
                wrong.append((asked, ours[:2], named[:2]))
    assert len(wrong) <= 7 and len(all_searches()) > 180, "\n".join(map(str, wrong))


def test_nothing_is_asked_elsewhere_and_nothing_fails(seen: dict[str, Any]) -> None:
    assert not seen["errors"] and not seen["elsewhere"]


def test_the_page_of_sparql_answers(seen: dict[str, Any]) -> None:
    """Its forms, and a query that another page has sent; what it refuses has the words of the
    server; a chain that this engine computes wrongly is told.
    """
    assert seen["table"] > 0 and seen["linked"] == "2"
    assert (seen["refused"], seen["wrong"]) == (
        "Ce point d’accès n’en interroge pas d’autres", "Erreur de syntaxe SPARQL",
    )  # fmt: skip
    assert seen["chained"] == [True, False, True, False, False, True]


def test_a_question_leads_to_the_query_behind_its_facts(seen: dict[str, Any], sample: Path) -> None:
    """Which asks about that question, and whose first value is its number."""
    [_, uid] = a_question_with_an_answer(sample)
    assert seen["factsOf"] and seen["facts"] == str(split_uid(uid)[2])


def test_a_search_is_narrowed(seen: dict[str, Any]) -> None:
    assert "16e législature" in seen["taken"] and "L16" in seen["first"]
    assert {"Type", "Ministère", "Auteur"} <= {*seen["facets"]}


def test_what_cannot_be_read_is_said(seen: dict[str, Any]) -> None:
    """And the search of words goes on."""
    assert "parties de fichiers" in seen["plain"] and "abîmé" in seen["half"]
    assert seen["halfFacts"].startswith("Un fichier de faits manque ou est abîmé faits-")
    assert "abîmé" in seen["halfState"]


def test_iris_lead_to_their_pages(seen: dict[str, Any], sample: Path) -> None:
    """That of a question, and that of an answer, which has no page of its own."""
    answer, uid = a_question_with_an_answer(sample)
    assert seen["iri"].endswith(f"/question/{uid}.html")
    assert seen["answer"].endswith(f"/question/{uid}.html#{answer}")


def test_what_was_opened_answers_without_the_host(seen: dict[str, Any]) -> None:
    """A page, and queries of the one legislature that was loaded; the search says it cannot."""
    assert seen["kept"] is True and seen["offlinePage"] and seen["withheld"] is False
    there, offline = seen["offline"]
    assert there == offline and there["results"]["bindings"]


def test_one_legislature_is_loaded_alone(seen: dict[str, Any], sample: Path) -> None:
    """With the memory that it takes, for a phone; no other question is there."""
    [said] = seen["offline"][0]["results"]["bindings"]
    newest = """SELECT (COUNT(?q) AS ?n) { ?q a qp:Question ; qp:legislature/qp:numero ?numero }
        GROUP BY ?numero ORDER BY DESC(?numero) LIMIT 1"""
    [row] = select(store_of(sample), newest)
    assert said["n"]["value"] == row["n"]
    assert re.search(r"prennent \d+ Mo de mémoire", seen["loaded"])
