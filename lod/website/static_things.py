"""What the search of a static host names beside questions: things by the words of their names, in a
file for each two letters that a word begins with; cited texts by their number, communes by their
name and their postal codes.
"""

from collections.abc import Iterator
from typing import Any

from lod.publish.search.search_index import SearchIndex
from lod.publish.search.things import ThingIndex
from lod.publish.search.words import STOP_WORDS

PREFIX = 2  # letters of a word that name its file
COMMON = ("saint", "sainte")
Row = list[Any]  # kind, path, name, detail, number of questions, words


def things_by_file(things: ThingIndex) -> Iterator[tuple[str, list[Row]]]:
    """Yield (file, things with a word that begins so), sorted: as the server shows them."""
    files: dict[str, list[Row]] = {}
    for thing, words in things.in_order():
        telling = [word for word in words if word not in STOP_WORDS]
        path = thing.eli or thing.path  # no filter works without a server
        row = [thing.kind, path, thing.name, thing.detail, thing.count or 0, telling]
        finding = [thing.key.rpartition("-")[2]] if thing.eli else telling
        for key in dict.fromkeys(word[:PREFIX] for word in finding if word.isascii()):
            files.setdefault(key, []).append(row)
    yield from sorted(files.items())


def communes_by_file(index: SearchIndex) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (file, communes with their departments), sorted, the largest commune first.

    « Saint » and « Sainte », with which too many begin, do not name a file unless they are alone.
    """
    files: dict[str, list[Row]] = {}  # name, end of the IRI of the department, postal codes
    places = index.things.departements()
    with index.connection() as connection:
        for commune, name, codes in index.communes.in_order(connection):
            place = commune.page.partition("/")[2]
            row = [commune.name, place, " ".join(codes)]
            telling = next((w for w in name.split() if w not in COMMON), name)
            for key in dict.fromkeys(word[:PREFIX] for word in (telling, *codes)):
                files.setdefault(key, []).append(row)
    for key, rows in sorted(files.items()):
        yield (
            key,
            {"lieux": {p: places[p] for p in sorted({p for _, p, _ in rows})}, "fiches": rows},
        )
