"""Long lists, split into pages: the first has the path of the list itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from lod.base.output_tree import page_path

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Feuillet(Generic[T]):
    """One page of a list: its number, how many there are, the path of the first, what it shows."""

    numero: int
    dernier: int
    premier: str
    lignes: Sequence[T]

    @property
    def path(self) -> str:
        """Return where this page stands."""
        return page_path(self.premier, self.numero)


def feuillets(path: str, items: Sequence[T], size: int, longest: int = 1) -> Iterator[Feuillet[T]]:
    """Yield the pages of a list, `size` items each; at least as many as `longest` items need."""
    last = -(-max(len(items), longest) // size)
    for number in range(1, last + 1):
        yield Feuillet(number, last, path, items[(number - 1) * size : number * size])
