"""The store of a release as an amendment to the one before it: their files are shared, and only
what differs is taken out and put in.

The files of a store do not change once they are written; what a store is made of today is named in
small ones, which are copied.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, Triple

from lod.dataset import read_turtle
from lod.dump import triples
from lod.site import take_over
from lod.store import load
from lod.tranches import FOLDER, differing, lines_of, names_in, uids_in

PART = 4  # of the tranches, one may differ: beyond that, to load all is quicker
BESIDE = ("reste.nt", "links.nt")  # the data that is in no tranche
DESCRIPTIONS = ("ontology", "exemples", "void", "service")  # dumps that are in the store, too


@dataclass(slots=True)
class Difference:
    """Lines of N-Triples that go, and that come; what moves does neither."""

    out: set[bytes] = field(default_factory=set)
    into: set[bytes] = field(default_factory=set)

    def add(self, old: Iterable[bytes], new: Iterable[bytes]) -> None:
        """Take in what became of one part of a release."""
        was, is_ = set(old), set(new)
        self.out |= was - is_
        self.into |= is_ - was

    def settle(self) -> None:
        """Forget what only went from one part to another."""
        moved = self.out & self.into
        self.out -= moved
        self.into -= moved


@dataclass(frozen=True, slots=True)
class Modifiees:
    """Where two releases differ: names of tranches, and their questions, before and after."""

    noms: list[str]
    avant: set[str]
    apres: set[str]


def modifiees(before: Path | None, work: Path) -> Modifiees | None:
    """Return where a release differs from the one before; None if that is nearly everywhere.

    None, too, if a question is gone: what somebody has withdrawn must not stay in the files of a
    store, even if no query finds it.
    """
    if before is None:
        return None
    old, new = before / FOLDER, work / FOLDER
    noms = differing(old, new)
    if len(noms) * PART > len(names_in(new)):
        return None
    found = Modifiees(noms, uids_in(old, noms), uids_in(new, noms))
    return found if found.avant <= found.apres else None


def amend(
    before: Path,
    work: Path,
    where: Modifiees,
    graphs: Iterable[str],
    reponses: Mapping[str, Iterable[str]],
) -> bool:
    """Make the store of a release hold its data, and nothing else, on top of that of the one
    before; return whether that could be done.

    `graphs` are the IRIs of the named ones, which are written anew; `reponses` are the questions
    that each answer serves.
    """
    folder = work / "store"
    try:
        found = _difference(before, work, where, reponses)
        _link(before / "store", folder)
    except OSError:  # none there, or not readable
        shutil.rmtree(folder, ignore_errors=True)
        return False
    store = Store(str(folder))
    for graph in graphs:
        store.remove_graph(NamedNode(graph))
    for triple in (*_descriptions(before), *triples(b"".join(found.out))):
        store.remove(Quad(triple.subject, triple.predicate, triple.object, DefaultGraph()))
    store.flush()
    del store  # closed before it is opened once more
    load(folder, [b"".join(sorted(found.into))])
    return True


def _difference(
    before: Path, work: Path, where: Modifiees, reponses: Mapping[str, Iterable[str]]
) -> Difference:
    """Return what differs in the data of two releases; raise OSError if a file is missing."""
    old, new, found = before / FOLDER, work / FOLDER, Difference()
    for nom in where.noms:
        found.add(lines_of(old / nom), lines_of(new / nom))
    # an answer that another tranche has, too, stays
    for nom in where.noms:
        found.out.difference_update(lines_of(new / nom))
    found.out = {
        line for line in found.out if where.apres.issuperset(reponses.get(_document(line), ()))
    }
    for beside in BESIDE:
        found.add(_lines(before / beside), _lines(work / beside))
    found.settle()
    return found


def _document(line: bytes) -> str:
    """Return the IRI of the document that a line stands in."""
    return line[1 : line.index(b">")].partition(b"#")[0].decode()


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def _descriptions(before: Path) -> Iterator[Triple]:
    """Yield what describes a release, and is in its store beside the data."""
    for name in DESCRIPTIONS:
        yield from read_turtle(before / "dumps" / f"{name}.ttl")


def _link(old: Path, new: Path) -> None:
    """Give a folder the files of a store: those that never change as links."""
    new.mkdir()
    for path in old.iterdir():
        if path.suffix == ".sst":
            take_over(path, new / path.name)
        elif not path.name.startswith("LOG") and path.name != "LOCK":
            shutil.copyfile(path, new / path.name)
