"""What puts the things that a search names in their order: their days, and what they share with its
words.
"""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Tenure:
    """When a ministry or a group was there; and of a ministry, for what."""

    start: str = ""  # first day in ISO form
    has_ended: bool = False  # before the last day of the data
    portfolios: frozenset[str] = frozenset()
    helps: bool = False  # its minister helps another one


class Rank(NamedTuple):
    """The place of a thing among others that are found: the first field that differs decides, and
    False stands before True.
    """

    # it has not exactly this name, nor is it a heading, or a ministry or group of today, whose
    # name begins so
    is_unnamed: bool
    has_ended: bool
    is_by_place: bool  # not all words are in its name, but some in its place
    kind: int
    missing: float  # minus how much of the name the words are
    age: int  # of what has ended, the newest first; of ministries of today, those that help last
    questions: int  # minus their number
    name: str
    key: str
