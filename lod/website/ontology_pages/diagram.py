"""The picture of the model: boxes where `site/modele.csv` puts them, arrows between them.

The table says where a class stands; the properties come from the Turtle. Only labels and names
depend on the language.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from lod.base import packaged
from lod.website.ontology_pages.routing import (
    Rectangle,
    Way,
    find_way,
    label_places,
    overlap,
    rectangle_of,
    touches,
)
from lod.website.ontology_pages.terms import ModelTerms, own_terms, relations, superclasses

COLUMN_STEP, ROW_STEP = 166.0, 100.0  # from one column to the next, from one row to the next
BOX_WIDTH, BOX_HEIGHT, MARGIN = 130.0, 52.0, 6.0
LETTER_WIDTH, BOLD_WIDTH, LINE_HEIGHT = (
    6.9,
    8.2,
    15.0,
)  # widths of a letter, in a box bold; height of a line


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassBox:
    """A class on the picture."""

    term: str
    x: float
    y: float
    width: float
    height: float
    is_foreign: bool

    @property
    def rectangle(self) -> Rectangle:
        """Return the edges of the box."""
        return (self.x, self.y, self.x + self.width, self.y + self.height)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """An arrow from a class to a class, and the properties that it stands for."""

    source: str
    target: str
    properties: tuple[str, ...]
    points: Way

    @property
    def svg_path(self) -> str:
        """Return the way as SVG spells it."""
        return _svg_path(self.points)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrowLabel:
    """The label of one property beside its arrow; `anchor` is what `x` is of the text."""

    term: str
    text: str
    is_foreign: bool
    x: float
    y: float
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDiagram:
    """The whole picture; `trunks` end at a superclass, `branches` are the rest of its tree."""

    rectangle: Rectangle
    boxes: tuple[ClassBox, ...]
    names: dict[str, tuple[str, ...]]
    arrows: tuple[Arrow, ...]
    labels: tuple[ArrowLabel, ...]
    trunks: tuple[str, ...]
    branches: tuple[str, ...]


@cache
def places() -> dict[str, tuple[float, float, float]]:
    """Return class → (column, row, width) of the table."""
    with packaged.MODEL.open(encoding="utf-8", newline="") as file:
        return {
            row["class"]: (float(row["column"]), float(row["row"]), float(row["width"]))
            for row in csv.DictReader(file)
        }


def draw_model(model: ModelTerms) -> ModelDiagram:
    """Return the picture of the model in its language."""
    boxes, trees, arrows = lay_out()
    ways = [f.points for f in arrows] + [way for tree in trees for way in tree]
    segments = [rectangle_of(s) for way in ways for s in pairwise(way)]
    edges = _canvas([*(b.rectangle for b in boxes.values()), *segments])
    return ModelDiagram(
        rectangle=edges,
        boxes=tuple(boxes.values()),
        names={t: _name_lines(model.names[t]) for t, b in boxes.items() if not b.is_foreign},
        arrows=arrows,
        labels=tuple(_arrow_labels(arrows, model, [*boxes.values()], ways, edges)),
        trunks=tuple(_svg_path(trunk) for trunk, *_ in trees),
        branches=tuple(_svg_path(way) for _, *branches in trees for way in branches),
    )


@cache
def lay_out() -> tuple[dict[str, ClassBox], tuple[tuple[Way, ...], ...], tuple[Arrow, ...]]:
    """Return boxes, trees of subclasses and arrows: no language changes them."""
    boxes = {term: _class_box(term) for term in places()}
    trees = tuple(_subclass_trees(boxes))
    rectangles = [box.rectangle for box in boxes.values()]
    taken = [way for tree in trees for way in tree]
    arrows: list[Arrow] = []
    for (source, target), properties in _linked_pairs(boxes):
        points = find_way(boxes[source].rectangle, boxes[target].rectangle, rectangles, taken)
        taken.append(points)
        arrows.append(Arrow(source=source, target=target, properties=properties, points=points))
    return boxes, trees, tuple(arrows)


def _canvas(rectangles: list[Rectangle]) -> Rectangle:
    """Return the edges of the picture."""
    left, top, right, bottom = zip(*rectangles, strict=True)
    return min(left) - MARGIN, min(top) - MARGIN, max(right) + MARGIN, max(bottom) + MARGIN


def _svg_path(points: Way) -> str:
    return "M" + " L".join(f"{x:g} {y:g}" for x, y in points)


def _class_box(term: str) -> ClassBox:
    column, row, width = places()[term]
    wide = BOX_WIDTH + (width - 1) * COLUMN_STEP
    return ClassBox(
        term=term,
        x=column * COLUMN_STEP - wide / 2,
        y=row * ROW_STEP,
        width=wide,
        height=BOX_HEIGHT,
        is_foreign=term not in own_terms(),
    )


def _name_lines(text: str) -> tuple[str, ...]:
    """Return a name on one line, or on two where a box is too narrow for it."""
    first, _, rest = text.partition(" ")
    return (text,) if len(text) * BOLD_WIDTH < BOX_WIDTH or not rest else (first, rest)


def _linked_pairs(boxes: dict[str, ClassBox]) -> list[tuple[tuple[str, str], tuple[str, ...]]]:
    """Return (class, class) → the properties from one to the other; easy ways first, loops last."""
    found: dict[tuple[str, str], list[str]] = {}
    for a, p, b in relations():
        if a in boxes and b in boxes:
            found.setdefault((a, b), []).append(p)

    def length(pair: tuple[str, str]) -> tuple[bool, bool, float, tuple[str, str]]:
        a, b = boxes[pair[0]], boxes[pair[1]]
        aligned = bool(overlap(a.rectangle, b.rectangle, 0) or overlap(a.rectangle, b.rectangle, 1))
        return a is b, not aligned, abs(a.y - b.y) + abs(a.x - b.x), pair

    return [(pair, tuple(found[pair])) for pair in sorted(found, key=length)]


def _subclass_trees(boxes: dict[str, ClassBox]) -> Iterator[tuple[Way, ...]]:
    """Yield trunk, bough and branches for each superclass, which stands above its subclasses."""
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
    arrows: tuple[Arrow, ...],
    model: ModelTerms,
    boxes: list[ClassBox],
    ways: list[Way],
    canvas: Rectangle,
) -> Iterator[ArrowLabel]:
    """Yield the labels, the largest block of them first, each in the freest place it can have."""
    blocked = [box.rectangle for box in boxes]
    texts = {f: [_property_label(p, model) for p in f.properties] for f in arrows}
    sizes = {f: (max(map(len, t)) * LETTER_WIDTH, LINE_HEIGHT * len(t)) for f, t in texts.items()}
    for arrow in sorted(arrows, key=lambda f: (-sizes[f][1], -sizes[f][0], f.source, f.target)):
        others = [rectangle_of(s) for way in ways if way != arrow.points for s in pairwise(way)]
        places = list(label_places(arrow.points, *sizes[arrow]))
        costs = [_disturbance(box, blocked, others, canvas) for _, box in places]
        alignment, box = places[costs.index(min(costs))]
        blocked.append(box)
        yield from _label_block(arrow, texts[arrow], alignment, box)


def _property_label(property_term: str, model: ModelTerms) -> str:
    """Return what an arrow calls a property: a foreign one by its prefixed name."""
    return model.names[property_term] if property_term in own_terms() else property_term


def _disturbance(
    box: Rectangle, blocked: list[Rectangle], others: list[Rectangle], canvas: Rectangle
) -> int:
    """Return how much a label disturbs: outside the picture, over a box or a label, over a line."""
    outside = box[0] < canvas[0] or box[2] > canvas[2]
    over = sum(touches(box, other, 2) for other in blocked)
    return 20 * outside + 10 * over + 4 * sum(touches(box, other, 1) for other in others)


def _label_block(
    arrow: Arrow, texts: list[str], alignment: str, box: Rectangle
) -> Iterator[ArrowLabel]:
    """Yield the labels of one arrow, a line each."""
    x = {"start": box[0], "end": box[2], "middle": (box[0] + box[2]) / 2}[alignment]
    for n, (term, text) in enumerate(zip(arrow.properties, texts, strict=True)):
        yield ArrowLabel(
            term=term,
            text=text,
            is_foreign=term not in own_terms(),
            x=round(x, 1),
            y=round(box[1] + LINE_HEIGHT * n + 11.5, 1),
            anchor=alignment,
        )
