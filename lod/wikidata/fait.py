"""What Wikidata says of a person that people ask it for, one value at a time."""

import re
from typing import NamedTuple

from lod.wikidata.answer import Row
from lod.wikidata.element import Naissance, naissance, qid

DIRECT = "http://www.wikidata.org/prop/direct/"
# an IRI that can be published as it stands; `genid` is how Wikidata says that it knows no value
WEB = re.compile(r"https?://(?!www\.wikidata\.org/\.well-known/)[^\x00-\x20\x7f<>\"{}|\\^`]+")
IMAGE = re.compile(
    r"https?://commons\.wikimedia\.org/wiki/Special:FilePath/[^\x00-\x20\x7f<>\"{}|\\^`]+"
)
PRECISIONS = {11: ("date", 10), 10: ("gYearMonth", 7), 9: ("gYear", 4)}  # and characters of a day


class Fait(NamedTuple):
    """One value of one property of an item; `libelle` is the name of an item, or empty."""

    qid: str
    propriete: str  # P21 gender, P569 birth, P18 image, P102 party or P856 website
    valeur: str  # an IRI, or as much of a day as is known
    type: str  # `iri`, or `date`, `gYearMonth`, `gYear` of XML Schema
    libelle: str = ""


def fait(row: Row) -> Fait | None:
    """Return what a row of `faits.rq` states; None for an unknown value, or one of another kind."""
    who, propriete = qid(row.get("item", "")), row.get("propriete", "").removeprefix(DIRECT)
    valeur = row.get("valeur", "")
    if not who:
        return None
    match propriete:
        case "P569":
            born = naissance(valeur, row.get("precision", ""))
            return jour(who, born) if born else None
        case "P21" | "P102" if qid(valeur):
            return Fait(who, propriete, valeur, "iri", row.get("libelle", ""))
        case "P18" if IMAGE.fullmatch(valeur):
            return Fait(who, propriete, valeur, "iri")
        case "P856" if WEB.fullmatch(valeur):
            return Fait(who, propriete, valeur, "iri")
    return None


def jour(who: str, born: Naissance) -> Fait:
    """Return a birth, no more precise than it is known.

    >>> jour("Q1", Naissance("1964-07-01", 10))
    Fait(qid='Q1', propriete='P569', valeur='1964-07', type='gYearMonth', libelle='')
    """
    type_, length = PRECISIONS[born.precision]
    return Fait(who, "P569", born.jour[:length], type_)
