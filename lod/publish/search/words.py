"""Words as the index and a query see them: folded, then stemmed, the same way on both sides."""

import re
import threading
import unicodedata
from functools import lru_cache

import Stemmer

from lod.model.text import fold

MEMO = 1 << 19  # pieces of text that are remembered; some 100 MB, in a build only
WORD = re.compile(r"[^\W_]+")
_STOP_WORDS = (
    "a à ai ainsi alors au aucun aussi autre aux avec car ce cela celle celles celui ces cet cette "
    "ceux chez comme d dans de des dont du elle elles en entre est et eux fait il ils j je l la le "
    "les leur leurs lors lui m ma mais me même mes mon n ne nos notre nous on ont ou où par pas "
    "plus pour qu que quel quelle quelles quels qui quoi s sa sans se ses si soit son sont sous "
    "sur t ta te tes toi ton tous tout toute toutes très tu un une vos votre vous y"
)
_stemmer = Stemmer.Stemmer("french", 0)  # its own cache is slower than ours
_turn = threading.Lock()  # a stemmer has a state


@lru_cache(1 << 16)
def fold_word(word: str) -> str:
    """Return one word without case, accents and ligatures.

    >>> fold_word("Œuvrées")
    'oeuvrees'
    """
    return fold(word).replace(" ", "")  # a fraction is two numbers


@lru_cache(1 << 16)
def stem_of(word: str) -> str:
    """Return what stands for one word: case, accents, ligatures and endings do not count.

    >>> stem_of("Hôpitaux"), stem_of("HOPITAL"), stem_of("Œuvres")
    ('hopital', 'hopital', 'oeuvr')
    """
    with _turn:
        return str(_stemmer.stemWord(fold_word(word)))


STOP_STEMS = frozenset(map(stem_of, _STOP_WORDS.split()))  # words that say nothing of a subject
STOP_WORDS = frozenset(map(fold_word, _STOP_WORDS.split()))  # the same with their endings


def composed(text: str) -> str:
    """Return a text with each accent in its letter, so that no word is cut at one."""
    return unicodedata.normalize("NFC", text)


def stems_of(text: str) -> list[str]:
    """Return what stands for each word of a composed text, in order."""
    return list(map(stem_of, WORD.findall(text)))


class WordMemo(dict[str, str]):
    """Words of a whole corpus: a piece between two spaces → what stands for the words in it.

    To split at spaces and to look up is twice as fast as to look for words.
    """

    def __missing__(self, piece: str) -> str:
        if len(self) >= MEMO:
            self.clear()
        self[piece] = found = " ".join(stems_of(piece))
        return found

    def stems_of(self, text: str) -> str:
        """Return what stands for the words of a composed text, with spaces between."""
        return " ".join(map(self.__getitem__, text.split()))
