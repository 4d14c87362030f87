"""The contents of the files of `lod link`: CSV for a spreadsheet.

Each candidate has a French sentence for the reviewer: why it is proposed, why it is not certain.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from lod.base.tabular import csv_line
from lod.extensions.wikidata.candidates import LinkCandidate, RankedCandidate
from lod.model.dates import iso_in_french
from lod.model.safe_html import CONTROLS
from lod.pipeline.mapping.linked_data import digits
from lod.reference.link_tables import WikidataFact
from lod.reference.matching import NameMatch, Verdict
from lod.reference.reviewed_files import ANOMALIES, CANDIDATES, FACTS, LINK_COLUMNS, LINKS, P4123

QUICKSTATEMENTS = "quickstatements.txt"
FILE_COLUMNS = {
    LINKS: LINK_COLUMNS,
    CANDIDATES: (
        "acteurRef", "nom", "naissance", "qid", "libelle", "leurs_naissances", "accord", "annee",
        "circonscription", "legislature", "rivaux", "score", "match", "regle", "explication",
        "decision",
    ),
    ANOMALIES: ("genre", "acteurRef", "qid", "numero", "cible", "explication"),
    FACTS: ("qid", "propriete", "valeur", "type", "libelle", "source", "constat"),
}  # fmt: skip
BIRTH_WORDS = {9: "année", 10: "mois", 11: "jour"}  # by precision
VERDICT_WORDS: dict[Verdict, str] = {True: "oui", False: "non", None: "inconnue"}
MATCH_WORDS = {  # how well names agree → in a word, in a phrase
    NameMatch.EXACT: ("exact", "même nom"),
    NameMatch.FOLDED: ("plié", "même nom aux accents, à la ponctuation et à l’ordre des mots près"),
    NameMatch.CONTAINED: ("contenu", "même prénom, et tous les mots d’un nom sont dans l’autre"),
    NameMatch.INITIAL: ("initiale", "même initiale et même dernier mot du nom"),
    NameMatch.NONE: ("aucun", "autre nom"),
}
LONGEST = 2_000  # characters of a cell
FORMULA = re.compile(r"[=+\-@]")  # a spreadsheet computes a cell that begins with one
BREAKS = re.compile(r"[\t\r\n\f\v\x85\u2028\u2029]+")


def table(name: str, rows: Iterable[Iterable[object]]) -> bytes:
    """Return the CSV file `name` with its header; no cell is a formula."""
    return b"".join((csv_line(FILE_COLUMNS[name]), *(csv_line(map(cell, row)) for row in rows)))


def cell(value: object) -> str:
    """Return a value on one line, with an apostrophe before a formula of a spreadsheet.

    >>> cell("=HYPERLINK(1)"), cell("Jean\\n-Luc"), cell(None)
    ("'=HYPERLINK(1)", 'Jean -Luc', '')
    """
    text = BREAKS.sub(" ", CONTROLS.sub("", "" if value is None else str(value)))[:LONGEST].strip()
    return f"'{text}" if FORMULA.match(text) else text


def candidate_row(ranked: RankedCandidate) -> tuple[object, ...]:
    """Return the row of a candidate; the last column is empty, for the decision of a person."""
    c = ranked.candidate
    births = " ".join(
        f"{born.known_part} ({BIRTH_WORDS[born.precision]})" for born in sorted(c.item.births)
    )
    return (
        c.deputy.ref, c.deputy.name, " ".join(sorted(c.deputy.births)), c.item.qid,
        c.label, births, MATCH_WORDS[c.name_match][0], VERDICT_WORDS[c.birth_year],
        VERDICT_WORDS[c.circonscription], VERDICT_WORDS[c.legislature], len(ranked.rivals),
        c.score, VERDICT_WORDS[ranked.is_certain], rule(ranked), explain(ranked), "",
    )  # fmt: skip


def rule(ranked: RankedCandidate) -> str:
    """Return the criteria that agree, such as `plié+annee+circonscription`."""
    c = ranked.candidate
    agreeing = {"annee": c.birth_year, "circonscription": c.circonscription, "groupe": c.groupe}
    return "+".join((MATCH_WORDS[c.name_match][0], *(n for n, a in agreeing.items() if a)))


def link_rows(links: Mapping[str, str], source: str, day: date) -> Iterator[tuple[object, ...]]:
    """Yield the rows of links by identifier (acteurRef → QID), with the columns of `liens.csv`."""
    for ref, item in links.items():
        yield ref, item, P4123, digits(ref), source, day.isoformat(), "", ""


def fact_row(fact: WikidataFact) -> tuple[str, ...]:
    return tuple(getattr(fact, name) for name in FILE_COLUMNS[FACTS])


def explain(ranked: RankedCandidate) -> str:
    """Return what agrees and what does not, then which other items or deputies fit."""
    facts = ", ".join(_agreements(ranked.candidate))
    return f"{facts[0].upper()}{facts[1:]}\u00a0; {_conclusion(ranked)}."


def _agreements(c: LinkCandidate) -> Iterator[str]:
    yield MATCH_WORDS[c.name_match][1]
    yield _birth(c)
    if c.circonscription is not None:
        yield f"{'même' if c.circonscription else 'autre'} circonscription"
    elif c.legislature is not None:
        yield "même législature" if c.legislature else "aucune législature commune"
    if c.groupe:
        yield "même groupe"


def _birth(c: LinkCandidate) -> str:
    born = "née" if c.deputy.civilite == "Mme" else "né"
    if c.birth_day:
        return f"{born} le même jour ({iso_in_french(c.birth_day)})"
    if c.birth_year is None:
        return "année de naissance inconnue"
    item_years = c.item.birth_years
    if c.birth_year:
        return f"{born} la même année ({', '.join(sorted(c.deputy.birth_years & item_years))})"
    return (
        f"{born} en {', '.join(sorted(c.deputy.birth_years))}, "
        f"en {', '.join(sorted(item_years))} d’après Wikidata"
    )


def _conclusion(ranked: RankedCandidate) -> str:
    if ranked.holder.startswith("PA"):
        return f"l’élément est déjà lié à {ranked.holder}"
    if ranked.holder:
        return f"l’élément porte déjà le numéro {ranked.holder}"
    if ranked.rivals and not ranked.candidate.fits:
        return f"convient mieux\u00a0: {', '.join(ranked.rivals)}"
    if ranked.rivals:
        plural = "nt" if len(ranked.rivals) > 1 else "t"
        return f"convien{plural} aussi\u00a0: {', '.join(ranked.rivals)}"
    if ranked.is_certain:
        return "aucun autre élément ne convient"
    return "cela ne suffit pas pour conclure"
