"""Long lists, split into pages: the first page stands at the path of the list itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from lod.base.output_tree import page_path

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ListPage(Generic[T]):
    """One page of a list."""

    number: int  # from 1 on
    last: int  # number of the last page
    first_path: str  # path of the first page, without extension
    rows: Sequence[T]  # the items on this page

    @property
    def path(self) -> str:
        """Return the path of this page, without extension."""
        return page_path(self.first_path, self.number)


def list_pages(path: str, items: Sequence[T], size: int, longest: int = 1) -> Iterator[ListPage[T]]:
    """Yield the pages of a list, `size` items each; at least as many as `longest` items need."""
    last = -(-max(len(items), longest) // size)
    for number in range(1, last + 1):
        yield ListPage(number, last, path, items[(number - 1) * size : number * size])
