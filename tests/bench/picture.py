"""Measurements as bars: groups below each other, the longest bar of each as wide as there is room.

The picture needs nothing but itself: its colours are in it, light and dark.
"""

from dataclasses import dataclass
from typing import Any

WIDTH, NAMES, BARS = 720.0, 226.0, 420.0  # of the picture; where bars begin; of the longest one
ROW, HEAD, GAP = 20.0, 27.0, 18.0  # heights: of a bar with its room, of a title, between groups
EDGE = 16.0  # around it all


@dataclass(frozen=True, slots=True)
class Bar:
    """One value; `ours` has a colour of its own."""

    name: str
    value: float
    ours: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Bars that may be compared: what they measure, and which end is the good one."""

    title: str
    unit: str
    less: bool
    bars: tuple[Bar, ...]


def number(value: float) -> str:
    """Return a number with the digits that mean something.

    >>> number(45012.0), number(312.44), number(4.5), number(0.0213)
    ('45,012', '312', '4.50', '0.021')
    """
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.{1 if value >= 10 else 2 if value >= 0.1 else 3}f}"


def placed(groups: list[Group]) -> dict[str, Any]:
    """Return what the template draws: each title and bar in its place, and the edges."""
    y, drawn = EDGE, []
    for group in groups:
        most = max((bar.value for bar in group.bars), default=0) or 1.0
        bars = [
            {"bar": bar, "y": y + HEAD + n * ROW, "wide": max(1.0, bar.value / most * BARS)}
            for n, bar in enumerate(group.bars)
        ]
        drawn.append({"group": group, "y": y, "bars": bars})
        y += HEAD + ROW * len(bars) + GAP
    return {"groups": drawn, "width": WIDTH, "height": y - GAP + EDGE, "names": NAMES, "edge": EDGE}
