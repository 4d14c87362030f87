"""A request understood: what is looked for, in which order, which page of it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from urllib.parse import urlencode

from lod.publish.search.parameters import PAR_PAGE, DemandeError, facettes
from lod.publish.search.words import OUTILS, WORD, composed, lettres, mots

MOTS = 16  # words in one request
DEBUT = 3  # letters that a beginning of a word has at least
_PIECE = re.compile(r'"([^"]*)"?|“([^”]*)”?|«([^»]*)»?|([^\s"“«]+)')


@dataclass(frozen=True, slots=True)
class Terme:
    """What must be found: words in a row; or, if `debut` is set, a word that begins so."""

    mots: tuple[str, ...]
    debut: str = ""

    def expression(self, racines: Iterable[str] = ()) -> str:
        """Return the term for FTS5; each word is quoted, and has letters and digits only.

        `racines` stand for words that begin as asked, but are shorter than that themselves.
        """
        phrase = f'"{" ".join(self.mots)}"'
        if not self.debut:
            return phrase
        stems = [phrase, *(f'"{racine}"' for racine in racines)]
        return f'("{self.debut}" * OR {" OR ".join(stems)})'


@dataclass(frozen=True, slots=True, kw_only=True)
class Demande:
    """What is asked of the index; a facet that filters has the code of its value."""

    q: str = ""
    filtres: tuple[tuple[str, str], ...] = ()
    depuis: str = ""
    jusque: str = ""
    tri: str = ""
    page: int = 1
    taille: int = PAR_PAGE

    @property
    def termes(self) -> tuple[Terme, ...]:
        """What the words ask for."""
        return termes(self.q)

    @property
    def par_pertinence(self) -> bool:
        """Whether the best come first; without words there is no better."""
        return bool(self.q) and self.tri != "date"

    @property
    def bornes(self) -> tuple[int, int]:
        """The first and the last day, as ordinals."""
        depuis = date.fromisoformat(self.depuis) if self.depuis else date.min
        jusque = date.fromisoformat(self.jusque) if self.jusque else date.max
        return depuis.toordinal(), jusque.toordinal()

    @property
    def tranche(self) -> slice:
        """Where the page stands among all hits."""
        return slice((self.page - 1) * self.taille, self.page * self.taille)

    def filtree(self, facette: str, cle: str | None) -> "Demande":
        """Return the request with another value of a facet, or none; from its first page."""
        others = dict(self.filtres) | {facette: cle or ""}
        kept = tuple((nom, others[nom]) for nom in facettes() if others.get(nom))
        return replace(self, filtres=kept, page=1)

    def paires(self) -> Iterator[tuple[str, str]]:
        """Yield the parameters that say this request again."""
        defauts = {field.name: field.default for field in fields(self)}
        for name in ("q", "depuis", "jusque", "tri", "page", "taille"):
            if (value := getattr(self, name)) != defauts[name]:
                yield name, str(value)
        yield from self.filtres

    def adresse(self, path: str, **others: str) -> str:
        """Return the address that asks this below a path; `others` are added."""
        pairs = [*self.paires(), *others.items()]
        return f"{path}?{urlencode(pairs)}" if pairs else path


def demande(values: dict[str, str]) -> Demande:
    """Return the request that verified parameters make; raise DemandeError."""
    asked = Demande(
        q=values.get("q", ""),
        filtres=tuple((nom, values[nom]) for nom in facettes() if nom in values),
        depuis=values.get("depuis", ""),
        jusque=values.get("jusque", ""),
        tri=values.get("tri", ""),
        page=int(values.get("page", 1)),
        taille=int(values.get("taille", PAR_PAGE)),
    )
    if sum(len(terme.mots) for terme in asked.termes) > MOTS:
        raise DemandeError(f"q : au plus {MOTS} mots ; ôtez-en")
    return asked


def termes(q: str) -> tuple[Terme, ...]:
    """Return what the words of a request ask for; no word of its own is ever syntax.

    >>> [terme.expression() for terme in termes('les Hôpitaux "de la Mer" rur* AND*')]
    ['"hopital"', '"de la mer"', '("rur" * OR "rur")', '("and" * OR "and")']
    """
    found = list(dict.fromkeys(_termes(composed(q))))
    telling = [terme for terme in found if not _is_outil(terme)]
    return tuple(telling or found)


def _termes(q: str) -> Iterator[Terme]:
    for piece in _PIECE.finditer(q):
        *phrases, loose = piece.groups()
        if loose is None:
            words = tuple(mots(next(phrase for phrase in phrases if phrase is not None)))
            yield from [Terme(words)] if words else ()
        else:
            yield from _loose(loose)


def _loose(piece: str) -> Iterator[Terme]:
    """Yield the words of what stands between two spaces; a star ends a beginning of a word."""
    words = WORD.findall(piece)
    for number, word in enumerate(words, start=1):
        debut = lettres(word)
        is_debut = number == len(words) and piece.endswith("*") and len(debut) >= DEBUT
        stem = tuple(mots(word))
        yield Terme(stem, debut if is_debut else "")


def _is_outil(terme: Terme) -> bool:
    return len(terme.mots) == 1 and not terme.debut and terme.mots[0] in OUTILS
