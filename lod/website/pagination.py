"""Long lists, split into pages: the first has the path of the list itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from lod.base.output_tree import page_path

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ListPage(Generic[T]):
    """One page of a list: its number, how many there are, the path of the first, what it shows."""

    number: int
    last: int
    first_path: str
    rows: Sequence[T]

    @property
    def path(self) -> str:
        """Return where this page stands."""
        return page_path(self.first_path, self.number)


def list_pages(path: str, items: Sequence[T], size: int, longest: int = 1) -> Iterator[ListPage[T]]:
    """Yield the pages of a list, `size` items each; at least as many as `longest` items need."""
    last = -(-max(len(items), longest) // size)
    for number in range(1, last + 1):
        yield ListPage(number, last, path, items[(number - 1) * size : number * size])
