"""What Wikidata says of a person that people ask it for, one value at a time."""

import re

from lod.rdf.vocab import PREFIXES
from lod.reference.link_tables import WikidataFact
from lod.remote.wikidata.answer import Row
from lod.remote.wikidata.item import UNKNOWN_VALUE, birth_day, qid

IMAGE = re.compile(r"https?://commons\.wikimedia\.org/wiki/Special:FilePath/")
PRECISIONS = {11: ("jour", 10), 10: ("mois", 7), 9: ("annee", 4)}  # and characters of a day


def read_fact(row: Row, source: str, seen: str) -> WikidataFact | None:
    """Return what a row of `faits.rq` states; None for an unknown value, or one of another kind.

    >>> row = {"item": PREFIXES["wd"] + "Q1", "propriete": PREFIXES["wdt"] + "P569",
    ...        "valeur": "1964-07-01T00:00:00Z", "precision": "10"}
    >>> read_fact(row, "", "2026").valeur
    '1964-07'
    """
    property_ = row.get("propriete", "").removeprefix(PREFIXES["wdt"])
    type_, value, label = _value(property_, row)
    found = WikidataFact(
        qid=qid(row.get("item", "")),
        propriete=property_,
        valeur=value,
        type=type_,
        libelle=label,
        source=source,
        constat=seen,
    )
    return None if found.fault else found


def _value(property_: str, row: Row) -> tuple[str, str, str]:
    """Return type, value and name; a birth no more precise than it is known."""
    said = row.get("valeur", "")
    if property_ == "P569":
        born = birth_day(said, row.get("precision", ""))
        type_, length = PRECISIONS[born.precision] if born else ("", 0)
        return type_, born.day[:length] if born else "", ""
    if item := qid(said):
        return "element", item, row.get("libelle") or item
    is_other = UNKNOWN_VALUE.match(said) or (property_ == "P18" and not IMAGE.match(said))
    return "adresse", "" if is_other else said, ""
