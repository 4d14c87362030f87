"""Read the words of a query without parsing it, in time linear in its length, whatever it is.

All is read as by the engine: a long string that never ends is an empty one and what follows it, and
a local name has dots in one place at most.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lod.rdf.vocab import PREFIXES

_HEX = "[0-9A-Fa-f]"
ESCAPE = rf"\\u{_HEX}{{4}}|\\U{_HEX}{{8}}"
_CHARACTER = (  # no surrogate, and none beyond Unicode
    rf"\\ (?: [tbnrf\"'\\] | u (?![Dd][89A-Fa-f]) {_HEX}{{4}}"
    rf" | U (?!0000[Dd][89A-Fa-f]) (?: 000{_HEX} | 0010 ) {_HEX}{{4}} )"
)
_PLX = rf"%{_HEX}{{2}}|\\[_~.\-!$&'()*+,;=/?#@%]"
# A token with the spaces behind it, whose kind is the last group: `error` is a string that does not
# end in its line, with the rest of the line, or a backslash that may not stand there. Whatever
# fails is read once more at most: no quantifier gives back, and no `\"""` begins a token.
TOKEN = re.compile(
    rf"""
      (?: (?P<iri> < (?: [^\x00-\x20<>"{{}}|^`\\]++ | {ESCAPE} )*+ > )
        | (?P<comment> \# [^\r\n]*+ )
        | (?P<string> \"\"\" (?: [^"\\]++ | \"(?!\"\") | {_CHARACTER} )*+ \"\"\"
                    | '''    (?: [^'\\]++ | '(?!'')    | {_CHARACTER} )*+ '''
                    | \"     (?: [^"\\\r\n]++ | {_CHARACTER} )*+ \"
                    | '      (?: [^'\\\r\n]++ | {_CHARACTER} )*+ ' )
        | (?P<error> ["'] [^\r\n]*+ | (?: \\. )++ | \\ )
        | (?P<variable> [?$]\w++ )
        | (?=[^\W\d]|:) (?P<word> [^\W\d][\w.\-]*+ )?+
          (?P<local> : (?: (?: [\w:] | {_PLX} ) (?: [\w:\-]++ | {_PLX} )*+
                           (?: \.++ (?: [\w:\-]++ | {_PLX} )++ )?+ )?+ )?+
        | (?P<other> (?: [^\w<\#"'?$:\\]++ | \d++ | <(?=<) )++ | [<?$] )
      ) \s*+
    """,
    re.VERBOSE | re.DOTALL,
)


class PrefixedName(NamedTuple):
    """A name in a query, and where it begins."""

    prefix: str
    local: str
    start: int


@dataclass(frozen=True, slots=True)
class Named:
    """The words of a query, and what they name."""

    declared: dict[str, str] = field(default_factory=dict)  # prefix → its IRI, "" if it has none
    names: list[PrefixedName] = field(default_factory=list)
    iris: list[tuple[str, str]] = field(default_factory=list)  # the keyword before one, and it
    words: list[str] = field(default_factory=list)  # neither a function nor a language

    @property
    def undeclared(self) -> Iterator[PrefixedName]:
        """Each name whose prefix is neither declared nor known: of most, engines say that something
        else was expected, at another place.

        >>> next(named("PREFIX a: <x> SELECT * { ?q a:b 'c:d' ; void-ext:e foo:bar }").undeclared)
        PrefixedName(prefix='foo', local='bar', start=51)
        """
        known = {"_", *PREFIXES, *self.declared}  # `_:x` is a blank node
        return (name for name in self.names if name.prefix not in known)


def words(query: str) -> Iterator[re.Match[str]]:
    """Yield the tokens that may be keywords."""
    return (token for token in TOKEN.finditer(query) if token.lastgroup == "word")


def named(query: str) -> Named:
    """Return what a query names, but for the names and IRIs that declare a prefix.

    >>> named("PREFIX a: <x> ASK { GRAPH <y> { ?s a:b 'c:d' } }").iris
    [('graph', 'y')]
    """
    found, before = Named(), ""  # the word before, in lower case; of a declaration, its prefix
    for token in TOKEN.finditer(query):
        kind, word, start = token.lastgroup, token["word"] or "", token.start()
        if kind == "comment":
            continue
        last, before = before, ""
        if kind == "word":
            before = word.lower()
            if query[start - 1 : start] != "@" and not query.startswith("(", token.end("word")):
                found.words.append(word)
        elif kind == "local" and last == "prefix":
            before, found.declared[word] = f"{word}:", ""
        elif kind == "local":
            found.names.append(PrefixedName(word, token["local"][1:], start))
        elif kind == "iri" and last.endswith(":"):
            found.declared[last[:-1]] = token["iri"][1:-1]
        elif kind == "iri":
            found.iris.append((last, token["iri"][1:-1]))
    return found
