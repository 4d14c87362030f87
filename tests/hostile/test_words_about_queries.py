"""What is said of a wrong query takes time in proportion to its text."""

import sys
from collections.abc import Iterator

import pytest

from lod.server.common.problems import Problem
from lod.server.engine.query_traits import calls_out, is_too_deep, query_form, states_dataset
from lod.server.limits import ADVICE_CHARACTERS, BODY_BYTES
from lod.server.routes.endpoint import KEYWORDS, advised
from lod.server.routes.query_notices import notices
from tests.hostile import huge
from tests.support.programs import returned

SECONDS = 100  # of processor; all together take ten, each kind that takes the square thirty more
WORDS = (
    *KEYWORDS, "label", "foaf:name", "skos:prefLabel", "qp:auteur", "rq:x", "PREFIX a: <urn:a>",
    "<urn:a>", "?s", "1", ".", "#", "'", '"', "'''", "\\", "{", "(", "<", "a:", "é", "\n",
    'a\\"', "a\\'", '"""', '"""\\""" a\\"', "<a", "<a#", "<a'>", "a-", ":", "{}", "\\ud800",
)  # fmt: skip
QUERIES = len(huge.LONG) + 2 * len(WORDS) + 1


def queries() -> Iterator[str]:
    """Yield texts as long as a body may be, of one word each, or of different ones."""
    yield from (query[:BODY_BYTES] for query, _ in huge.LONG.values())
    for word in WORDS:
        yield word * (BODY_BYTES // len(word))
        yield f"{word} " * (BODY_BYTES // (len(word) + 1))
    yield " ".join(f"mot{chr(97 + n % 26)}{n}" for n in range(BODY_BYTES // 10))


def say_all() -> int:
    """Say of each query all that is said of any; return how many there are."""
    count = 0
    for text in queries():
        count += 1
        print(text[:40], file=sys.stderr, flush=True)
        column = len(text.split("\n", 1)[0]) // 2 + 1
        for detail in ("expected", "Prefix not found", "unbound"):
            advised(Problem("requete-invalide", detail, more={"line": 1, "column": column}), text)
        beginning = text[:ADVICE_CHARACTERS]  # the notices of a longer one are none
        notices(beginning, "http://exemple.test/")
        for read in (calls_out, is_too_deep, query_form, states_dataset):
            read(f"?service {beginning}")
    return count


@pytest.mark.slow
def test_words_take_time_in_proportion() -> None:
    assert int(returned(__name__, "say_all", SECONDS)) == QUERIES
