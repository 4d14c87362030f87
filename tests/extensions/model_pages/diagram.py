"""Draw the pictures of the model: a box for each class, an arrow for its properties.

One picture shows the core, the other all. `modele.csv` says where the boxes of each are; classes
and properties come from ontology and shapes. Only names depend on the language. When the ontology
has changed: `python -m tests.extensions.model_pages.diagram`, then look at the pictures on
`def.html`, and move in the table what a new box disturbs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from lod.base.tabular import rows as csv_rows
from lod.extensions.model_pages.page import FOLDER, PICTURES, fixed_words
from lod.extensions.model_pages.terms import ModelTerms, model_terms, superclasses
from lod.website.model.model_graph import own_terms
from lod.website.model.shape_tables import relations
from lod.website.rendering.language import LANGUAGES, written_in
from lod.website.rendering.templates import environment
from tests.extensions.model_pages.routing import (
    Rectangle,
    Way,
    find_way,
    label_places,
    overlap,
    rectangle_of,
    touches,
)

COLUMN_STEP, ROW_STEP = 166.0, 100.0  # from one column to the next, from one row to the next
BOX_WIDTH, BOX_HEIGHT, MARGIN = 130.0, 52.0, 6.0
LETTER_WIDTH, BOLD_WIDTH = 6.9, 8.2  # of a letter of a label; of a name in a box
LINE_HEIGHT = 15.0  # of a label
CORE, ALL = PICTURES
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassBox:
    """The box of a class."""

    term: str
    x: float  # of its left side
    y: float  # of its upper side
    width: float
    height: float
    is_foreign: bool  # the class is of another vocabulary

    @property
    def rectangle(self) -> Rectangle:
        """The edges of the box."""
        return (self.x, self.y, self.x + self.width, self.y + self.height)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """An arrow from a class to a class."""

    source: str  # class
    target: str  # class
    properties: tuple[str, ...]  # that lead from one to the other
    points: Way

    @property
    def svg_path(self) -> str:
        """Its way as an SVG path."""
        return _svg_path(self.points)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrowLabel:
    """The label of one property beside its arrow."""

    term: str  # the property
    text: str
    is_foreign: bool  # the property is of another vocabulary
    x: float  # of its anchor
    y: float  # of its base line
    anchor: str  # the part of the text that stands at x: start, middle or end


@dataclass(frozen=True, slots=True, kw_only=True)
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
    """Return a picture of a model, in its language."""
    boxes, trees, arrows = lay_out(picture, model.core if picture == CORE else None)
    ways = [a.points for a in arrows] + [way for tree in trees for way in tree]
    segments = [rectangle_of(s) for way in ways for s in pairwise(way)]
    edges = _canvas([*(b.rectangle for b in boxes.values()), *segments])
    return ModelDiagram(
        name=picture,
        rectangle=edges,
        boxes=tuple(boxes.values()),
        names={t: _name_lines(model.names[t]) for t, b in boxes.items() if not b.is_foreign},
        arrows=arrows,
        labels=tuple(_arrow_labels(arrows, model, [*boxes.values()], ways, edges)),
        trunks=tuple(_svg_path(trunk) for trunk, *_ in trees),
        branches=tuple(_svg_path(way) for _, *branches in trees for way in branches),
    )


@cache
def lay_out(
    picture: str, shown: frozenset[str] | None
) -> tuple[dict[str, ClassBox], tuple[tuple[Way, ...], ...], tuple[Arrow, ...]]:
    """Return boxes, trees of subclasses and arrows, which are the same in every language.

    `shown` are the properties that have arrows; None for all of them.
    """
    boxes = {term: _class_box(term, *place) for term, place in places(picture).items()}
    trees = tuple(_subclass_trees(boxes))
    rectangles = [box.rectangle for box in boxes.values()]
    taken = [way for tree in trees for way in tree]
    arrows: list[Arrow] = []
    for (source, target), properties in _linked_pairs(boxes, shown):
        points = find_way(boxes[source].rectangle, boxes[target].rectangle, rectangles, taken)
        taken.append(points)
        arrows.append(Arrow(source=source, target=target, properties=properties, points=points))
    return boxes, trees, tuple(arrows)


def _canvas(rectangles: list[Rectangle]) -> Rectangle:
    """Return the edges of a picture of all these."""
    left, top, right, bottom = zip(*rectangles, strict=True)
    return min(left) - MARGIN, min(top) - MARGIN, max(right) + MARGIN, max(bottom) + MARGIN


def _svg_path(points: Way) -> str:
    return "M" + " L".join(f"{x:g} {y:g}" for x, y in points)


def _class_box(term: str, column: float, row: float, width: float) -> ClassBox:
    """Return the box of a class, centred on its column."""
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
    """Return a name on one line, or on two if it is too long for a box."""
    first, _, rest = text.partition(" ")
    return (text,) if len(text) * BOLD_WIDTH < BOX_WIDTH or not rest else (first, rest)


def _linked_pairs(
    boxes: dict[str, ClassBox], shown: frozenset[str] | None
) -> list[tuple[tuple[str, str], tuple[str, ...]]]:
    """Return ((class, class), properties from one to the other), in the order to be drawn: aligned
    boxes first, then near ones, a class and itself last.
    """
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
    arrows: tuple[Arrow, ...],
    model: ModelTerms,
    boxes: list[ClassBox],
    ways: list[Way],
    canvas: Rectangle,
) -> Iterator[ArrowLabel]:
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
    """Return the cost of a place: out of the picture, over boxes or labels, over lines."""
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


def svg(picture: str, language: str) -> str:
    """Return a picture as SVG, in one language."""
    model = model_terms(language)
    with written_in(language):
        template = environment().from_string((HERE / "dessin.svg").read_text("utf-8"))
        return template.render(
            dessin=draw_model(model, picture),
            modele=model,
            mots=fixed_words(),
            propres=set(own_terms()),
        )


if __name__ == "__main__":
    for name in PICTURES:
        for code, end in LANGUAGES.items():
            (FOLDER / f"{name}{end}.svg").write_text(svg(name, code), "utf-8")
