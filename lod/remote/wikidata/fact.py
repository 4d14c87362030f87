"""Facts of Wikidata about persons, read from rows of the query `faits.rq`."""

import re

from lod.rdf.vocab import PREFIXES
from lod.reference.link_tables import WikidataFact
from lod.remote.sparql_results import Row
from lod.remote.wikidata.item import UNKNOWN_VALUE, qid_of, read_birth

IMAGE = re.compile(r"https?://commons\.wikimedia\.org/wiki/Special:FilePath/")
BIRTH_TYPES = {9: "annee", 10: "mois", 11: "jour"}  # by precision


def read_fact(row: Row, source: str, seen: str) -> WikidataFact | None:
    """Return the fact of a row; None if its value is unknown, or of a kind that is not published.

    `source` is the endpoint, `seen` the day of its answer.

    >>> row = {"item": PREFIXES["wd"] + "Q1", "propriete": PREFIXES["wdt"] + "P569",
    ...        "valeur": "1964-07-01T00:00:00Z", "precision": "10"}
    >>> read_fact(row, "", "2026").valeur
    '1964-07'
    """
    property_ = row.get("propriete", "").removeprefix(PREFIXES["wdt"])
    type_, value, label = _value(property_, row)
    found = WikidataFact(
        qid=qid_of(row.get("item", "")),
        propriete=property_,
        valeur=value,
        type=type_,
        libelle=label,
        source=source,
        constat=seen,
    )
    return None if found.fault else found


def _value(property_: str, row: Row) -> tuple[str, str, str]:
    """Return type, value and label of a fact; the value is "" if it is not published."""
    value = row.get("valeur", "")
    if property_ == "P569":
        born = read_birth(value, row.get("precision", ""))
        return (BIRTH_TYPES[born.precision], born.known_part, "") if born else ("", "", "")
    if item := qid_of(value):
        return "element", item, row.get("libelle") or item
    is_other = UNKNOWN_VALUE.match(value) or (property_ == "P18" and not IMAGE.match(value))
    return "adresse", "" if is_other else value, ""
