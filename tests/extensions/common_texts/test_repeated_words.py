"""What two texts share, of texts that repeat themselves without end."""

import pytest

from lod.extensions.common_texts import comparison
from lod.extensions.common_texts.comparison import PLACES, Passage, compare, compared
from lod.extensions.common_texts.words import words_of

REPEATED = 300_000  # words


@pytest.mark.slow
def test_a_word_without_end_is_one_passage() -> None:
    """With all places looked at, each with each, this would take hours."""
    texts = "mot " * REPEATED, "mot " * REPEATED + "fin"
    first, other = compared(list(map(words_of, texts)))
    found = compare(first, other)
    assert found.passages == (Passage(0, 0, REPEATED),)
    assert (found.is_common, found.containment, found.jaccard) == (True, 1, 0.5)
    assert [len(places) for places in comparison._places(first).values()] == [PLACES]
