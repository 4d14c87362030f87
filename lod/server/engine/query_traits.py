"""Look for SERVICE, FROM, deep nesting and the form in the tokens of a query, without parsing it.

pyoxigraph sends SERVICE over HTTP, no option prevents it, and its parser accepts `1SERVICE<…>` and
`SERVICE:x`. So IRIs, comments, strings, variables and local names are skipped, and any word with it
is refused, except as a prefix, `service:x`, where no empty prefix is declared. A query that cannot
be read for certain is refused: a few harmless queries get a 403.
"""

import re

from lod.rdf.sparql import ESCAPE, TOKEN, words
from lod.server.limits import QUERY_DEPTH, QUERY_READINGS

_CERTAIN = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")
_SERVICE = re.compile("service", re.IGNORECASE)
# matches every declaration of the empty prefix, by which `SERVICE:x` asks elsewhere; and some text
# that declares none
_EMPTY_PREFIX = re.compile(r"(?:(?<![\w.-])|prefix):(?=[\s<#])", re.IGNORECASE)
_UPDATES = frozenset(
    ("insert", "delete", "load", "clear", "create", "drop", "copy", "move", "add", "with")
)
_FORMS = _UPDATES.union(("select", "ask", "construct", "describe"))
_CODEPOINT = re.compile(ESCAPE)


def calls_out(query: str) -> bool:
    """Say whether the query has the keyword SERVICE, as written or once its escapes are decoded."""
    return any(_has_service(text) for text in {query, _decode(query)})


def states_dataset(query: str) -> bool:
    """Say whether the query has the keyword FROM.

    A FROM written with escapes is not seen, and has no effect: the dataset of the protocol replaces
    it.

    >>> states_dataset("SELECT * FROM <x> {}"), states_dataset("ASK { ?from prov:from 'from' }")
    (True, False)
    """
    return any(token["word"].lower() == "from" for token in words(query))


def query_form(query: str) -> str | None:
    """Return the keyword with which the query proper begins, in lower case; None if it has none,
    or is an update.

    >>> query_form("PREFIX ask: <x> # select\\nDESCRIBE ask:select"), query_form("selec *")
    ('describe', None)
    """
    word = _first_word(query)
    return None if word in _UPDATES else word


def is_update(query: str) -> bool:
    """Say whether a query that cannot be parsed is an update.

    >>> is_update("PREFIX add: <x> INSERT DATA { <a> <b> <c> }"), is_update("ASK { <a> add:b 1 }")
    (True, False)
    """
    return _first_word(query) in _UPDATES


def _first_word(query: str) -> str | None:
    lower = (token["word"].lower() for token in words(query))
    return next((word for word in lower if word in _FORMS), None)


def is_too_deep(query: str) -> bool:
    """Say whether brackets nest deeper than QUERY_DEPTH."""
    if sum(map(query.count, "{([")) <= QUERY_DEPTH:
        return False
    depth = 0
    for token in TOKEN.finditer(query):
        for character in token["other"] or "":
            depth += (character in "{([") - (character in "})]")
            if depth > QUERY_DEPTH:
                return True
    return False


def _has_service(text: str) -> bool:
    """Say whether SERVICE is a token of the text in any of its readings, or there are too many."""
    if not _SERVICE.search(text):
        return False
    may_be_prefix = not _EMPTY_PREFIX.search(text)
    pending, doubts, read = [0], 0, set[int]()  # positions
    while pending:
        for token in TOKEN.finditer(text, pending.pop()):
            if token.lastgroup == "error" or token.start() in read:
                break  # the engine reads no further, or another reading has read the rest
            read.add(token.start())
            # a prefix may have the word at its end
            end = -1 if may_be_prefix and token["local"] else None
            if _SERVICE.search((token["word"] or "")[:end]):
                return True
            if token.lastgroup == "iri" and _is_doubtful(token[0]):
                pending.append(token.start() + 1)
                doubts += 1
        if doubts > QUERY_READINGS:
            return True
    return False


def _is_doubtful(iri: str) -> bool:
    """Say whether `<…>` may also be an operator `<`, so that the text after it reads differently.

    If `FILTER(1<2)#>'''` is taken for an IRI, `'''` seems to begin a string, which hides what
    follows. `<scheme://` is always an IRI: no grammar allows two slashes after an operator. Without
    `#` and `'`, both readings agree again after `>`.
    """
    return not _CERTAIN.match(iri) and any(mark in iri.casefold() for mark in ("#", "'", "service"))


def _decode(query: str) -> str:
    """Return the query with `\\uXXXX` and `\\UXXXXXXXX` replaced by their characters."""

    def character(escape: re.Match[str]) -> str:
        code = int(escape[0][2:], 16)
        return chr(code) if code <= 0x10FFFF else "\ufffd"

    return _CODEPOINT.sub(character, query)
