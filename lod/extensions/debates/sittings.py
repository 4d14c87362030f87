"""Read the official record of a sitting (« Syceron » XML): its points that are questions, and who
speaks in each of them.

A point has a title and paragraphs, each of one person. Points are found wherever they stand: the
levels that they state are not how they are nested. Of a text only its beginning is kept.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from lxml.etree import _Element

from lod.base.errors import Remark, SourceError, Where
from lod.base.inputs import records
from lod.model.interventions import CHAIR, CIVILITY
from lod.model.text import fold
from lod.reference.matching import name_key, only
from lod.sources.markup import flat, line_of, local, words, xml_record

OFFICIAL = "https://www.assemblee-nationale.fr/dyn/{}/comptes-rendus/seance/{}"
UID = re.compile(r"CRSANR5L([0-9]{1,2})[A-Z0-9]{1,40}", re.ASCII)
QUESTION = re.compile(r"(QG|QPM|QOSD)_[0-9_]+", re.ASCII)  # codes of points that are questions
ANCHOR = re.compile(r"[0-9]{1,12}", re.ASCII)
PERSON = re.compile(r"(?:PA)?([1-9][0-9]{0,11})", re.ASCII)  # 0 is a crowd, below it is a role
SECONDS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?", re.ASCII)
MOMENT = re.compile(r"([0-9]{8})([0-9]{2})?([0-9]{2})?[0-9]*", re.ASCII)
QUESTIONS = "points that are questions"
BEGINNING, CHARACTERS = 5, 200  # words of a text by which it is known, looked for in so many


class Key(NamedTuple):
    """What a paragraph and a turn of a record have in common."""

    name: str  # of the speaker, as `name_key`
    words: str  # the first of what is said, folded


def key_of(name: str, said: str) -> Key:
    """Return the key of what somebody says: the next line may be a paragraph of its own."""
    line = said.strip().partition("\n")[0]
    return Key(name_key(name), " ".join(fold(line[:CHARACTERS]).split()[:BEGINNING]))


class Paragraph(NamedTuple):
    """What one person says, or its beginning."""

    anchor: str  # on the official page; "" if the file states none, or states it twice
    speaker: str  # as printed; "" for stage directions
    person: str | None  # `PA…`; None for a crowd, a role, and where identifiers contradict
    has_floor: bool  # neither the chair nor an interruption
    seconds: float | None  # from an origin that is not stated
    key: Key


class Point(NamedTuple):
    """A question of a sitting."""

    anchor: str
    line: int  # of its file
    type: str  # of the questions that it may be: QG or QOSD
    title: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def author(self) -> str | None:
        """The person who first has the floor."""
        speakers = (p.person for p in self.paragraphs if p.has_floor and p.speaker)
        return next(speakers, None)


class Sitting(NamedTuple):
    """A sitting, with its points that are questions."""

    path: str
    uid: str
    day: date
    hour: str  # `15 h`, `21 h 30`; "" if it is not stated
    points: tuple[Point, ...]
    counts: Counter[str]  # points, paragraphs, persons of the whole file

    @property
    def address(self) -> str:
        """Its page on the official site."""
        return OFFICIAL.format(int(UID.fullmatch(self.uid)[1]), self.uid)  # type: ignore[index]

    def address_of(self, anchor: str) -> str:
        """Return the address of a point or a paragraph there; "" without an anchor."""
        return f"{self.address}#{anchor}" if anchor else ""


def read_sitting(data: bytes, path: str) -> Sitting:
    """Return what a file states; raise SourceError if it is no whole record of a sitting."""
    root = xml_record("compteRendu", data, path)
    try:
        uid, moment = _stated(root, "uid"), _stated(root, "dateSeance")
        if not UID.fullmatch(uid):
            raise ValueError(f"uid '{uid}' is not that of a sitting")
        if not (match := MOMENT.fullmatch(moment)):
            raise ValueError(f"dateSeance '{moment}' is no day")
        seen = Counter(e.get("id_syceron") for e in root.iter("{*}point", "{*}paragraphe"))
        counts, points = Counter[str](), list[Point]()
        for element in root.iter("{*}point"):
            point = _point(element, seen)
            counts["points"] += 1
            counts["paragraphs"] += len(point.paragraphs)
            counts["persons"] += sum(p.person is not None for p in point.paragraphs)
            counts[QUESTIONS] += bool(point.type)
            points += [point] if point.type else []
        return Sitting(path, uid, _day(match[1]), _hour(match), tuple(points), counts)
    except ValueError as error:
        raise SourceError(Where(path), str(error), "fetch the file again") from error


def read_sittings(
    paths: Iterable[Path], refused: list[Remark], counts: Counter[str]
) -> Iterator[Sitting]:
    """Yield the sittings of files, folders and archives, one at a time; why others are refused is
    added to `refused`, and to `counts` how much there is.
    """
    places: dict[str, str] = {}  # uid → the file that has it
    for record in records(paths):
        counts["files"] += 1
        if record.fault:
            refused.append(record.fault)
            continue
        try:
            sitting = read_sitting(record.data, record.path)
        except SourceError as error:
            refused.append(error.remark)
            continue
        if before := places.get(sitting.uid):
            wrong = f"the sitting {sitting.uid} is read from {before} already"
            refused.append(Remark(Where(record.path), wrong, "give one of the two files"))
            continue
        places[sitting.uid] = Path(record.path).name  # what is told is published
        counts.update(sitting.counts)
        yield sitting


def _day(digits: str) -> date:
    return date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")


def _hour(match: re.Match[str]) -> str:
    _, hours, minutes = match.groups()
    if not hours or int(hours) > 23:
        return ""
    return f"{int(hours)} h {minutes}" if minutes and minutes != "00" else f"{int(hours)} h"


def _stated(root: _Element, name: str) -> str:
    """Return the text of the first element of a name in the head; "" if there is none."""
    places = (root, *root.iterchildren("{*}metadonnees"))
    return next((words(e) for place in places for e in place.iterchildren("{*}" + name)), "")


def _point(element: _Element, seen: Counter[str | None]) -> Point:
    code = QUESTION.fullmatch(element.get("code_grammaire") or "")
    type_ = ("QOSD" if code[1] == "QOSD" else "QG") if code else ""
    titles = (words(e) for e in element.iterchildren("{*}texte")) if code else ()
    paragraphs = (_paragraph(e, seen) for e in element.iterchildren("{*}paragraphe"))
    title = next(iter(titles), "")
    return Point(_anchor(element, seen), line_of(element), type_, title, tuple(paragraphs))


def _anchor(element: _Element, seen: Counter[str | None]) -> str:
    anchor = element.get("id_syceron") or ""
    return anchor if ANCHOR.fullmatch(anchor) and seen[anchor] == 1 else ""


def _paragraph(element: _Element, seen: Counter[str | None]) -> Paragraph:
    speakers = list(element.iterfind("{*}orateurs/{*}orateur"))
    names = (words(e) for speaker in speakers for e in speaker.iterchildren("{*}nom"))
    name, text = next(names, ""), next(element.iterchildren("{*}texte"), None)
    seconds = text.get("stime") or "" if text is not None else ""
    is_chair = CHAIR.fullmatch(CIVILITY.sub("", fold(name), count=1)) is not None
    is_chair |= element.get("roledebat") == "president"
    interrupts = (element.get("code_grammaire") or "").startswith("INTERRUPTION")
    return Paragraph(
        anchor=_anchor(element, seen),
        speaker=name,
        person=only(set(_persons(element, speakers))),
        has_floor=not (is_chair or interrupts),
        seconds=float(seconds) if SECONDS.fullmatch(seconds) else None,
        key=key_of(name, _first_line(text) if text is not None else ""),
    )


def _first_line(element: _Element) -> str:
    pieces = [element.text or ""]
    for inner in element:
        if local(inner) == "br":
            break
        pieces += [flat(inner), inner.tail or ""]
    return " ".join("".join(pieces).split())


def _persons(element: _Element, speakers: list[_Element]) -> Iterator[str]:
    """Yield the identifiers of a paragraph and of its speakers that are persons."""
    stated = [element.get("id_acteur") or ""]
    stated += [words(e) for s in speakers for e in s if local(e) in ("id", "acteurRef")]
    yield from (f"PA{match[1]}" for value in stated if (match := PERSON.fullmatch(value)))
