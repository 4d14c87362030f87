"""The Reconciliation API, against JSON schemas written from the specification for it."""

import json
import threading
import tomllib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from werkzeug.test import Client

from lod.extensions.reconciliation import batch
from lod.extensions.reconciliation import routes as service
from lod.extensions.reconciliation.batch import BATCH_SIZE, read_query
from lod.extensions.reconciliation.entities import (
    FOLDER,
    QUESTION,
    EntityType,
    entity_properties,
    entity_types,
)
from lod.extensions.reconciliation.entity_index import EntityIndex
from lod.publish.release import current
from lod.rdf.store import open_store, select
from lod.server.common.problems import Problem
from lod.server.engine.current_release import ServedRelease
from tests.support.paths import BASE
from tests.support.patience import HANG, wait_for
from tests.support.server_data import Server, client_of, publish, serving

SCHEMAS = Path(__file__).parent / "schemas"
PATH = "/reconciliation"
DHARREVILLE, PLACE = "depute/PA718926", "Bouches-du-Rhône (13e circonscription)"


def valid(name: str, said: Any) -> Any:
    """Return a JSON value; fail if it is not valid by a schema."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(said)
    return said


def test_the_table_names_queries_and_types(vies: Path) -> None:
    """And columns; the query of a type gives entities of that type alone."""
    table = tomllib.loads((FOLDER / "types.toml").read_text("utf-8"))
    assert all(row.keys() == EntityType.__dataclass_fields__.keys() for row in table["type"])
    for kind in entity_types().values():
        assert "?entite ?propriete ?valeur ?nom WHERE" in kind.query
        assert {*kind.decrit, *kind.departage, *kind.confirme} <= set(kind.proprietes)
    assert {p.de for p in entity_properties().values()} - {""} <= set(entity_types())
    assert {p.genre == "entite" for p in entity_properties().values() if p.de} == {True}
    used = {name for kind in entity_types().values() for name in kind.proprietes}
    assert used == set(entity_properties())
    assert {path.stem for path in FOLDER.glob("*.rq")} == set(entity_types())
    store = open_store(current(vies) / "store")
    for kind in entity_types().values():
        if kind.id != QUESTION:
            found = {row["entite"] for row in select(store, kind.query)}
            assert found and all(f"/{kind.id}/" in iri for iri in found), kind.id


@pytest.mark.parametrize(
    ("said", "told"),
    [([], "objet JSON"), ({}, "ni query ni properties"), ({"query": ""}, "ni query"),
     ({"query": 12}, "pas un texte"), ({"query": "a", "limit": 0}, "entier positif"),
     ({"query": "a", "limit": True}, "entier positif"), ({"query": "a", "limit": "3"}, "entier"),
     ({"query": "a", "type": "deputé"}, "vouliez-vous dire depute"),
     ({"query": "a", "type": [["x"]]}, "type inconnu"),
     ({"query": "a", "type_strict": "no"}, "any, all, should"),
     ({"properties": [{"pid": "naissanc", "v": 1}]}, "vouliez-vous dire naissance"),
     ({"properties": [{"v": 1}]}, "inconnu"), ({"properties": ["x"]}, "objet JSON"),
     ({"properties": [{"pid": "naissance", "v": [[1]]}]}, "un texte, un nombre"),
     ({"properties": [{"pid": "naissance", "v": [1] * 41}]}, "au plus 40"),
     ({"properties": [{"pid": "naissance", "v": 1}] * 41}, "au plus 40")],
)  # fmt: skip
def test_what_cannot_be_asked(said: Any, told: str) -> None:
    with pytest.raises(Problem, match=told):
        read_query("q", said)


NAMES = ("query", "type", "limit", "properties", "type_strict", "pid", "v", "id")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
@pytest.mark.slow
def test_whatever_is_asked(said: Any) -> None:
    with suppress(Problem):
        asked = read_query("q", said)
        assert 1 <= asked.limit <= batch.MOST_CANDIDATES
        assert asked.strictness in ("any", "all", "should")
        assert {*asked.types} <= {*entity_types()}
        assert {*dict(asked.properties)} <= {*entity_properties()}


def test_what_is_asked() -> None:
    """Every field of the specification is read, in each form that it may have."""
    said = {
        "query": "M. Pierre Dharréville", "type": ["depute"], "limit": 5.0, "type_strict": "should",
        "properties": [
            {"pid": "legislature", "v": [15, "16", None, ""]},
            {"pid": "groupe", "v": {"id": "groupe/PO1", "name": "GDR"}},
        ],
    }  # fmt: skip
    asked = read_query("q", said)
    assert (asked.name, asked.limit) == ("Pierre Dharréville", 5)
    assert asked.expected == {
        "civilite": ("M.",), "legislature": ("15", "16"), "groupe": ("groupe/PO1", "GDR"),
    }  # fmt: skip
    assert asked.admits("question")
    assert not read_query("q", said | {"type_strict": "any"}).admits("x")
    both = {"query": "a", "type": ["depute", "groupe"]}
    assert read_query("q", both).admits("groupe")
    assert not read_query("q", both | {"type_strict": "all"}).admits("groupe")
    assert read_query("q", {"query": "a", "limit": 1e6}).limit == batch.MOST_CANDIDATES
    assert read_query("q", {"query": "a", "properties": {}}).properties == ()


def ask(client: Client, **queries: Any) -> Any:
    """Return the results of a batch; check both against their schemas."""
    valid("lot", queries)
    answer = client.post(PATH, data={"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.text
    said = valid("resultats", answer.json)
    assert list(said) == list(queries)
    for one in said.values():
        scores = [c["score"] for c in one["result"]]
        assert scores == sorted(scores, reverse=True)
        ids = [feature["id"] for c in one["result"] for feature in c["features"]]
        assert len(set(ids)) * len(one["result"]) >= len(ids)
    return {key: one["result"] for key, one in said.items()}


def test_the_manifest(client: Client) -> None:
    """The addresses in it exist; the id of a deputy, encoded, leads to its page."""
    said = valid("manifeste", client.get(PATH).json)
    assert (said["versions"], said["identifierSpace"]) == (["0.2"], BASE)
    assert [kind["id"] for kind in said["defaultTypes"]] == list(entity_types())
    for part in (*said["suggest"].values(), said["extend"]["propose_properties"]):
        address = (part["service_url"] + part["service_path"]).removeprefix(BASE)
        assert client.get(f"/{address}?prefix=a&type=depute").status_code == 200
    assert client.get("/" + said["documentation"].removeprefix(BASE)).status_code == 200
    assert client.get("/" + said["logo"].removeprefix(BASE)).status_code == 200
    assert client.get(f"{PATH}/").headers["Location"] == PATH
    path = said["view"]["url"].replace("{{id}}", DHARREVILLE.replace("/", "%2F"))
    answer = client.get("/" + path.removeprefix(BASE), follow_redirects=True)
    assert answer.status_code == 200 and answer.request.path.startswith(f"/{DHARREVILLE}")


ITEM, NUMBER = "https://www.wikidata.org/wiki/Q30334188", "question/QANR5L15QE43349"
FOUND: list[tuple[dict[str, Any], str]] = [  # a query, and the entity that it finds
    ({"query": "DHARRÉVILLE Pierre", "type": "depute"}, DHARREVILLE),
    ({"query": f"{BASE}{DHARREVILLE}"}, DHARREVILLE),
    ({"query": ITEM}, DHARREVILLE),
    ({"query": "http://www.wikidata.org/entity/Q30334188", "type": "depute"}, DHARREVILLE),
    ({"properties": [{"pid": "wikidata", "v": ITEM}]}, DHARREVILLE),
    *(({"query": "Pierre Dharreville", "properties": [{"pid": pid, "v": v}]}, DHARREVILLE)
      for pid, v in (("legislature", 15), ("circonscription", f"{BASE}circonscription/13-13"))),
    ({"query": "numérique", "type": ["rubrique"]}, "rubrique/numerique"),
    ({"query": "Health", "type": "rubrique"}, "rubrique/sante"),
    ({"query": "Transition numérique et communications électroniques", "type": "ministere"},
     "ministere/PO774113"),
    ({"query": "15-43349"}, NUMBER),
    ({"query": "Question écrite n° 43349 (15e législature)", "type": "question"}, NUMBER),
    ({"query": "Quel projet alternatif à l’emprise des GAFAM sur les clouds ?"}, NUMBER),
    ({"query": f"{BASE}{NUMBER}"}, NUMBER),
    ({"properties": [{"pid": "uid", "v": "QANR5L15QE43349"}]}, NUMBER),
    ({"query": "13-13", "type": "circonscription"}, "circonscription/13-13"),
    ({"query": "Logement", "type": "portefeuille"}, "portefeuille/logement"),
]  # fmt: skip


def test_a_batch(client: Client) -> None:
    """Entities of all types are found, by GET and POST, in a batch and alone."""
    queries = {str(n): query for n, (query, _) in enumerate(FOUND)}
    results = ask(client, **queries, none={"query": "introuvablissime"})
    asked = {"queries": json.dumps(queries)}
    answer = client.get(PATH, query_string=asked).json
    assert results.pop("none") == []
    assert {key: one["result"] for key, one in answer.items()} == results
    for (query, expected), [best, *others] in zip(FOUND, results.values(), strict=True):
        assert (best["id"], best["match"]) == (expected, True), query
        assert not any(other["match"] for other in others)
        assert ask(client, x=query)["x"] == [best, *others]


def test_a_query_answers_by_itself(client: Client) -> None:
    """One that is empty, or wrong, which is told, takes nothing from the rest of a batch."""
    queries: dict[str, Any] = {
        "empty": {"query": ""}, "blank": {"query": "  ", "type": "depute"}, "none": {},
        "hollow": {"query": "", "properties": [{"pid": "legislature", "v": ""}]},
        "wrong": {"query": "x", "type": "inconnu"}, "limit": {"query": "x", "limit": -1},
        "property": {"query": "x", "properties": [{"pid": "inconnue", "v": 1}]},
    }  # fmt: skip
    good = {"good": {"query": "DHARRÉVILLE Pierre", "type": "depute"}}
    answer = client.get(PATH, query_string={"queries": json.dumps(queries | good)})
    said = valid("resultats", answer.json)
    assert said.pop("good")["result"][0]["id"] == DHARREVILLE
    told = {key: said[key].pop("error") for key in ("wrong", "limit", "property")}
    assert "type inconnu" in told["wrong"] and "entier positif" in told["limit"]
    assert "propriété inconnu" in told["property"]
    assert said == {key: {"result": []} for key in queries}
    alone = client.get(PATH, query_string={"queries": json.dumps({"a": {"query": ""}})})
    assert (alone.status_code, alone.json) == (200, {"a": {"result": []}})


def test_a_number_alone_is_of_no_legislature(client: Client) -> None:
    """The number « QE 43349 » is certain only with its legislature."""
    known = [{"pid": "legislature", "v": "15e"}]
    results = ask(client, a={"query": "QE 43349"}, b={"query": "QE 43349", "properties": known})
    assert [results[key][0]["match"] for key in "ab"] == [False, True]
    wrong = ask(client, a={"query": "QE 43349", "properties": [{"pid": "legislature", "v": 16}]})
    assert not any(c["match"] for c in wrong["a"])


def test_types_and_limits(client: Client) -> None:
    said = ask(
        client,
        a={"query": "logement", "type": "rubrique"},
        b={"query": "logement", "type": "rubrique", "type_strict": "should", "limit": 50},
        c={"query": "logement", "type": ["rubrique", "portefeuille"], "limit": 50},
        d={"query": "logement", "type": ["rubrique", "portefeuille"], "type_strict": "all"},
        e={"query": "pierre", "limit": 2},
    )
    kinds = {key: {c["type"][0]["id"] for c in found} for key, found in said.items()}
    assert kinds["a"] == {"rubrique"} and kinds["c"] == {"rubrique", "portefeuille"}
    assert {"ministere", "rubrique"} <= kinds["b"] and not said["d"] and len(said["e"]) == 2
    assert said["a"][0]["match"] and not said["c"][0]["match"]  # two entities have this name


def test_suggestions(client: Client) -> None:
    def suggested(what: str, **args: Any) -> list[dict[str, Any]]:
        answer = client.get(f"{PATH}/suggest/{what}", query_string=args)
        return list(valid("suggestions", answer.json)["result"])

    for prefix in ("Pierre Dharr", "dharr", "dharr pier", "PA718926", DHARREVILLE):
        assert suggested("entity", prefix=prefix)[0]["id"] == DHARREVILLE, prefix
    assert suggested("entity", prefix="15-43349")[0]["id"] == NUMBER
    assert suggested("entity", prefix="emprise GAFAM", type="question")
    first = suggested("entity", prefix="p", type="depute")
    more = suggested("entity", prefix="p", type="depute", cursor=5)
    assert first[5:] == more[: len(first) - 5]
    assert {e["notable"][0]["id"] for e in first} == {"depute"}
    assert suggested("entity", prefix="") == []
    assert [kind["id"] for kind in suggested("type", prefix="dép")] == ["depute"]
    assert [p["id"] for p in suggested("property", prefix="naissance")] == ["naissance"]
    assert len(suggested("property", prefix="")) == len(entity_properties())


def test_extension(client: Client) -> None:
    """The values are those in the store, each in its form; an unknown value is an empty list."""
    ids = [DHARREVILLE, NUMBER, "ministere/PO791605", "depute/PA1", "../x", "question/x> y"]
    names = ["circonscription", "legislature", "parution", "auteur", "wikidata", "naissance",
             "date"]  # fmt: skip
    said = {"ids": ids, "properties": [{"id": name, "settings": {}} for name in names]}
    answer = client.post(PATH, data={"extend": json.dumps(said)})
    found = valid("extension", answer.json)
    assert [column["id"] for column in found["meta"]] == names and list(found["rows"]) == ids
    deputy, question, ministry, *unknown = found["rows"].values()
    [place] = deputy["circonscription"]
    assert place == {"id": "circonscription/13-13", "name": PLACE}
    assert ministry["date"] == [{"str": "2022-05-21/2023-07-20"}]
    assert deputy["legislature"] == [{"int": 15}, {"int": 16}]
    assert deputy["wikidata"] == [{"str": "Q30334188"}]
    assert deputy["naissance"] == []  # a clue: this release does not publish it
    assert question["parution"] == [{"date": "2021-12-28T00:00:00Z"}]
    assert question["auteur"] == [{"id": DHARREVILLE, "name": "Pierre Dharréville"}]
    assert all(row == {name: [] for name in names} for row in unknown)
    by_get = client.get(PATH, query_string={"extend": json.dumps(said)})
    assert by_get.json == found
    said["ids"] = [f"{BASE}{name}" for name in ids[:2]]
    by_iri = client.post(PATH, data={"extend": json.dumps(said)}).json["rows"]
    assert by_iri == {f"{BASE}{name}": found["rows"][name] for name in ids[:2]}


def test_proposals(client: Client) -> None:
    for kind in entity_types().values():
        answer = client.get(f"{PATH}/extend/propose?type={kind.id}")
        said = valid("propositions", answer.json)
        assert [p["id"] for p in said["properties"]] == list(kind.proprietes)
    said = valid("propositions", client.get(f"{PATH}/extend/propose?type=depute&limit=2").json)
    assert len(said["properties"]) == said["limit"] == 2


def test_the_preview_may_be_framed(client: Client) -> None:
    """Only the preview may be framed; it has no script, and links to the thing."""
    page = client.get(f"{PATH}/preview?id=depute%2FPA718926")
    policy = page.headers["Content-Security-Policy"]
    assert page.mimetype == "text/html" and "frame-ancestors *" in policy
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert f'href="{BASE}{DHARREVILLE}"' in page.text and "<script" not in page.text
    assert PLACE in page.text
    assert "28 décembre 2021" in client.get(f"{PATH}/preview?id={NUMBER}").text
    period = "du 21 mai 2022 au 20 juillet 2023"
    assert period in client.get(f"{PATH}/preview?id=ministere/PO791605").text
    for other in ("", "?queries=", "/suggest/type?prefix=a"):
        headers = client.get(PATH + other).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    known = {"If-None-Match": page.headers["ETag"]}
    again = client.get(f"{PATH}/preview?id=depute%2FPA718926", headers=known)
    assert (again.status_code, again.headers["Content-Security-Policy"]) == (304, policy)


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [("?queries={", 400, "JSON"), ("?queries=[]", 400, "objet JSON"), ("?queries=1", 400, "objet"),
     ("?queries=" + "[" * 2000, 400, "JSON"), ('?queries={"a":NaN}', 400, "JSON"),
     ('?extend={"ids":[],"properties":[{"id":"y"}]}', 400, "inconnu"),
     ('?extend={"ids":[1],"properties":[]}', 400, "textes"), ("?extend={}", 400, "liste"),
     ("?queries={}&extend={}", 400, "l’un des deux"),
     ("/suggest/entity?prefix=a&cursor=-1", 400, "entier"),
     ("/suggest/entity?prefix=a&type=y", 400, "type inconnu"),
     ("/suggest/rien", 404, "rien"), ("/extend/propose", 400, "type inconnu"),
     ("/extend/propose?type=depute&limit=0", 400, "entier"),
     ("/preview", 404, "rien"), ("/preview?id=depute/PA2098", 404, "rien")],
)  # fmt: skip
def test_refusals(client: Client, path: str, status: int, told: str) -> None:
    answer = client.get(PATH + path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert told in answer.json["detail"]


def test_bounds(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def status(**form: Any) -> int:
        return client.post(PATH, data={k: json.dumps(v) for k, v in form.items()}).status_code

    full = {str(n): {"query": "santé", "type": "rubrique"} for n in range(BATCH_SIZE)}
    assert (status(queries=full), status(queries=full | {"more": {"query": "x"}})) == (200, 413)
    ids = [f"depute/PA{n}" for n in range(batch.MOST_IDS)]
    assert status(extend={"ids": ids, "properties": []}) == 200
    assert status(extend={"ids": [*ids, "x"], "properties": []}) == 413
    assert status(queries={"a": {"query": "x " * 100_000}}) == 200
    assert status(autre=1) == 400
    assert client.post(PATH, json={"queries": {}}).status_code == 415
    assert client.get(PATH, query_string={"queries": "x" * 40_000}).status_code == 414
    monkeypatch.setattr(service, "SECONDS", -1.0)
    assert status(queries={"a": {"query": "santé"}}) == 504
    assert status(queries={"a": {"query": "santé", "type": "rubrique"}}) == 504
    assert status(queries={}) == 200


def test_who_waits_for_the_entities_is_told_in_time(client: Client) -> None:
    """A request waits for the entities for a limited time."""
    over = threading.Event()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "PATIENCE", 0.01)
        patch.setattr(service, "_INDEX", "another")
        service._reader.submit(over.wait)
        try:
            answer = client.get(f"{PATH}/suggest/entity?prefix=a")
        finally:
            over.set()
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    assert client.get(f"{PATH}/suggest/entity?prefix=a").status_code == 200


def test_the_entities_are_read_before_anybody_asks(tmp_path: Path, monkeypatch: Any) -> None:
    """Those of the next release before it is current; the former ones are dropped."""
    may_read, begun = threading.Event(), list[ServedRelease]()
    read = service._read_entity_index
    may_read.set()

    def slow(release: ServedRelease) -> EntityIndex:
        begun.append(release)
        assert may_read.wait(HANG)
        return read(release)

    def until(done: Callable[[], object]) -> None:
        wait_for(done, 5, lambda: str(begun))

    def served() -> Any:
        return json.loads(server.ask("/sante").body)["release"]

    monkeypatch.setattr(service, "_read_entity_index", slow)
    publish(tmp_path, "r1")
    with serving(tmp_path) as server:
        until(lambda: begun and begun[0].read)
        may_read.clear()
        publish(tmp_path, "r2")
        until(lambda: len(begun) == 2)
        assert server.ask(f"{PATH}/suggest/entity?prefix=a").status == 200
        assert served() == "r1"
        may_read.set()
        until(lambda: served() == "r2")
        until(lambda: not begun[0].read)
        assert begun[1].read and len(begun) == 2


@pytest.mark.slow
def test_an_empty_release_knows_nobody(tmp_path: Path) -> None:
    publish(tmp_path)
    with serving(tmp_path, workers=1) as server:
        found = ask(client_of(server), a={"query": "Pierre Dharréville"}, b={"query": "15-1"})
        assert found == {"a": [], "b": []}


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # it is older than pandas 3
def test_a_client_of_others(sample_server: Server) -> None:
    import pandas
    from reconciler import reconcile

    cells = {"nom": ["Pierre Dharréville", "Mme Élisa Martin"], "lieu": ["13-13", "38-3"]}
    frame = pandas.DataFrame(cells)
    found = reconcile(
        frame["nom"],
        type_id="depute",
        property_mapping={"circonscription": frame["lieu"]},
        reconciliation_endpoint=f"http://127.0.0.1:{sample_server.port}{PATH}",
    )
    assert list(found["id"]) == [DHARREVILLE, "depute/PA342384"]
    assert list(found["type_id"]) == ["depute", "depute"]
    assert list(found["match"]) == [True, True]
