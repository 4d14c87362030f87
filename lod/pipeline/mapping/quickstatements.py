"""Lines for QuickStatements (version 1), which add the identifier of a deputy (P4123) to an item of
Wikidata.
"""

from collections.abc import Iterable

from lod.pipeline.mapping.links import digits
from lod.reference.reviewed_links import P4123

PAGE = "https://www.assemblee-nationale.fr/dyn/deputes/"
PRECISIONS = {4: ("-00-00", 9), 7: ("-00", 10), 10: ("", 11)}  # length of a day → rest, precision


def quickstatements(lacking: Iterable[tuple[str, str]], day: str) -> str:
    """Return a statement for each pair (acteurRef, QID), sorted, a line each.

    A line is item, property, value, then the source: its address (S854) and the day, month or year
    in which it was seen (S813), given in ISO 8601; "" if nobody knows.
    """
    return "".join(sorted(_statement(ref, qid, day) for ref, qid in set(lacking)))


def _statement(ref: str, qid: str, day: str) -> str:
    cells = [qid, P4123, f'"{digits(ref)}"', "S854", f'"{PAGE}{ref}"']
    if day:
        rest, precision = PRECISIONS[len(day)]
        cells += ["S813", f"+{day}{rest}T00:00:00Z/{precision}"]
    return "\t".join(cells) + "\n"
