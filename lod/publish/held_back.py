"""Releases that wait for somebody's look: written, with the reasons, but not made current.

The reasons stand beside the releases, whose bytes depend on no day. Each build removes what earlier
ones have left waiting, so that one waits at most.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from lod.base import durable
from lod.base.errors import LodError
from lod.base.tabular import indented_json
from lod.pipeline.questions.previous import DAMAGED
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.release import RELEASES, Lineage, current_or_none, move, remove, taking_place

HELD = "held.json"  # beside the releases: identity → reasons


def held_back(folder: Path) -> dict[str, list[str]]:
    """Return identity → reasons of each release of a folder that waits."""
    here = current_or_none(folder)
    return {
        identity: reasons
        for identity, reasons in _noted(folder).items()
        if (folder / RELEASES / identity).is_dir() and not (here and here.name == identity)
    }


def _noted(folder: Path) -> dict[str, list[str]]:
    """Return what is noted, also of releases that a killed command did not write or remove."""
    path = folder / HELD
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, list[str]])
    except FileNotFoundError:
        return {}
    except msgspec.MsgspecError as error:
        raise LodError(
            f"{path}: it cannot be read ({error}); remove it, and build again"
        ) from error


def hold_back(work: Path, folder: Path, lineage: Lineage, reasons: Sequence[str]) -> None:
    """Move a complete build to its name and note why it waits; `current` stays as it is.

    The note comes first: a killed command leaves no release that nobody knows to be held.
    """
    with taking_place(folder, lineage) as target:
        _note(folder, _noted(folder) | {lineage.identity: [*reasons]})
        move(work, target)


def let_go(folder: Path, newest: str = "") -> None:
    """Remove the releases that wait, but the newest; forget those that do not wait any more."""
    with durable.lock_folder(folder / RELEASES):
        waiting = held_back(folder)
        for identity in waiting.keys() - {newest}:
            if remove(folder / RELEASES / identity):
                del waiting[identity]
        if waiting != _noted(folder):
            _note(folder, waiting)


def _note(folder: Path, waiting: dict[str, list[str]]) -> None:
    durable.write(folder / HELD, indented_json(waiting))


def still_public(current: Path | None, withheld: Collection[str]) -> Iterator[str]:
    """Yield in words that the current release has what the one that waits withholds."""
    if current and withheld:
        with suppress(*DAMAGED):
            for uid in filter(PublishedQuestions(current).has, sorted(withheld)):
                yield f"{uid}: withheld by this release, and public until one without it is current"
