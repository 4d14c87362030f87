"""Draw the pictures of the model: a box for each class, an arrow for its properties.

One picture shows the core, the other all. `modele.csv` says where the boxes of each are; classes
and properties come from ontology and shapes. Only names depend on the language. When the ontology
has changed: `python -m tests.extensions.model_pages.diagram`, then look at the pictures on
`def.html`, and move in the table what a new box disturbs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise
from pathlib import Path

from lod.base.tabular import rows as csv_rows
from lod.extensions.model_pages.model_graph import own_terms
from lod.extensions.model_pages.page import FOLDER, PICTURES, fixed_words
from lod.extensions.model_pages.shape_tables import relations
from lod.extensions.model_pages.terms import ModelTerms, model_terms, superclasses
from lod.website.rendering.language import LANGUAGES, written_in
from lod.website.rendering.templates import environment

COLUMN_STEP, ROW_STEP = 166.0, 100.0  # from one column to the next, from one row to the next
BOX_WIDTH, BOX_HEIGHT, MARGIN = 130.0, 52.0, 6.0
LETTER_WIDTH, BOLD_WIDTH = 6.9, 8.2  # of a letter of a label; of a name in a box
LINE_HEIGHT = 15.0  # of a label
CORE, ALL = PICTURES
HERE = Path(__file__).parent
Point = tuple[float, float]
Way = tuple[Point, ...]  # start, bends, end
Rectangle = tuple[float, float, float, float]  # left, top, right, bottom
CORNER, STEP = 10.0, 8.0  # from a corner to the first place of a way; between places, at least
CLEARANCE, GAP = 8.0, 16.0  # room kept free about a rectangle; between ways side by side
LOOP = 20.0  # how far a way to the same rectangle leads out of it
LONG_SIDE = 260.0  # ways start anywhere on a longer side
PARTS = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)  # of a segment, where labels may be


@dataclass(frozen=True, slots=True)
class ClassBox:
    term: str
    x: float  # of its left side
    y: float  # of its upper side
    width: float
    height: float
    is_foreign: bool  # the class is of another vocabulary

    @property
    def rectangle(self) -> Rectangle:
        return (self.x, self.y, self.x + self.width, self.y + self.height)


@dataclass(frozen=True, slots=True)
class Arrow:
    source: str  # class
    target: str  # class
    properties: tuple[str, ...]  # that lead from one to the other
    points: Way

    @property
    def svg_path(self) -> str:
        return _svg_path(self.points)


@dataclass(frozen=True, slots=True)
class ArrowLabel:
    term: str  # the property
    text: str
    is_foreign: bool  # the property is of another vocabulary
    x: float  # of its anchor
    y: float  # of its base line
    anchor: str  # the part of the text that stands at x: start, middle or end


@dataclass(frozen=True, slots=True)
class ModelDiagram:
    """A whole picture, in one language."""

    name: str  # one of PICTURES
    rectangle: Rectangle  # its edges
    boxes: tuple[ClassBox, ...]
    names: dict[str, tuple[str, ...]]  # class of ours → its name, in one line or two
    arrows: tuple[Arrow, ...]
    labels: tuple[ArrowLabel, ...]
    trunks: tuple[str, ...]  # SVG paths of the lines that end at a superclass
    branches: tuple[str, ...]  # SVG paths of the other lines to its subclasses


@cache
def places(picture: str) -> dict[str, tuple[float, float, float]]:
    """Return class → (column, row, width in columns) on a picture, from the table."""
    return {
        row["class"]: (float(row["column"]), float(row["row"]), float(row["width"]))
        for row in csv_rows(HERE / "modele.csv")
        if row["picture"] == picture
    }


def draw_model(model: ModelTerms, picture: str) -> ModelDiagram:
    boxes, trees, arrows = lay_out(picture, model.core if picture == CORE else None)
    ways = [a.points for a in arrows] + [way for tree in trees for way in tree]
    segments = [rectangle_of(s) for way in ways for s in pairwise(way)]
    edges = _canvas([*(b.rectangle for b in boxes.values()), *segments])
    names = {t: _name_lines(model.names[t]) for t, b in boxes.items() if not b.is_foreign}
    labels = tuple(_arrow_labels(arrows, model, [*boxes.values()], ways, edges))
    trunks = tuple(_svg_path(trunk) for trunk, *_ in trees)
    branches = tuple(_svg_path(way) for _, *branches in trees for way in branches)
    shown = tuple(boxes.values())
    return ModelDiagram(picture, edges, shown, names, arrows, labels, trunks, branches)


@cache
def lay_out(
    picture: str, shown: frozenset[str] | None
) -> tuple[dict[str, ClassBox], tuple[tuple[Way, ...], ...], tuple[Arrow, ...]]:
    """Return boxes, trees and arrows of some properties (None: of all), whatever the language."""
    boxes = {term: _class_box(term, *place) for term, place in places(picture).items()}
    trees = tuple(_subclass_trees(boxes))
    rectangles = [box.rectangle for box in boxes.values()]
    taken = [way for tree in trees for way in tree]
    arrows: list[Arrow] = []
    for (source, target), properties in _linked_pairs(boxes, shown):
        points = find_way(boxes[source].rectangle, boxes[target].rectangle, rectangles, taken)
        taken.append(points)
        arrows.append(Arrow(source, target, properties, points))
    return boxes, trees, tuple(arrows)


def _canvas(rectangles: list[Rectangle]) -> Rectangle:
    left, top, right, bottom = zip(*rectangles, strict=True)
    return min(left) - MARGIN, min(top) - MARGIN, max(right) + MARGIN, max(bottom) + MARGIN


def _svg_path(points: Way) -> str:
    return "M" + " L".join(f"{x:g} {y:g}" for x, y in points)


def _class_box(term: str, column: float, row: float, width: float) -> ClassBox:
    wide = BOX_WIDTH + (width - 1) * COLUMN_STEP
    left, top = column * COLUMN_STEP - wide / 2, row * ROW_STEP
    return ClassBox(term, left, top, wide, BOX_HEIGHT, is_foreign=term not in own_terms())


def _name_lines(text: str) -> tuple[str, ...]:
    first, _, rest = text.partition(" ")
    return (text,) if len(text) * BOLD_WIDTH < BOX_WIDTH or not rest else (first, rest)


def _linked_pairs(
    boxes: dict[str, ClassBox], shown: frozenset[str] | None
) -> list[tuple[tuple[str, str], tuple[str, ...]]]:
    """Return pairs of classes with the properties between them: aligned, then near, then loops."""
    found: dict[tuple[str, str], list[str]] = {}
    for a, p, b in relations():
        if a in boxes and b in boxes and (shown is None or p in shown):
            found.setdefault((a, b), []).append(p)

    def order(pair: tuple[str, str]) -> tuple[bool, bool, float, tuple[str, str]]:
        a, b = boxes[pair[0]], boxes[pair[1]]
        aligned = bool(overlap(a.rectangle, b.rectangle, 0) or overlap(a.rectangle, b.rectangle, 1))
        return a is b, not aligned, abs(a.y - b.y) + abs(a.x - b.x), pair

    return [(pair, tuple(found[pair])) for pair in sorted(found, key=order)]


def _subclass_trees(boxes: dict[str, ClassBox]) -> Iterator[tuple[Way, ...]]:
    """Yield, for each superclass, the line down from it, the line across, those to subclasses."""
    for term, top in boxes.items():
        under = [b for t, b in boxes.items() if term in superclasses(t)]
        if under:
            x, high = top.x + top.width / 2, min(b.y for b in under) - 26
            middles = [b.x + b.width / 2 for b in under]
            yield (
                ((x, high), (x, top.y + top.height)),
                ((min(x, *middles), high), (max(x, *middles), high)),
                *(((m, b.y), (m, high)) for m, b in zip(middles, under, strict=True)),
            )


def _arrow_labels(
    arrows: tuple[Arrow, ...], model: ModelTerms, boxes: list[ClassBox], ways: list[Way],
    canvas: Rectangle,
) -> Iterator[ArrowLabel]:  # fmt: skip
    """Yield the labels of all arrows; the largest blocks first choose the place with least cost."""
    blocked = [box.rectangle for box in boxes]
    own = own_terms()
    texts = {a: [model.names[p] if p in own else p for p in a.properties] for a in arrows}
    sizes = {a: (max(map(len, t)) * LETTER_WIDTH, LINE_HEIGHT * len(t)) for a, t in texts.items()}
    for arrow in sorted(arrows, key=lambda a: (-sizes[a][1], -sizes[a][0], a.source, a.target)):
        others = [rectangle_of(s) for way in ways if way != arrow.points for s in pairwise(way)]
        places = list(label_places(arrow.points, *sizes[arrow]))
        costs = [_cost(box, blocked, others, canvas) for _, box in places]
        alignment, box = places[costs.index(min(costs))]
        blocked.append(box)
        yield from _label_block(arrow, texts[arrow], alignment, box)


def _cost(
    box: Rectangle, blocked: list[Rectangle], others: list[Rectangle], canvas: Rectangle
) -> int:
    outside = box[0] < canvas[0] or box[2] > canvas[2]
    over = sum(touches(box, other, 2) for other in blocked)
    return 20 * outside + 10 * over + 4 * sum(touches(box, other, 1) for other in others)


def _label_block(
    arrow: Arrow, texts: list[str], alignment: str, box: Rectangle
) -> Iterator[ArrowLabel]:
    x = {"start": box[0], "end": box[2], "middle": (box[0] + box[2]) / 2}[alignment]
    for n, (term, text) in enumerate(zip(arrow.properties, texts, strict=True)):
        y, is_foreign = round(box[1] + LINE_HEIGHT * n + 11.5, 1), term not in own_terms()
        yield ArrowLabel(term, text, is_foreign, round(x, 1), y, alignment)


def find_way(a: Rectangle, b: Rectangle, rectangles: list[Rectangle], taken: list[Way]) -> Way:
    """Return the cheapest way from `a` to `b`, straight or with one or two bends: it keeps clear of
    other rectangles, then of the ways taken; then it is short, has few bends, and starts near the
    middle of a side.
    """
    there = [rectangle_of(segment) for way in taken for segment in pairwise(way)]
    others = [c for c in rectangles if c not in (a, b)]
    direct = chain(_straight_ways(a, b), _one_bend_ways(a, b), _two_bend_ways(a, b))
    return min(_loops(a) if a == b else direct, key=lambda way: _way_cost(way, a, b, others, there))


def overlap(a: Rectangle, b: Rectangle, axis: int) -> tuple[float, float] | None:
    """Return the span along an axis in which a straight way joins both; None if there is none."""
    (a_low, a_high), (b_low, b_high) = _touching_span(a, axis), _touching_span(b, axis)
    low, high = max(a_low, b_low), min(a_high, b_high)
    return (low, high) if high >= low else None


def rectangle_of(segment: tuple[Point, Point]) -> Rectangle:
    (x0, y0), (x1, y1) = segment
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def touches(a: Rectangle, b: Rectangle, margin: float) -> bool:
    across = a[0] <= b[2] + margin and b[0] <= a[2] + margin
    return across and a[1] <= b[3] + margin and b[1] <= a[3] + margin


def label_places(way: Way, wide: float, high: float) -> Iterator[tuple[str, Rectangle]]:
    """Yield (alignment, place) for a label beside a way: beside its longest segment first."""
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
    left, top, right, bottom = a
    for side, out in ((left, -LOOP), (right, LOOP)):
        for edge, away in ((bottom, LOOP), (top, -LOOP)):
            start, end = (side, edge - away * 0.7), (side - out, edge)
            bends = (side + out, start[1]), (side + out, edge + away), (end[0], edge + away)
            yield (start, *bends, end)


def _straight_ways(a: Rectangle, b: Rectangle) -> Iterator[Way]:
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
    return tuple(points) if axis == 0 else tuple((y, x) for x, y in points)


def _touching_span(a: Rectangle, axis: int) -> tuple[float, float]:
    return a[axis] + CORNER, a[axis + 2] - CORNER


def _points(low: float, high: float) -> list[float]:
    """Return the middle of a span, then points on both sides of it, ever farther away."""
    middle, step = (low + high) / 2, max(STEP, (high - low) / 14)
    steps = range(1, int((high - middle) // step) + 1)
    return [middle, *(middle + sign * step * n for n in steps for sign in (1, -1))]


def _facing_side(a: Rectangle, b: Rectangle, axis: int) -> float:
    return a[axis + 2] if a[axis] < b[axis] else a[axis]


def _side_towards(a: Rectangle, at: float, axis: int) -> float | None:
    """Return the side of `a` that faces a coordinate; None if that lies inside it, or too near."""
    if a[axis] - GAP < at < a[axis + 2] + GAP:
        return None
    return a[axis + 2] if at > a[axis + 2] else a[axis]


def _way_cost(
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
    left, top, right, bottom = a
    if right - left > LONG_SIDE:
        return 0
    return min(abs(point[0] - (left + right) / 2), abs(point[1] - (top + bottom) / 2))


def svg(picture: str, language: str) -> str:
    model = model_terms(language)
    with written_in(language):
        template = environment().from_string((HERE / "dessin.svg").read_text("utf-8"))
        drawn, words = draw_model(model, picture), fixed_words()
        return template.render(dessin=drawn, modele=model, mots=words, propres={*own_terms()})


if __name__ == "__main__":
    for name in PICTURES:
        for code, end in LANGUAGES.items():
            (FOLDER / f"{name}{end}.svg").write_text(svg(name, code), "utf-8")
