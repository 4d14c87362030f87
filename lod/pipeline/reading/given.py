"""What files and archives are, of those that a person gives together, by what they hold: records of
questions, archives of deputies and bodies (AMO), what extensions read beside them.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from lod.base.errors import counted
from lod.base.inputs import Record, beginning, files, records

Mark = Callable[[bytes], object]  # something true of the beginning of a file of a kind
NOTHING_BESIDE: Mapping[str, Sequence[Path]] = {}
NO_MARKS: Mapping[str, Mark] = {}
DIRECTORY = re.compile(  # how files of archives AMO begin: with one thing, or with lists of them
    rb'\s*+\{\s*+"(?:acteur|mandat|organe|deport|pays|'
    rb'(?:export"\s*+:\s*+\{[^{}\[\]]*?")?(?:acteurs|mandats|organes))"'
)


class Given(NamedTuple):
    """What a build reads, by what it holds."""

    inputs: Sequence[Path]  # as given
    without: frozenset[Path] = frozenset()  # files below them that hold no records
    reference: Sequence[Path] = ()  # archives of deputies and bodies that are given as such
    recognised: Sequence[Path] = ()  # the same below the inputs; a file of them may be useless
    beside: Mapping[str, Sequence[Path]] = NOTHING_BESIDE  # option of an extension → its files

    def records(self) -> Iterator[Record]:
        return records(self.inputs, self.without)

    @property
    def told(self) -> str:
        """What is not taken for records, in words."""
        others = len(self.without) - len(self.recognised)
        files = counted(len(self.recognised), "file")
        return f"among the inputs: {files} of deputies and bodies, {others} beside records"


def given(
    inputs: Sequence[Path],
    reference: Sequence[Path] = (),
    beside: Mapping[str, Sequence[Path]] = NOTHING_BESIDE,
    marks: Mapping[str, Mark] = NO_MARKS,
) -> Given:
    """Return what files and archives below the inputs hold; an archive is what its first file is.

    `reference` and `beside` lie elsewhere; `marks` tell the files of an option of an extension.
    """
    directory: list[Path] = []
    of_option: dict[str, list[Path]] = {name: [] for name in marks}
    for path in chain.from_iterable(sorted(files(top)) for top in sorted(inputs) if top.exists()):
        start = beginning(path)
        if DIRECTORY.match(start):
            directory.append(path)
        elif name := next((name for name, mark in marks.items() if mark(start)), ""):
            of_option[name].append(path)
    known = {path.absolute() for path in chain(reference, *beside.values())}

    def fresh(paths: list[Path]) -> list[Path]:
        return [path for path in paths if path.absolute() not in known]

    found = {name: [*beside.get(name, ()), *fresh(paths)] for name, paths in of_option.items()}
    return Given(
        inputs=inputs,
        without=frozenset(chain(directory, *of_option.values())),
        reference=reference,
        recognised=fresh(directory),
        beside={**beside, **found},
    )
