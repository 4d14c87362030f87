"""The one shape of what a release holds: an output is set up, fed, finished, closed.

Each step may yield tasks, which processes do while the build goes on; `lod/build.py` has the loop.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lod.model.question import Question
from lod.pipeline.partition_file import keyed_questions
from lod.pipeline.partition_set import PartitionSet
from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache

Task = tuple[Callable[[Any, Any], object], Any]  # a function of workshop and item, and the item


@dataclass(frozen=True)
class Workshop:
    """What a process is given once, to do tasks with."""

    site: Site
    partitions: PartitionSet
    query_cache: QueryCache  # opens the store for each process by itself

    def do(self, task: Task) -> object:
        """Do one task."""
        function, item = task
        return function(self, item)


@dataclass(frozen=True)
class Partition:
    """A partition as it passes by the outputs, in the process of the build itself."""

    path: Path

    @cached_property
    def questions(self) -> list[tuple[Question, str]]:
        """Return its published questions, each with its key; read once for all outputs."""
        return keyed_questions(self.path)


class Output:
    """An output that does nothing: each takes the steps that it needs."""

    stage = ""  # what the person who waits is told when it is closed, if it takes long

    def setup(self) -> Iterable[Task]:
        """Yield what can be done before any partition passes."""
        return ()

    def feed(self, partition: Partition) -> Iterable[Task]:
        """Take in one partition; they pass in order."""
        return ()

    def finish(self) -> Iterable[Task]:
        """Yield what can be done once all partitions have passed; outputs before are finished."""
        return ()

    def close(self) -> None:
        """Write what needs all tasks to be done, and the outputs before to be closed."""


class Each(Output):
    """An output of one task for each of some items, once all partitions have passed."""

    def __init__(self, function: Callable[[Any, Any], object], items: Iterable[Any]) -> None:
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
