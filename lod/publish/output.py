"""The one shape of what a release holds: an output is set up, finished, closed.

Each step may yield tasks, which processes do while the build goes on; `lod/build.py` has the loop.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lod.pipeline.question_db import PublishedQuestions
from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache

KeyedPages = list[tuple[bytes, str]]  # key and path of files of the site, for the next build
# a function of workshop and item, and the item; it may return pages to be kept
Task = tuple[Callable[[Any, Any], KeyedPages | None], Any]


@dataclass(frozen=True)
class Workshop:
    """What a process is given once, to do tasks with."""

    site: Site
    questions: PublishedQuestions
    query_cache: QueryCache  # opens the store for each process by itself

    def do(self, task: Task) -> KeyedPages:
        """Do one task; return the pages that may be taken over by the next build."""
        function, item = task
        return function(self, item) or []


class Output:
    """An output that does nothing: each takes the steps that it needs."""

    stage = ""  # what the person who waits is told when it is closed, if it takes long

    def setup(self) -> Iterable[Task]:
        """Yield what can be done at once."""
        return ()

    def finish(self) -> Iterable[Task]:
        """Yield what can be done once the outputs before are finished."""
        return ()

    def close(self) -> None:
        """Write what needs all tasks to be done, and the outputs before to be closed."""


class Each(Output):
    """An output of one task for each of some items, once the outputs before are finished."""

    def __init__(
        self, function: Callable[[Any, Any], KeyedPages | None], items: Iterable[Any]
    ) -> None:
        self._function, self._items = function, items

    def finish(self) -> Iterable[Task]:
        """Yield the tasks."""
        return ((self._function, item) for item in self._items)


class Last(Output):
    """An output that one function writes, when all outputs before it are there."""

    def __init__(self, write: Callable[..., object], *given: object, stage: str = "") -> None:
        self._write, self._given, self.stage = write, given, stage

    def close(self) -> None:
        """Have it written."""
        self._write(*self._given)
