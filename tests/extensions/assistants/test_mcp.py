"""The Model Context Protocol: clients, what tools answer, and what is refused."""

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from lod.extensions import extensions
from lod.extensions.assistants import definitions, messages, transports
from lod.extensions.assistants.questions import quotations
from lod.extensions.assistants.tools import MEASURES, lire_question
from lod.pipeline.settling.convert import Accepted
from lod.publish.query_catalogue import all_queries, bind, standalone_queries
from lod.publish.release import current, manifest
from lod.rdf.store import open_store, select
from lod.rdf.vocab import PREFIXES
from lod.server.common.problems import Problem
from lod.server.engine.current_release import ServedRelease
from lod.server.engine.settings import ServerSettings
from lod.server.front.access_log import AccessLog
from lod.server.limits import WorkerLimits
from lod.website.pages.kept_resources import kept_documents
from tests.extensions.assistants.client import (
    JSON,
    META,
    REVISION,
    Assistant,
    message,
    of_command,
    of_server,
    post,
)
from tests.support.paths import BASE
from tests.support.programs import MODULES, need, output
from tests.support.server_data import CROSS, Server, publish, serving

QUESTION = "QANR5L15QE43349"
CALLS: dict[str, dict[str, Any]] = {  # tool → arguments that it answers
    "chercher_questions": {"q": "plan", "taille": 2},
    "lire_question": {"question": QUESTION},
    "exemples": {"nom": "totaux"},
    "schema": {},
    "statistiques": {"par": "ministeres"},
    "sparql": {"requete": f"SELECT ?q ?n {{ ?q qp:numero ?n ; qp:uid '{QUESTION}' }}"},
    "deja_posee": {"texte": "des trains pour les étudiants"},
    "verifier": {"phrase": "attire l’attention"},
    "resoudre": {"nom": "Pierre Dharréville", "type": "depute"},
}
HERE = Path(__file__).parent
OLD = "2025-11-25"  # a revision with a handshake
MODES = ("auto", "legacy", REVISION)
ENVELOPE = ("donneesAu", "version", "licence", "page", "citer")


@pytest.fixture(scope="module")
def server(vies_server: Server) -> Server:
    return vies_server


@pytest.fixture(scope="module")
def assistant(server: Server) -> Assistant:
    return of_server(server)


@pytest.mark.parametrize("mode", MODES)
def test_the_reference_client_calls_every_tool(vies: Path, server: Server, mode: str) -> None:
    """In each era of the protocol; every answer fits its schema and says by what it is cited."""
    client, release = of_server(server, mode), current(vies)
    tools = client.tools()
    assert [*tools] == [*CALLS]
    for name, arguments in CALLS.items():
        said = client.call(name, **arguments)
        Draft202012Validator(tools[name].output_schema).validate(said)
        assert all(said[field] for field in ENVELOPE), name
        assert said["donneesAu"] == manifest(release)["donnees_au"]
        assert said["page"].startswith(BASE) and said["page"] in said["citer"]


def test_standard_input_answers_the_same(vies: Path, assistant: Assistant) -> None:
    assert of_command(vies).call_all(CALLS) == assistant.call_all(CALLS)


@pytest.mark.tool
def test_the_inspector_calls_every_tool(server: Server) -> None:
    inspector = need(MODULES / ".bin" / "mcp-inspector")
    base = (inspector, "--cli", f"http://127.0.0.1:{server.port}/mcp", "--transport", "http")
    listed = json.loads(output(*base, "--method", "tools/list", "--strict"))
    assert [tool["name"] for tool in listed["tools"]] == [*CALLS]
    for name, arguments in CALLS.items():
        pairs = [f"{key}={value}" for key, value in arguments.items()]
        given = ["--tool-arg", *pairs] if pairs else []
        said = json.loads(output(*base, "--method", "tools/call", "--tool-name", name, *given))
        assert said["isError"] is False and said["structuredContent"]["donneesAu"], name


@pytest.mark.tool
def test_the_official_client_in_javascript_is_answered(server: Server) -> None:
    """It pings, lists, and calls each tool; it refuses a ping with an unknown field."""
    need(MODULES / "@modelcontextprotocol" / "sdk")
    address, calls = f"http://127.0.0.1:{server.port}/mcp", json.dumps(CALLS)
    said = json.loads(output(need("node"), HERE / "client.mjs", MODULES, address, calls))
    assert said["ping"] == {} and said["server"]["name"] == "questions-parlementaires"
    assert [tool["name"] for tool in said["tools"]] == [*CALLS] == [*said["answers"]]
    for name, got in said["answers"].items():
        assert not got["isError"] and got["structuredContent"]["donneesAu"], name


def test_fields_of_a_revision_are_sent_to_its_clients_alone(server: Server) -> None:
    """A client that begins with a handshake gets no `resultType`, and nothing about keeping."""
    for method in ("ping", "tools/list"):
        got = json.loads(post(server, {**LEGACY, "method": method}, MCP_Protocol_Version=OLD).body)
        assert [*got["result"]] == ([] if method == "ping" else ["tools"])
    modern = json.loads(post(server, message("tools/list")).body)["result"]
    assert [*modern] == ["resultType", "tools", "ttlMs", "cacheScope", "_meta"]


def test_the_pages_of_answers_exist(server: Server, assistant: Assistant) -> None:
    for name, arguments in CALLS.items():
        path = assistant.call(name, **arguments)["page"].removeprefix(BASE.rstrip("/"))
        got = server.ask(path.partition("#")[0], Accept="text/html")
        assert (got.status, got.type) == (200, "text/html"), (name, path)
        fragment = path.partition("#")[2]
        assert not fragment or f'id="{fragment}"'.encode() in got.body, path


def test_the_schemas_are_valid() -> None:
    """Each is JSON Schema 2020-12, explains each parameter, and refuses others."""
    functions = [tool.__name__ for extension in extensions() for tool in extension.tools()]
    assert [*definitions.tools()] == [*CALLS] and sorted(functions) == sorted(CALLS)
    assert len(CALLS) == 9
    for tool in definitions.tools().values():
        listed = tool.listed()
        assert listed["title"] and listed["description"]
        assert listed["annotations"]["readOnlyHint"]
        for schema in (listed["inputSchema"], listed["outputSchema"]):
            Draft202012Validator.check_schema(schema)
        given = listed["inputSchema"]
        assert given["additionalProperties"] is False
        for property_ in given["properties"].values():
            assert property_["description"]
            [example] = property_["examples"]
            Draft202012Validator(property_).validate(example)
        assert set(given.get("required", ())) <= set(given["properties"])


def test_the_text_repeats_the_fields(assistant: Assistant) -> None:
    """A client that shows texts alone loses nothing: a sentence to cite, then the fields."""
    got = assistant.ask(lambda client: client.call_tool("sparql", {"requete": "ASK {}"}))
    sentence, fields = (block.text for block in got.content)
    assert json.loads(fields) == got.structured_content == {**got.structured_content, "vrai": True}
    assert sentence.startswith("Vrai. Assemblée nationale, ")


CALL = message("tools/call", name="sparql", arguments={"requete": "ASK {}"})
LEGACY = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
WITHOUT_META = {**CALL, "params": {"name": "sparql"}}
OLD_META = message("tools/list", _meta={**META, "io.modelcontextprotocol/protocolVersion": "1900"})
DEEP = (
    b'{"jsonrpc": "2.0", "id": 1, "method": "x", "params": {"a": ' + b"[" * 500 + b"]" * 500 + b"}}"
)
VERSION = "MCP_Protocol_Version"
REFUSED: dict[str, tuple[Any, dict[str, str], int, int]] = {
    # what is wrong → message, headers that are changed, status, code
    "no JSON": (b"{", {}, 400, -32700),
    "not UTF-8": (b'{"a": "\xff"}', {}, 400, -32700),
    "no number": (b'{"jsonrpc": "2.0", "id": NaN}', {}, 400, -32700),
    "batch": ([CALL, CALL], {}, 400, -32600),
    "text": (b'"ping"', {}, 400, -32600),
    "another JSON-RPC": ({"id": 1, "method": "ping"}, {}, 400, -32600),
    "response": ({"jsonrpc": "2.0", "id": 1, "result": {}}, {}, 400, -32600),
    "id of an object": ({**CALL, "id": {}}, {}, 400, -32600),
    "id null": ({**CALL, "id": None}, {}, 400, -32600),
    "params in a list": ({**LEGACY, "params": []}, {VERSION: "2025-11-25"}, 400, -32602),
    "deep": (DEEP, {}, 400, -32600),
    "very deep": (b"[" * 60_000, {}, 400, -32700),
    "too long": (json.dumps({**LEGACY, "params": {"a": "x" * 100_000}}).encode(), {}, 400, -32600),
    "no revision in the message": (WITHOUT_META, {}, 400, -32602),
    "unknown revision": (OLD_META, {VERSION: "1900"}, 400, -32022),
    "unknown revision in the header": (LEGACY, {VERSION: "2024-11-05"}, 400, -32022),
    "another revision in the header": (CALL, {VERSION: "2025-11-25"}, 400, -32020),
    "another method in the header": (CALL, {"Mcp_Method": "tools/list"}, 400, -32020),
    "another name in the header": (CALL, {"Mcp_Name": "schema"}, 400, -32020),
    "broken Base64 in the header": (CALL, {"Mcp_Name": "=?base64?w?="}, 400, -32020),
    "unknown method": (message("prompts/list"), {}, 404, -32601),
    "handshake of another era": (message("ping"), {}, 404, -32601),
    "unknown method of a legacy client": ({**LEGACY, "method": "x"}, {VERSION: "2025-06-18"},
                                          200, -32601),
    "unknown tool": (message("tools/call", name="x"), {}, 400, -32602),
    "arguments in a list": (message("tools/call", name="sparql", arguments=[1]), {}, 400, -32602),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "changed", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_request_is_refused(server: Server, sent, changed, status, code) -> None:
    """With the status and the code of the specification, and a sentence that says what to do."""
    got = post(server, sent, **changed)
    said = json.loads(got.body)
    assert (got.status, got.type, said["error"]["code"]) == (status, "application/json", code)
    assert " ; " in said["error"]["message"]
    if code == -32022:
        assert said["error"]["data"]["supported"] == [REVISION, "2025-11-25", "2025-06-18"]


def test_a_good_request_is_answered(server: Server) -> None:
    """A name may come in Base64; a notice has no answer; messages come by POST alone."""
    for changed in ({}, {"Mcp_Name": "=?base64?c3BhcnFs?="}, {"Mcp_Name": " \tsparql \t "}):
        got = post(server, CALL, **changed)
        said = json.loads(got.body)
        assert (got.status, said["id"], said["result"]["resultType"]) == (200, 1, "complete")
        assert said["result"]["structuredContent"]["vrai"] is True
        assert "mcp-session-id" not in got.headers and got.headers["cache-control"] == "no-store"
    sent = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    got = server.ask("/mcp", "POST", json.dumps(sent).encode(), **JSON)
    assert (got.status, got.body) == (202, b"")
    for method in ("GET", "HEAD", "DELETE", "PUT"):  # no streams, no sessions
        got = server.ask("/mcp", method, Accept="text/event-stream")
        assert got.status == 405 and "POST" in got.headers["allow"]


@pytest.mark.parametrize("asked", ["2025-11-25", "2025-06-18", "2024-11-05", REVISION, "x", 1])
def test_a_handshake_agrees_on_a_revision(server: Server, asked: Any) -> None:
    """The one that the client asks for, if it is known and has a handshake; else the newest."""
    sent = {**LEGACY, "method": "initialize", "params": {"protocolVersion": asked}}
    said = json.loads(server.ask("/mcp", "POST", json.dumps(sent).encode(), **JSON).body)["result"]
    known = ("2025-11-25", "2025-06-18")
    assert said["protocolVersion"] == (asked if asked in known else known[0])
    assert "citation" in said["instructions"] and said["capabilities"] == {"tools": {}}


ORIGIN = BASE.rstrip("/")


@pytest.mark.parametrize(
    ("origin", "status"),
    [(ORIGIN, 200), ("http://evil.example", 403), ("null", 403), (f"{ORIGIN}.evil.example", 403),
     (f"{ORIGIN}/", 403), ("", 403), ("http://localhost", 403),
     ("http://localhost:80", 403), (ORIGIN.upper(), 403), (f"{ORIGIN}, {ORIGIN}", 403)],
)  # fmt: skip
def test_pages_of_others_are_refused(server: Server, origin: str, status: int) -> None:
    """Whatever Host such a page was made to send; a program has no Origin."""
    for host in ("localhost:8000", "evil.example"):
        got = post(server, CALL, Origin=origin, Host=host)
        assert got.status == status
        assert status == 200 or json.loads(got.body)["type"] == f"{BASE}problemes/origine"


@pytest.mark.parametrize("host", ["localhost:9", "127.0.0.1:9", "[::1]:9"])
def test_a_page_of_the_address_that_was_asked_is_answered(server: Server, host: str) -> None:
    """If that is of this machine: a publisher tries a release here before its base leads here."""
    assert post(server, CALL, Origin=f"http://{host}", Host=host).status == 200
    assert post(server, CALL, Origin=f"https://{host}", Host=host).status == 403
    assert post(server, CALL, Origin=f"http://{host}", Host="evil.example").status == 403


@pytest.mark.parametrize(
    ("changed", "status"),
    [({"Content_Type": "text/plain"}, 415), ({"Content_Type": "text/html"}, 415),
     ({"Accept": "text/event-stream"}, 406), ({"Accept": "*/*"}, 200),
     ({"Content_Type": "application/json; charset=utf-8"}, 200)],
)  # fmt: skip
def test_messages_are_json(server: Server, changed: dict[str, str], status: int) -> None:
    assert post(server, CALL, **changed).status == status


def test_lines_of_standard_input_are_bounded(vies: Path) -> None:
    """One that is too long is refused, without being kept whole; the next one is answered."""
    longest, answers = definitions.limits().requete, io.BytesIO()
    good = json.dumps({**LEGACY, "method": "ping"}).encode()
    lines = [b"x" * (longest + size) + b"\n" for size in (0, 1, 2, 3, longest, 10 * longest)]
    text = b"".join([*lines, b"\n", b"{\r\n", good + b"\r\n", good])
    settings = ServerSettings(workers=1)
    assert transports.serve(vies, settings, io.BytesIO(text), answers) == len(lines) + 3
    said = [json.loads(line) for line in answers.getvalue().splitlines()]
    codes = [one.get("error", {}).get("code") for one in said]
    assert codes == [-32700, *[-32600] * 5, -32700, None, None]


def test_a_failure_ends_nothing(vies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over standard input, what a message breaks is an error of that message; others go on."""
    call = {"method": "tools/call", "params": {"name": "schema"}}
    fails = json.dumps({**LEGACY, **call}).encode()
    notice = b'{"jsonrpc": "2.0", "method": "ping"}'
    ping, answers = json.dumps({**LEGACY, "method": "ping"}).encode(), io.BytesIO()
    monkeypatch.setattr(messages, "_enveloped", lambda *_: 1 / 0)
    lines = io.BytesIO(b"\n".join([ping, fails, notice, ping]))
    assert transports.serve(vies, ServerSettings(workers=1), lines, answers) == 4
    said = [json.loads(line) for line in answers.getvalue().splitlines()]
    assert [one.get("error", {}).get("code") for one in said] == [None, -32603, None]
    assert [one["id"] for one in said] == [LEGACY["id"]] * 3


def test_a_search_finds_what_the_api_finds(server: Server, assistant: Assistant) -> None:
    filters = {"q": "synthétique", "depuis": "2018-01-01", "tri": "date"}
    found, page = [], 1
    while page:
        asked = {**filters, "page": page, "taille": 2, "detail": "complet"}
        said = assistant.call("chercher_questions", **asked)
        found += said["questions"]
        page = said["suite"]
    expected = json.loads(server.ask(f"/api/questions.json?{urlencode(filters)}&taille=100").body)
    assert 2 < said["total"] == expected["total"] == len(found) <= 100
    for mine, theirs in zip(found, expected["resultats"], strict=True):
        assert mine["iri"] == theirs["iri"] and mine["page"] == f"{mine['iri']}.html"
        own = ("iri", "page", "journalOfficiel", "citation")
        assert theirs | mine == theirs | {name: mine[name] for name in own if name in mine}


def test_a_search_is_short_unless_more_is_asked(server: Server, assistant: Assistant) -> None:
    """Six rows with what a question is chosen by, as the API has it; no facets; 6 kB in all."""
    filters = {"type": "QE"}
    sent = message("tools/call", name="chercher_questions", arguments=filters)
    got = post(server, sent)
    said = json.loads(got.body)["result"]["structuredContent"]
    assert len(got.body) <= 6_000 and "facettes" not in said
    assert len(said["questions"]) == 6 < said["total"]
    full = assistant.call("chercher_questions", **filters, taille=6, detail="complet")
    columns = ("uid", "titre", "auteur_nom", "date_parution", "statut", "page")
    for row, facts in zip(said["questions"], full["questions"], strict=True):
        assert row == {name: facts[name] for name in columns if name in facts}
        assert "uid" in row and "page" in row and facts["journalOfficiel"]


def test_a_number_is_enough_to_read_a_question(vies: Path, assistant: Assistant) -> None:
    """If one question has it, or the legislature says which; else those that have it are named."""
    assert assistant.call("lire_question", question="43349")["question"]["uid"] == QUESTION
    store, told = open_store(current(vies) / "store"), {}
    query = "SELECT ?uid ?n ?l { ?q qp:uid ?uid ; qp:numero ?n ; qp:legislature/qp:numero ?l }"
    for row in select(store, f"PREFIX qp: <{PREFIXES['qp']}> {query}"):
        told.setdefault(row["n"], {})[row["uid"]] = row["l"]
    number, uids = next((n, uids) for n, uids in told.items() if len({*uids.values()}) > 1)
    said = assistant.call("lire_question", question=f"n° {number}")
    assert {one["uid"] for one in said["candidats"]} == {*uids} and "question" not in said
    for uid, legislature in uids.items():
        named = {"question": number, "legislature": int(legislature)}
        for asked in (named, {"question": f"{legislature}-{number}"}):
            assert assistant.call("lire_question", **asked)["question"]["uid"] == uid
    wrong = assistant.error("lire_question", question="43349", legislature=9)
    assert "n’est pas publiée" in wrong


def test_the_number_of_withheld_questions_gives_their_reasons(tmp_path: Path) -> None:
    """Once each, where no question with this number is published."""
    reasons = {"QANR5L15QE9": "un nom", "QANR5L16QE9": "un nom", "QANR5L16QG9": "une adresse"}
    release = SimpleNamespace(base=BASE, folder=tmp_path, withheld=reasons)
    with pytest.raises(Problem) as refusal:
        lire_question(cast(ServedRelease, release), {"question": "9", "partie": "1"})
    assert str(refusal.value) == "un nom ; une adresse"


def test_texts_are_quotations_in_parts(vies: Path, server: Server) -> None:
    """Each text of each question comes whole, part by part, with who says it and where."""
    client, store = of_server(server), open_store(current(vies) / "store")
    told: dict[str, list[str]] = {}
    query = "SELECT ?uid ?t { ?q qp:uid ?uid ; (qp:texte|qp:reponse/qp:texte) ?t }"
    for row in select(store, f"PREFIX qp: <{PREFIXES['qp']}> {query}"):
        told.setdefault(row["uid"], []).append(row["t"])
    longest = max(told, key=lambda uid: max(map(len, told[uid])))
    for uid in {longest, *sorted(told)[:3]}:
        said = client.call("lire_question", question=uid)
        quoted = [one for one in said["textes"] if one["nature"] != "erratum"]
        assert sorted(one["citation"]["texte"] for one in quoted) == sorted(set(told[uid]))
        for one in said["textes"]:
            assert one["citation"]["auteur"] and one["citation"]["source"]
            assert one["longueur"] == len(one["citation"]["texte"]) and one["suite"] is None


def test_a_long_text_is_cut_and_goes_on(publie: Accepted) -> None:
    """The parts of a text, one after another, are the text; a short text has one part."""
    text = "".join(f"Mot n° {n}. " for n in range(3_000))
    question = replace(publie.question, texte=text)
    parts: dict[str, str] = {}
    part, sizes = 1, []
    while found := [*quotations(BASE, question, part)]:
        for one in found:
            nature = one["nature"]
            parts[nature] = parts.get(nature, "") + one["citation"]["texte"]
            assert one["suite"] == (part + 1 if len(parts[nature]) < one["longueur"] else None)
        sizes.append(len(found))
        part += 1
    longest = definitions.limits().citation
    assert parts["question"] == text and len(sizes) == -(-len(text) // longest) > 3
    assert parts["reponse"] == question.reponses[0].texte and sizes[0] > sizes[-1] == 1


def test_a_question_has_many_names(assistant: Assistant) -> None:
    """Identifier, IRI and page mean the same; the reference is of the Journal officiel."""
    iri, place = f"{BASE}question/{QUESTION}", "Journal officiel du 28 décembre 2021, p. 9097"
    for asked in (QUESTION, QUESTION.lower(), iri, f"{iri}.html", f"question/{QUESTION}.ttl"):
        said = assistant.call("lire_question", question=asked)["question"]
        assert (said["uid"], said["iri"]) == (QUESTION, iri), asked
        assert said["journalOfficiel"] == {"question": place, "reponses": []}


@pytest.mark.parametrize("kind", ["depute", "ministere", "rubrique", "groupe"])
def test_a_name_leads_to_its_questions(assistant: Assistant, kind: str) -> None:
    facet = "auteur" if kind == "depute" else kind
    choices = assistant.call("chercher_questions", taille=1, facettes="oui")["facettes"][facet]
    choice = next(one for one in choices if f"/{kind}/" in one["iri"])
    found = assistant.call("resoudre", nom=choice["nom"], type=kind, taille=20)["candidats"]
    [one] = [one for one in found if one["iri"] == choice["iri"]]
    assert (one["filtre"], one["valeur"], one["type"]) == (facet, choice["cle"], kind)
    said = assistant.call("statistiques", entite=one["iri"])
    assert said["page"] == one["page"] and said["table"]["total"] >= 1
    assert sum(row["posees"] for row in said["table"]["lignes"]) == choice["nombre"]


def test_a_day_says_which_ministry_is_meant(sample_server: Server) -> None:
    """Of those that were in charge of health one after another; without a day none is certain."""
    url, asked = of_server(sample_server), {"nom": "Ministère de la santé", "type": "ministere"}
    assert not any(one["sur"] for one in url.call("resoudre", **asked)["candidats"])
    [first, *others] = url.call("resoudre", **asked, date="2022-06-15")["candidats"]
    assert first["sur"] and first["iri"].endswith("/ministere/PO791605")
    assert others and not any(one["sur"] for one in others)


def unquoted(row: dict[str, Any]) -> dict[str, Any]:
    return {n: v["citation"]["texte"] if isinstance(v, dict) else v for n, v in row.items()}


def test_texts_in_tables_are_quotations(assistant: Assistant) -> None:
    """In a field that says so, whatever tool has them, on all pages of a table."""
    query = "SELECT ?t { ?q (qp:texte|qp:reponse/qp:texte) ?t FILTER(STRLEN(?t) > 200) }"
    found, page = [], 1
    while page:
        table = assistant.call("sparql", requete=query, page=page, taille=3)["table"]
        found += table["lignes"]
        page = table["suite"]
    assert len(found) == table["total"] > 6
    assert all([*row["t"]] == ["citation"] for row in found)
    assert any("synth" in unquoted(row)["t"] for row in found)


def test_examples_are_those_of_the_site(server: Server, assistant: Assistant) -> None:
    """Each query is listed with its pitfall; run, it gives the rows of the API."""
    listed = assistant.call("exemples")["requetes"]
    assert [one["nom"] for one in listed] == [*all_queries()]
    for name, query in standalone_queries().items():
        if query.why_costly:
            assert query.why_costly in assistant.error("exemples", nom=name)
            continue
        said = assistant.call("exemples", nom=name, taille=200)
        rows = json.loads(server.ask(f"/api/{name}.json").body)["resultats"]
        present = [{n: v for n, v in row.items() if v is not None} for row in rows[:200]]
        assert [*map(unquoted, said["table"]["lignes"])] == present, name
        assert said["table"]["total"] == len(rows)
        assert said["pieges"] == ([query.caveat] if query.caveat else [])


def test_examples_of_a_resource(vies: Path, assistant: Assistant) -> None:
    store, asked = open_store(current(vies) / "store"), 0
    documents = [*kept_documents(current(vies))]
    for name, query in all_queries().items():
        for kind in query.page_kinds[:1]:
            of_kind = [iri for iri in documents if iri.startswith(f"{BASE}{kind}/")]
            for iri in of_kind[:2]:
                text = bind(query.text, "entite", f"<{iri}>")
                said = assistant.call("exemples", nom=name, entite=iri.removeprefix(BASE))
                assert said["table"]["total"] == len([*select(store, text)])
                assert said["sparql"] == text
                asked += 1
    assert asked >= 10


def test_rows_about_questions_have_references(assistant: Assistant) -> None:
    """What a table says of a question can be cited: IRI, page, Journal officiel."""
    table = assistant.call("sparql", **CALLS["sparql"])["table"]
    [one] = table["references"]
    assert one["iri"] == table["lignes"][0]["q"] and "9097" in one["journalOfficiel"]["question"]
    graph = assistant.call("sparql", requete=f"DESCRIBE <{one['iri']}>")["turtle"]
    assert "qp:Question" in graph
    assert assistant.call("sparql", requete="ASK { ?s a qp:Rien }")["vrai"] is False


def test_the_schema_counts_what_is_there(vies: Path, assistant: Assistant) -> None:
    """Classes have the numbers that a query counts; pitfalls are those of the site."""
    store, said = open_store(current(vies) / "store"), assistant.call("schema")
    counted = {one["iri"]: one["nombre"] for one in said["classes"]}
    for name in ("Question", "Reponse", "Ministere"):
        iri = PREFIXES["qp"] + name
        [row] = select(store, f"SELECT (COUNT(*) AS ?n) {{ ?s a <{iri}> }}")
        assert counted[iri] == int(row["n"]), name
    texts = [query.caveat for query in all_queries().values() if query.caveat]
    assert [one["piege"] for one in said["pieges"]] == texts and len(texts) > 20
    assert said["codes"]["types"]["QE"] == "Question écrite"
    assert "skos:Concept" in {one["nom"] for one in said["classes"]}
    assert assistant.call("schema", classe="skos:Concept")["proprietes"]
    found = assistant.call("schema", classe="qp:Question")["proprietes"]
    assert found == assistant.call("schema", classe="Question")["proprietes"]
    assert {"qp:statutAu", "qp:texte"} <= {one["nom"] for one in found}


def test_statistics_say_what_they_count(server: Server, assistant: Assistant) -> None:
    for by in ("legislatures", "groupes", "ministeres", "portefeuilles"):
        said = assistant.call("statistiques", par=by, taille=200)
        rows = json.loads(server.ask(f"/api/statistiques-{by}.json").body)["resultats"]
        assert said["table"]["total"] == len(rows) > 0
        assert set(said["mesures"]) == set(MEASURES) & set(said["table"]["colonnes"])
        some = assistant.call("statistiques", par=by, taille=200, legislature=15)["table"]
        assert some["total"] == sum(row["legislature"] == 15 for row in rows)


def test_literals_that_are_no_values_stay_texts(assistant: Assistant) -> None:
    """A number is one only if it is of its type, and if JSON has it."""
    texts = {
        "integer": ["12", "+5", "2025-06", "٣", "1_0", "1.0", "9" * 20, "9" * 5000],
        "decimal": ["1.50", ".5", "n/a", "1e5", "9" * 400],
        "double": ["1e3", "-2.5E-1", "x", "INF", "NaN", "1e999"],
        "boolean": ["true", "0", "x"],
    }
    literals = [f'"{text}"^^xsd:{name}' for name, several in texts.items() for text in several]
    query = f"SELECT ?x {{ VALUES ?x {{ {' '.join(literals)} }} }}"
    rows = assistant.call("sparql", requete=query, taille=50)["table"]["lignes"]
    assert [str(row["x"])[:20] for row in rows] == [
        "12", "5", "2025-06", "٣", "1_0", "1.0", *["9" * 20] * 2, "1.5", "0.5", "n/a", "1e5",
        "9" * 20, "1000.0", "-0.25", "x", "INF", "NaN", "INF", "True", "False", "x",
    ]  # fmt: skip
    assert {type(row["x"]) for row in rows[:2]} == {int}


WRONG: dict[str, tuple[str, dict[str, Any], str]] = {  # what → tool, arguments, what the error says
    "unknown argument": ("chercher_questions", {"ministre": "x"}, "vouliez-vous dire ministere ?"),
    "unknown value": ("chercher_questions", {"ministere": "PO0"}, "demandez sa valeur à resoudre"),
    "no such code": ("chercher_questions", {"statut": "x"}, "valeurs possibles : en-attente"),
    "no day": ("chercher_questions", {"depuis": "hier"}, "un jour comme"),
    "too many": ("chercher_questions", {"taille": 26}, "un entier de 1 à 25"),
    "a list": ("chercher_questions", {"q": ["a"]}, "il faut un texte ou un entier"),
    "an object": ("sparql", {"requete": {"a": {}}}, "il faut un texte ou un entier"),
    "a boolean": ("chercher_questions", {"legislature": True}, "il faut un texte ou un entier"),
    "nothing": ("lire_question", {}, "il manque question"),
    "no such number": ("lire_question", {"question": "999999"}, "chercher_questions trouve"),
    "no question": ("lire_question", {"question": "QANR5L15QE999999"}, "chercher_questions trouve"),
    "no type": ("resoudre", {"nom": "x", "type": "senateur"}, "valeurs possibles : depute"),
    "no example": ("exemples", {"nom": "x"}, "sans nom, exemples les énumère"),
    "no resource": ("exemples", {"nom": "fiche-chiffres"}, "donnez entite"),
    "another resource": ("exemples", {"nom": "fiche-chiffres", "entite": f"question/{QUESTION}"},
                         "que resoudre trouve"),
    "another site": ("statistiques", {"entite": "http://evil.example/depute/PA1"},
                     "que resoudre trouve"),
    "no class": ("schema", {"classe": "Senateur"}, "connues : "),
    "no SPARQL": ("sparql", {"requete": "SELECT"}, "Corriger la requête à la ligne"),
    "an update": ("sparql", {"requete": "INSERT DATA { <a:a> a 1 }"}, "Poser une requête SELECT"),
    "SERVICE": ("sparql", {"requete": "ASK { SERVICE <http://x/> {} }"}, "Retirer SERVICE"),
    "nested": ("sparql", {"requete": "{" * 100}, "Ouvrir moins de parenthèses"),
    "long": ("sparql", {"requete": "#" * 30_000}, "au plus 20000 caractères"),
}  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments", "words"), WRONG.values(), ids=WRONG)
def test_a_model_can_mend_what_is_wrong(assistant: Assistant, tool, arguments, words) -> None:
    said = assistant.error(tool, **arguments)
    assert words in said and (" ; " in said or ". " in said)


@pytest.mark.slow
def test_a_query_without_end_is_stopped(tmp_path: Path) -> None:
    """What is missing in a release is told; the log names the tool, never what was asked."""
    publish(tmp_path)
    log, limits = io.StringIO(), WorkerLimits(seconds=1)
    with serving(tmp_path, access_log=AccessLog(log), workers=1, limits=limits) as server:
        assert post(server, CALL).status == 200
        client = of_server(server)
        assert "Délai dépassé" in client.error("sparql", requete=CROSS)
        assert "n’a pas d’index" in client.error("chercher_questions")
        assert "n’est pas publiée" in client.error("lire_question", question="QANR5L15QE1")
        assert client.call("sparql", requete="ASK {}")["vrai"] is True
    text, *_ = log.getvalue().splitlines()  # the server has ended: all is written
    line = json.loads(text)
    assert (line["chemin"], line["outil"], len(line["requete"])) == ("/mcp", "sparql", 16)
    assert "ASK" not in log.getvalue()


def test_an_answer_is_bounded(assistant: Assistant) -> None:
    """One that would be too long is an error that says so; a long value is cut."""
    long = 'SELECT ?a ?b { VALUES ?a { "' + "é" * 900 + '" } ?s qp:numero ?b } LIMIT 190'
    said = assistant.error("sparql", requete=long, taille=200)
    assert "demandez une taille plus petite" in said
    [row] = assistant.call("sparql", requete=long, taille=1)["table"]["lignes"]
    assert len(row["a"]) == 900
    longer = f'SELECT ?a {{ BIND("{"a" * 5_000}" AS ?a) }}'
    [row] = assistant.call("sparql", requete=longer)["table"]["lignes"]
    assert row["a"] == "a" * definitions.limits().valeur + "…"
