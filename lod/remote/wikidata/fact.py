"""What Wikidata says of a person that people ask it for, one value at a time."""

import re

from lod.rdf.vocab import PREFIXES
from lod.reference.link_tables import Fait
from lod.remote.wikidata.answer import Row
from lod.remote.wikidata.item import INCONNU, naissance, qid

IMAGE = re.compile(r"https?://commons\.wikimedia\.org/wiki/Special:FilePath/")
PRECISIONS = {11: ("jour", 10), 10: ("mois", 7), 9: ("annee", 4)}  # and characters of a day


def fait(row: Row, source: str, constat: str) -> Fait | None:
    """Return what a row of `faits.rq` states; None for an unknown value, or one of another kind.

    >>> row = {"item": PREFIXES["wd"] + "Q1", "propriete": PREFIXES["wdt"] + "P569",
    ...        "valeur": "1964-07-01T00:00:00Z", "precision": "10"}
    >>> fait(row, "", "2026").valeur
    '1964-07'
    """
    propriete = row.get("propriete", "").removeprefix(PREFIXES["wdt"])
    type_, valeur, libelle = _valeur(propriete, row)
    found = Fait(
        qid=qid(row.get("item", "")),
        propriete=propriete,
        valeur=valeur,
        type=type_,
        libelle=libelle,
        source=source,
        constat=constat,
    )
    return None if found.fault else found


def _valeur(propriete: str, row: Row) -> tuple[str, str, str]:
    """Return type, value and name; a birth no more precise than it is known."""
    said = row.get("valeur", "")
    if propriete == "P569":
        born = naissance(said, row.get("precision", ""))
        type_, length = PRECISIONS[born.precision] if born else ("", 0)
        return type_, born.jour[:length] if born else "", ""
    if item := qid(said):
        return "element", item, row.get("libelle") or item
    is_other = INCONNU.match(said) or (propriete == "P18" and not IMAGE.match(said))
    return "adresse", "" if is_other else said, ""
