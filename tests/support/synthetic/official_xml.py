"""The official record as XML, with its namespace or without, and one big file of such records."""

from collections.abc import Iterable, Iterator
from random import Random
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lod.model.question import Question
from tests.support.synthetic.fragments import fragment
from tests.support.synthetic.official_json import L17, Dialect, record

PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n'
MANY_ANA = Dialect(tete=True, ana=True, namespaces=False)  # XML of L14, where JSON has `analyses`


class Xml(str):
    """A text that is XML already."""

    def translate(self, table: Any) -> "Xml":
        """Return the text with other letters; it stays XML."""
        return Xml(super().translate(table))


def write(question: Question, rng: Random, dialect: Dialect = L17) -> bytes:
    """Return the record of a question."""
    return (PROLOG + _element("question", record(question, rng, dialect, _text), rng)).encode()


def big_xml(
    questions: Iterable[Question], rng: Random, dialect: Dialect = MANY_ANA
) -> Iterator[bytes]:
    """Yield the pieces of one big file of records."""
    yield (PROLOG + "<questionsEcrites>").encode()
    for question in questions:
        tree = record(question, rng, dialect, _text)
        yield f"\n{_element('question', tree, rng)}".encode()
    yield b"\n</questionsEcrites>\n"


def _text(lines: list[str], rng: Random) -> Xml:
    """Return a text as escaped characters, as CDATA, or as elements."""
    way = rng.randrange(3)
    if way == 2:
        return Xml("".join(f"<p>{line}</p>" for line in lines))
    text = fragment(lines, rng)
    return Xml(f"<![CDATA[{text}]]>" if way else escape(text))


def _element(name: str, value: Any, rng: Random) -> str:
    if isinstance(value, list):
        return "".join(_element(name, item, rng) for item in value) or _nothing(name, rng)
    if not value:
        return _nothing(name, rng)
    if not isinstance(value, dict):
        return f"<{name}>{value if isinstance(value, Xml) else escape(value)}</{name}>"
    attributes = "".join(
        f" {key[1:]}={quoteattr(item)}" for key, item in value.items() if key[0] == "@"
    )
    children = "\n".join(_element(key, item, rng) for key, item in value.items() if key[0] != "@")
    return f"<{name}{attributes}>{children}</{name}>"


def _nothing(name: str, rng: Random) -> str:
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    return rng.choice(("", f"<{name}/>", f"<{name}></{name}>", f'<{name} {xsi} xsi:nil="true"/>'))
