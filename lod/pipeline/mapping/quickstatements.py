"""Lines for QuickStatements (version 1), which add the identifier of a deputy (P4123) to an item of
Wikidata.
"""

from collections.abc import Iterable

from lod.pipeline.mapping.links import digits
from lod.reference.reviewed_files import P4123

PAGE = "https://www.assemblee-nationale.fr/dyn/deputes/"


def quickstatements(lacking: Iterable[tuple[str, str]]) -> str:
    """Return a statement for each pair (acteurRef, QID), sorted, a line each.

    A line is item, property, value, then the address of the source (S854). The day on which it was
    retrieved (S813) is for whoever looks at it: this program has not.
    """
    return "".join(sorted(_statement(ref, qid) for ref, qid in set(lacking)))


def _statement(ref: str, qid: str) -> str:
    return "\t".join((qid, P4123, f'"{digits(ref)}"', "S854", f'"{PAGE}{ref}"')) + "\n"
