"""Find ways for arrows between boxes, straight or with one or two bends, and places for labels.

Of a few dozen ways the cheapest is taken: it keeps clear of rectangles, then of the ways that exist
already; then it is short, has few bends, and starts near the middle of a side.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, pairwise

Point = tuple[float, float]
Way = tuple[Point, ...]  # start, bends, end
Rectangle = tuple[float, float, float, float]  # left, top, right, bottom
CORNER, STEP = 10.0, 8.0  # from a corner to the first place of a way; between places, at least
CLEARANCE, GAP = 8.0, 16.0  # room kept free about a rectangle; between ways side by side
LOOP = 20.0  # how far a way to the same rectangle leads out of it
LONG_SIDE = 260.0  # ways start anywhere on a longer side
PARTS = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)  # of a segment, where labels may be


def find_way(a: Rectangle, b: Rectangle, rectangles: list[Rectangle], taken: list[Way]) -> Way:
    """Return the cheapest way from `a` to `b` among other rectangles and the ways taken."""
    there = [rectangle_of(segment) for way in taken for segment in pairwise(way)]
    others = [c for c in rectangles if c not in (a, b)]
    direct = chain(_straight_ways(a, b), _one_bend_ways(a, b), _two_bend_ways(a, b))
    return min(_loops(a) if a == b else direct, key=lambda way: _cost(way, a, b, others, there))


def overlap(a: Rectangle, b: Rectangle, axis: int) -> tuple[float, float] | None:
    """Return the span along an axis in which a straight way joins both; None if there is none."""
    (a_low, a_high), (b_low, b_high) = _touching_span(a, axis), _touching_span(b, axis)
    low, high = max(a_low, b_low), min(a_high, b_high)
    return (low, high) if high >= low else None


def rectangle_of(segment: tuple[Point, Point]) -> Rectangle:
    """Return a segment as a rectangle without width."""
    (x0, y0), (x1, y1) = segment
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def touches(a: Rectangle, b: Rectangle, margin: float) -> bool:
    """Say whether two rectangles meet, or come nearer than the margin.

    >>> touches((0, 0, 10, 10), (12, 0, 20, 10), 1), touches((0, 0, 10, 10), (12, 0, 20, 10), 2)
    (False, True)
    """
    across = a[0] <= b[2] + margin and b[0] <= a[2] + margin
    return across and a[1] <= b[3] + margin and b[1] <= a[3] + margin


def label_places(way: Way, wide: float, high: float) -> Iterator[tuple[str, Rectangle]]:
    """Yield (alignment, place) for a label beside a way: beside its longest segment first, from the
    middle of it on.
    """
    segments = sorted(pairwise(way), key=lambda s: -abs(s[1][0] - s[0][0]) - abs(s[1][1] - s[0][1]))
    for (x0, y0), (x1, y1) in segments:
        for part in PARTS:
            x, y = x0 + (x1 - x0) * part, y0 + (y1 - y0) * part
            if x0 == x1:
                yield "start", (x + 6, y - high / 2, x + 6 + wide, y + high / 2)
                yield "end", (x - 6 - wide, y - high / 2, x - 6, y + high / 2)
            else:
                yield "middle", (x - wide / 2, y - high - 3, x + wide / 2, y - 3)
                yield "middle", (x - wide / 2, y + 4, x + wide / 2, y + 4 + high)


def _loops(a: Rectangle) -> Iterator[Way]:
    """Yield the ways from a rectangle to itself, around each of its corners."""
    left, top, right, bottom = a
    for side, out in ((left, -LOOP), (right, LOOP)):
        for edge, away in ((bottom, LOOP), (top, -LOOP)):
            start, end = (side, edge - away * 0.7), (side - out, edge)
            bends = (side + out, start[1]), (side + out, edge + away), (end[0], edge + away)
            yield (start, *bends, end)


def _straight_ways(a: Rectangle, b: Rectangle) -> Iterator[Way]:
    """Yield the straight ways."""
    for axis in (0, 1):
        leave, arrive = _facing_side(a, b, 1 - axis), _facing_side(b, a, 1 - axis)
        if span := overlap(a, b, axis):
            yield from (_turned(((at, leave), (at, arrive)), axis) for at in _points(*span))


def _one_bend_ways(a: Rectangle, b: Rectangle) -> Iterator[Way]:
    """Yield the ways with one bend, which leave along one axis and arrive along the other."""
    for axis in (0, 1):
        for at in _points(*_touching_span(a, axis)):
            for to in _points(*_touching_span(b, 1 - axis)):
                leave, arrive = _side_towards(a, to, 1 - axis), _side_towards(b, at, axis)
                if leave is not None and arrive is not None:
                    yield _turned(((at, leave), (at, to), (arrive, to)), axis)


def _two_bend_ways(a: Rectangle, b: Rectangle) -> Iterator[Way]:
    """Yield the ways with two bends, half-way between the rectangles."""
    for axis in (0, 1):
        leave, arrive = _facing_side(a, b, 1 - axis), _facing_side(b, a, 1 - axis)
        middle = (leave + arrive) / 2
        for at in _points(*_touching_span(a, axis)):
            for to in _points(*_touching_span(b, axis)):
                yield _turned(((at, leave), (at, middle), (to, middle), (to, arrive)), axis)


def _turned(points: Iterable[Point], axis: int) -> Way:
    """Return points that were computed for axis 0 as they are for `axis`."""
    return tuple(points) if axis == 0 else tuple((y, x) for x, y in points)


def _touching_span(a: Rectangle, axis: int) -> tuple[float, float]:
    """Return the part of a side that a way may touch: not its corners."""
    return a[axis] + CORNER, a[axis + 2] - CORNER


def _points(low: float, high: float) -> list[float]:
    """Return the middle of a span, then points on both sides of it, ever farther away."""
    middle, step = (low + high) / 2, max(STEP, (high - low) / 14)
    steps = range(1, int((high - middle) // step) + 1)
    return [middle, *(middle + sign * step * n for n in steps for sign in (1, -1))]


def _facing_side(a: Rectangle, b: Rectangle, axis: int) -> float:
    """Return the coordinate of the side of `a` that faces `b`."""
    return a[axis + 2] if a[axis] < b[axis] else a[axis]


def _side_towards(a: Rectangle, at: float, axis: int) -> float | None:
    """Return the side of `a` that faces a coordinate; None if that lies inside it, or too near."""
    if a[axis] - GAP < at < a[axis + 2] + GAP:
        return None
    return a[axis + 2] if at > a[axis + 2] else a[axis]


def _cost(
    way: Way, a: Rectangle, b: Rectangle, others: list[Rectangle], there: list[Rectangle]
) -> float:
    """Return the cost of a way from `a` to `b`; `there` are the segments of other ways."""
    cost = 30.0 * (len(way) - 2) + 0.2 * _off_centre(way[0], a) + 0.2 * _off_centre(way[-1], b)
    for segment in pairwise(way):
        box = rectangle_of(segment)
        cost += 0.05 * (box[2] - box[0] + box[3] - box[1])
        cost += sum(1000 for other in others if touches(box, other, CLEARANCE))
        cost += sum(_segment_cost(box, other) for other in there)
    return round(cost, 3)


def _segment_cost(segment: Rectangle, other: Rectangle) -> float:
    """Return the cost of a segment beside another one (250), or across it (45)."""
    if not touches(segment, other, GAP):
        return 0
    if (segment[0] == segment[2]) == (other[0] == other[2]):
        return 250
    return 45 if touches(segment, other, 0) else 0


def _off_centre(point: Point, a: Rectangle) -> float:
    """Return how far from the middle of a side an end of a way is."""
    left, top, right, bottom = a
    if right - left > LONG_SIDE:
        return 0
    return min(abs(point[0] - (left + right) / 2), abs(point[1] - (top + bottom) / 2))
