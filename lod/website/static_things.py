"""What the search of a static host names beside questions: things by the words of their names, in a
file for each two letters that a word begins with.
"""

from collections.abc import Iterator
from typing import Any

from lod.publish.search.things import ThingIndex
from lod.publish.search.words import STOP_WORDS

PREFIX = 2  # letters of a word that name its file
Row = list[Any]  # kind, path, name, detail, number of questions, words


def things_by_file(things: ThingIndex) -> Iterator[tuple[str, list[Row]]]:
    """Yield (file, things with a word that begins so), sorted: as the server shows them."""
    files: dict[str, list[Row]] = {}
    for thing, words in things.in_order():
        telling = [word for word in words if word not in STOP_WORDS]
        row = [thing.kind, thing.path, thing.name, thing.detail, thing.count or 0, telling]
        for key in dict.fromkeys(word[:PREFIX] for word in telling if word.isascii()):
            files.setdefault(key, []).append(row)
    yield from sorted(files.items())
