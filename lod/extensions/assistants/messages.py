"""JSON-RPC messages of the Model Context Protocol, and their answers, whatever the transport.

Revision 2026-07-28 has neither handshake nor session: each request states its revision in `_meta`.
Clients of the two revisions before begin with `initialize`; their later requests have no state
either. An HTTP header that repeats a value of the message must agree with it.
"""

import binascii
from base64 import b64decode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson

from lod import __version__
from lod.base.errors import LodError
from lod.extensions.assistants.definitions import ToolError, instructions, limits, tools
from lod.model.dates import iso_in_french
from lod.publish.search.search_index import TooLongError
from lod.server.common.problems import Problem
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.caching import MAX_AGE
from lod.server.routes.context import Json, ToolAnswer, notes, state
from lod.server.routes.site_files import publication_of
from lod.website.pages.problem_pages import PROBLEMS

MODERN = ("2026-07-28",)  # revisions without a handshake
LEGACY = ("2025-11-25", "2025-06-18")  # those with one, the newest first
META = "io.modelcontextprotocol/"  # before the names of the protocol in `_meta`
PARSE, INVALID, NO_METHOD, PARAMS, INTERNAL = -32700, -32600, -32601, -32602, -32603
HEADERS, VERSION = -32020, -32022
NAMED = {"tools/call": "name"}  # method → its parameter that the header Mcp-Name repeats
KEPT = {"ttlMs": MAX_AGE * 1000, "cacheScope": "public"}  # how long a client may keep a list
Headers = Mapping[str, str | None]


class MessageError(LodError):
    """The message is no valid request; `code` is an error code of JSON-RPC or of the protocol."""

    def __init__(self, code: int, message: str, data: Json | None = None) -> None:
        super().__init__(message)
        self.code, self.data = code, data


@dataclass(frozen=True, slots=True)
class MessageAnswer:
    status: int  # of HTTP
    body: bytes | None  # None for a notification, which has no answer


def answer(release: ServedRelease, data: bytes, headers: Headers | None = None) -> MessageAnswer:
    """Return the answer to one message; `headers` are those of HTTP, None without HTTP."""
    identity: str | int | None = None
    is_modern = False
    try:
        message = read(data)
        if "id" not in message:
            return MessageAnswer(202, None)
        identity = _identity(message)
        is_modern = _is_modern(message, headers)
        if is_modern:
            _check(message, headers)
        outcome: Json = {"result": _result(release, message, is_modern)}
        status = 200
    except MessageError as error:
        data_member = {"data": error.data} if error.data else {}
        outcome = {"error": {"code": error.code, "message": str(error), **data_member}}
        status = 404 if error.code == NO_METHOD else 400
        if identity is not None and not is_modern:  # earlier revisions send such errors with 200
            status = 200
    return MessageAnswer(status, orjson.dumps({"jsonrpc": "2.0", "id": identity, **outcome}))


def failure(data: bytes) -> MessageAnswer:
    """Return the answer to a message that the server failed to answer."""
    identity = None
    with suppress(MessageError):
        message = read(data)
        if "id" not in message:
            return MessageAnswer(202, None)
        identity = _identity(message)
    error = {"code": INTERNAL, "message": "erreur du serveur ; son journal dit pourquoi"}
    return MessageAnswer(500, orjson.dumps({"jsonrpc": "2.0", "id": identity, "error": error}))


def read(data: bytes) -> Json:
    """Return a message; raise MessageError for what is too long, too deep, or no message."""
    if len(data) > limits().requete:
        remedy = "raccourcissez les arguments"
        raise MessageError(INVALID, f"plus de {limits().requete} octets ; {remedy}")
    try:
        message = orjson.loads(data)
    except ValueError as error:
        raise MessageError(PARSE, "ce n’est pas du JSON ; envoyez un message JSON-RPC") from error
    if isinstance(message, list):
        remedy = "envoyez un message à la fois"
        raise MessageError(INVALID, f"les lots n’existent plus depuis 2025-06-18 ; {remedy}")
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        raise MessageError(INVALID, 'il faut un objet JSON-RPC ; donnez-lui "jsonrpc": "2.0"')
    if is_too_deep(message, limits().profondeur):
        remedy = "aplatissez les arguments"
        raise MessageError(INVALID, f"plus de {limits().profondeur} niveaux ; {remedy}")
    if not isinstance(message.get("method"), str):
        raise MessageError(INVALID, "il manque method ; ce serveur n’attend pas de réponses")
    if not isinstance(message.get("params", {}), dict):
        raise MessageError(PARAMS, "params n’est pas un objet ; nommez les paramètres")
    return message


def is_too_deep(value: Any, most: int) -> bool:
    """Say whether lists and objects nest deeper than `most` levels.

    >>> is_too_deep({"a": [1]}, 2), is_too_deep({"a": [[1]]}, 2)
    (False, True)
    """
    level = [value]
    for _ in range(most + 1):
        nested = [node for node in level if isinstance(node, dict | list)]
        if not nested:
            return False
        level = [
            child
            for node in nested
            for child in (node.values() if isinstance(node, dict) else node)
        ]
    return True


def _identity(message: Json) -> str | int:
    """Return the id of a request; raise MessageError for an invalid one."""
    identity = message["id"]
    if isinstance(identity, str | int) and not isinstance(identity, bool):
        return identity
    raise MessageError(INVALID, "id n’est ni un texte ni un entier ; donnez l’un ou l’autre")


def _params(message: Json) -> Json:
    params: Json = message.get("params", {})
    return params


def _meta(message: Json) -> Json:
    meta = _params(message).get("_meta")
    return meta if isinstance(meta, dict) else {}


def _is_modern(message: Json, headers: Headers | None) -> bool:
    """Say whether a request is of a revision without handshake, by its `_meta` or its header."""
    stated = (headers or {}).get("MCP-Protocol-Version")
    is_legacy = stated is None or stated in LEGACY or message["method"] == "initialize"
    return f"{META}protocolVersion" in _meta(message) or not is_legacy


def _check(message: Json, headers: Headers | None) -> None:
    """Raise MessageError for a request that lacks a required value, or whose headers differ."""
    meta, stated = _meta(message), (headers or {}).get("MCP-Protocol-Version")
    version = meta.get(f"{META}protocolVersion")
    if stated is not None and not version and stated not in MODERN:
        raise _unsupported(stated)
    for name in ("protocolVersion", "clientCapabilities"):
        if f"{META}{name}" not in meta:
            raise MessageError(PARAMS, f"il manque {META}{name} dans _meta ; donnez-le")
    if not isinstance(version, str):
        raise MessageError(
            PARAMS, f"{META}protocolVersion n’est pas un texte ; donnez une révision"
        )
    if headers is not None:
        method = message["method"]
        _same(headers, "MCP-Protocol-Version", version)
        _same(headers, "Mcp-Method", method)
        if method in NAMED:
            _same(headers, "Mcp-Name", _params(message).get(NAMED[method]))
    if version not in MODERN:
        raise _unsupported(version)


def _unsupported(version: str) -> MessageError:
    data = {"supported": [*MODERN, *LEGACY], "requested": version[:80]}
    known = ", ".join(data["supported"])
    wrong = f"révision {version[:80]} inconnue ; prenez l’une de celles-ci : {known}"
    return MessageError(VERSION, wrong, data)


def _same(headers: Headers, name: str, value: Any) -> None:
    """Raise MessageError unless a header has this value of the message."""
    if (stated := decoded(headers.get(name))) is None or stated != value:
        wrong = f"l’en-tête {name} manque, ou ne dit pas ce que dit le message"
        raise MessageError(HEADERS, f"{wrong} ; donnez-lui la même valeur")


def decoded(value: str | None) -> str | None:
    """Return the value of a header, which may be in Base64; None if that cannot be read.

    >>> decoded("schema"), decoded("=?base64?w6k=?="), decoded("=?base64?w?=")
    ('schema', 'é', None)
    """
    if value is None or not (value.startswith("=?base64?") and value.endswith("?=")):
        return value
    try:
        return b64decode(value[9:-2], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _result(release: ServedRelease, message: Json, is_modern: bool) -> Json:
    """Return the result of a request, with the fields of every result of its revision.

    Clients of earlier revisions refuse fields that they do not know, as in the answer to a ping.
    """
    methods = METHODS[is_modern]
    method = methods.get(message["method"])
    if method is None:
        wrong = f"méthode inconnue : « {message['method'][:80]} »"
        raise MessageError(NO_METHOD, f"{wrong} ; connues : {', '.join(methods)}")
    result = method(release, _params(message))
    if not is_modern:
        return result
    meta = {f"{META}serverInfo": _server(release)}
    return {"resultType": "complete", **result, "_meta": meta}


def _server(release: ServedRelease) -> Json:
    return {
        "name": "questions-parlementaires",
        "title": "Questions parlementaires",
        "version": __version__,
        "websiteUrl": release.base,
    }


def _offer() -> Json:
    return {"capabilities": {"tools": {}}, "instructions": instructions()}


def _discover(release: ServedRelease, params: Json) -> Json:
    return {"supportedVersions": [*MODERN, *LEGACY], **_offer(), **KEPT}


def _initialize(release: ServedRelease, params: Json) -> Json:
    """Return the revision that the client asks for, or else the newest with a handshake."""
    requested = params.get("protocolVersion")
    version = requested if requested in LEGACY else LEGACY[0]
    return {"protocolVersion": version, "serverInfo": _server(release), **_offer()}


def _list(release: ServedRelease, params: Json) -> Json:
    return {"tools": [tool.listed() for tool in tools().values()]}


def _kept_list(release: ServedRelease, params: Json) -> Json:
    return {**_list(release, params), **KEPT}


def _call(release: ServedRelease, params: Json) -> Json:
    """Return the answer of a tool; an error that a model can correct is an answer, too."""
    name, values = params.get("name"), params.get("arguments") or {}
    if not isinstance(name, str) or name not in tools():
        known = ", ".join(tools())
        raise MessageError(PARAMS, f"outil inconnu : « {str(name)[:80]} » ; connus : {known}")
    if not isinstance(values, dict):
        raise MessageError(PARAMS, "arguments n’est pas un objet ; nommez les arguments")
    notes()["outil"] = name
    try:
        tool_answer = state().tools[name](release, tools()[name].arguments(values))
        fields = _enveloped(release, tool_answer)
        text = orjson.dumps(fields)
        if len(text) > limits().reponse:
            wrong = f"la réponse aurait {len(text)} octets, plus que {limits().reponse}"
            raise ToolError(f"{wrong} ; demandez une taille plus petite, ou précisez")
    except (LodError, TooLongError) as error:
        return {"content": [_text(_advice(error))], "isError": True}
    sentence = f"{tool_answer.sentence} {fields['citer']}."
    # the fields again, as text: clients of earlier revisions know no structuredContent
    content = [_text(sentence), _text(text.decode())]
    return {"content": content, "structuredContent": fields, "isError": False}


def _enveloped(release: ServedRelease, answer: ToolAnswer) -> Json:
    """Return the fields of an answer, with those of every answer."""
    publication = publication_of(release)
    until = f"données au {iso_in_french(release.data_until)}"
    return {
        "donneesAu": release.data_until,
        "version": release.id,
        "licence": publication.licence,
        "page": answer.page,
        "citer": f"Assemblée nationale, {answer.named}, {until}, {answer.page}",
        **answer.fields,
    }


def _text(text: str) -> Json:
    return {"type": "text", "text": text}


def _advice(error: LodError | TooLongError) -> str:
    """Return in French what is wrong and what to do."""
    if isinstance(error, TooLongError):
        return "la recherche était trop longue ; précisez-la"
    if isinstance(error, Problem):
        notes()["cause"] = error.slug
        return f"{error.title} : {error.detail}. {PROBLEMS[error.slug].conseil}"
    return str(error)


Method = Callable[[ServedRelease, Json], Json]
METHODS: dict[bool, dict[str, Method]] = {  # whether the revision is modern → name → method
    True: {"server/discover": _discover, "tools/list": _kept_list, "tools/call": _call},
    False: {
        "initialize": _initialize,
        "ping": lambda release, params: {},
        "tools/list": _list,
        "tools/call": _call,
    },
}
