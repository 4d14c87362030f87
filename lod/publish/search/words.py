"""Words as index and search compare them: folded (no case, accents, ligatures), then stemmed."""

import re
import threading
from functools import lru_cache

import Stemmer

from lod.model.safe_html import normalized
from lod.model.text import fold

MEMO = 1 << 19  # pieces of text whose stems are remembered; some 100 MB, in a build only
WORD = re.compile(r"[^\W_]+")
_STOP_WORDS = (
    "a à ai ainsi alors au aucun aussi autre aux avec car ce cela celle celles celui ces cet cette "
    "ceux chez comme d dans de des dont du elle elles en entre est et eux fait il ils j je l la le "
    "les leur leurs lors lui m ma mais me même mes mon n ne nos notre nous on ont ou où par pas "
    "plus pour qu que quel quelle quelles quels qui quoi s sa sans se ses si soit son sont sous "
    "sur t ta te tes toi ton tous tout toute toutes très tu un une vos votre vous y"
)
_stemmer = Stemmer.Stemmer("french", 0)  # without its own cache, which is slower than ours
_turn = threading.Lock()  # one thread at a time may use the stemmer


@lru_cache(1 << 16)
def fold_word(word: str) -> str:
    """Return one word in small letters, without accents and ligatures.

    >>> fold_word("Œuvrées")
    'oeuvrees'
    """
    return fold(word).replace(" ", "")  # `fold` makes two numbers of a fraction


@lru_cache(1 << 16)
def stem_of(word: str) -> str:
    """Return the stem of one word: without case, accents, ligatures and endings.

    >>> stem_of("Hôpitaux"), stem_of("HOPITAL"), stem_of("Œuvres")
    ('hopital', 'hopital', 'oeuvr')
    """
    with _turn:
        return str(_stemmer.stemWord(fold_word(word)))


STOP_STEMS = frozenset(map(stem_of, _STOP_WORDS.split()))  # too common to be searched for
STOP_WORDS = frozenset(map(fold_word, _STOP_WORDS.split()))  # the same, folded only


def composed(text: str) -> str:
    """Return a text with composed letters (NFC), so that WORD cuts no word at an accent."""
    return normalized("NFC", text)


def stems_of(text: str) -> list[str]:
    """Return the stem of each word of a composed text, in order."""
    return list(map(stem_of, WORD.findall(text)))


class WordMemo(dict[str, str]):
    """Piece of text without spaces → the stems of its words; made when first asked for.

    To split at spaces and look up is twice as fast as to find each word.
    """

    def __missing__(self, piece: str) -> str:
        if len(self) >= MEMO:
            self.clear()
        self[piece] = found = " ".join(stems_of(piece))
        return found

    def stems_of(self, text: str) -> str:
        """Return the stems of a composed text, with spaces between."""
        return " ".join(map(self.__getitem__, text.split()))
