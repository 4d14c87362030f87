"""Which prefix of a query nobody has declared: engines only print their grammar about it."""

import re
from collections.abc import Iterator

from lod.rdf.vocab import PREFIXES

# parts of a query without prefixed names and keywords
SILENT = re.compile(r"<[^<>\s]*>|#[^\n]*|\"[^\"\n]*\"|'[^'\n]*'|[?$]\w+")
_NAME = re.compile(r"(?<![\w:.-])([A-Za-z][\w.-]*)?:([A-Za-z]\w*)?")
_DECLARED = re.compile(r"(?i)prefix\s+([\w.-]*):")


def undeclared_names(query: str) -> Iterator[tuple[str, str]]:
    """Yield prefix and local part of each name whose prefix is neither declared nor known.

    >>> next(undeclared_names("PREFIX a: <x> SELECT * { ?q a:b 'c:d' ; void-ext:e foo:bar }"))
    ('foo', 'bar')
    """
    spoken = SILENT.sub(" ", query)
    declared = {*PREFIXES, *_DECLARED.findall(spoken)}
    return ((prefix, local) for prefix, local in _NAME.findall(spoken) if prefix not in declared)
