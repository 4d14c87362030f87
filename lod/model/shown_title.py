"""The title of a question as people see it; the data keeps the title as published."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from lod.base import packaged
from lod.base.tabular import rows
from lod.model.question import Question

MOST = 90  # characters of a title that is made of the first words of a text
NAMES = ("France", "Europe")  # names, even if no text of the question has them
BEFORE = 400  # characters in which the subject of a question begins
# « M. X attire l’attention de Mme la ministre de Y sur »: a subject follows, or « au sujet de … »
_ADDRESS = re.compile(
    r"\A(?>(?:M\.?|Mme|Mlle)\s[^.;:]*?\b(?:attire|appelle|attention|interroge|demande|alerte|"
    r"interpelle|souhaite)\b)(?:[^.]|(?<=\bM)\.)*?\s(?:sur\s++(?=\S)|(?=au sujet d|à propos d))",
    re.S,
)
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_ENDS_IN_WORD = re.compile(r"[^\W_]-?\Z")
_SENTENCE = re.compile(r"(?<=[^\s.]{3})\.\s")


def headed_title(q: Question) -> str:
    """Return the title below its heading, which many titles need: « APL : calcul »; "" for none."""
    titre, tete = q.titre or "", q.tete_analyse or ""
    return f"{tete[0].upper()}{tete[1:]}\u00a0: {titre}" if titre and tete else titre


def title_of(q: Question) -> str:
    """Return the title that pages show of a question; "" if it has neither title nor text."""
    return shown_title(headed_title(q), [q.texte or "", *(r.texte or "" for r in q.reponses)])


def shown_title(title: str, texts: Iterable[str]) -> str:
    """Return a title, with a capital at its head: if it is in capitals, in lower case as the texts
    of the question write its words; if it is missing, the first words of the first text that says
    something.

    >>> shown_title("SITUATION EN UKRAINE", ["Parlons de l’Ukraine."])
    'Situation en Ukraine'
    >>> shown_title("", ["Mme X interroge M. le ministre sur la chasse. Elle demande"])
    'La chasse'
    """
    if title and not title.isupper():  # nearly always
        return title[0].upper() + title[1:]
    known = [*texts]
    title = title or next((_first_words(text) for text in known if text.strip()), "")
    return _lowered(title, known) if title.isupper() else title


def _first_words(text: str) -> str:
    """Return the subject of a text, at most MOST characters, cut between words; its first line if
    that is a heading in capitals.
    """
    line = text.strip().partition("\n")[0]
    if line.isupper():
        text = line
    address = _ADDRESS.match(text[:BEFORE])
    subject = " ".join(text[address.end() if address else 0 :][: 2 * MOST].split())
    subject = subject[:1].upper() + subject[1:]
    sentence = _SENTENCE.split(subject)[0].rstrip(".")
    if len(sentence) <= MOST:
        return sentence
    return f"{(sentence[:MOST].rpartition(' ')[0] or sentence[:MOST]).rstrip(' ,;:«-–')}…"


def _lowered(title: str, texts: list[str]) -> str:
    """Return a title in lower case, but for its first letter, acronyms and names."""
    words = {_small(word) for word in _WORD.findall(title)}
    known = _acronyms() | _names_in(texts, words)

    def spelled(word: re.Match[str]) -> str:
        text = word[0]
        is_code = any(letter.isdigit() for letter in text)
        return text if is_code else known.get(_small(text), text.lower())

    text = _WORD.sub(spelled, title)
    first = _WORD.search(text)
    at = first.start() if first else 0
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]


@cache
def _acronyms() -> dict[str, str]:
    """Return word in small letters → acronym or name that is known without a text."""
    known = (*NAMES, *(row["sigle"] for row in rows(packaged.SYNONYMS)))
    return {_small(word): word for word in known}


def _names_in(texts: list[str], words: set[str]) -> dict[str, str]:
    """Return each of the words (in small letters) → its commonest spelling in the texts, where it
    neither begins a sentence nor stands in a line of capitals.
    """
    spellings: dict[str, Counter[str]] = {}
    longest_first = sorted(map(re.escape, words), key=len, reverse=True)
    whole = re.compile(rf"(?:{'|'.join(longest_first)})(?!-?[^\W_])")
    for line in (line for text in texts for line in text.split("\n") if not line.isupper()):
        for word in whole.finditer(_small(line)):
            start, end = word.span()
            if not _ENDS_IN_WORD.search(line, max(start - 2, 0), start):
                spelling, before = line[start:end], line[max(start - 2, 0) : start]
                if spelling.islower() or before.strip(" \u00a0'’(«").islower():
                    spellings.setdefault(word[0], Counter())[spelling] += 1
    return {key: counts.most_common(1)[0][0] for key, counts in spellings.items()}


def _small(line: str) -> str:
    """Return a line in small letters, each at its place: « İ » alone has two for one."""
    return line.replace("İ", "I").lower()
