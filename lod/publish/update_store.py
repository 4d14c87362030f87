"""The store of a release, made of that of the release before: it shares the files, and only what
differs is taken out and put in.

The files of a store do not change once they are written; what a store is made of today is named in
small ones, which are copied.
"""

import shutil
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, Triple

from lod.base.compression import sha256
from lod.base.output_tree import reuse_file
from lod.pipeline.question_db import PublishedQuestions
from lod.pipeline.reuse.data_delta import DAMAGED, ChangedQuestions, delta
from lod.publish.release import manifest
from lod.rdf.serialize import read_turtle, triples
from lod.rdf.store import load

DESCRIPTIONS = ("ontology", "exemples", "void", "service")  # dumps that are in the store, too


def amend(
    before: Path, questions: PublishedQuestions, changed: ChangedQuestions, graphs: Iterable[str]
) -> bool:
    """Make a store that holds the data of a release, and nothing else, of that of the one before;
    return whether that could be done.

    `graphs` are the IRIs of the named graphs, which are left out: they are written anew.
    """
    folder = questions.release / "store"
    try:
        found = delta(before, questions, changed)
        described = (read_turtle(path) for path in _descriptions(before))
        gone = [*chain.from_iterable(described), *triples(b"".join(found.removed))]
        _link(before / "store", folder)
        _take_out(folder, gone, graphs)
        load(folder, [b"".join(sorted(found.added))])
    except DAMAGED:
        shutil.rmtree(folder, ignore_errors=True)
        return False
    return True


def _descriptions(release: Path) -> Iterator[Path]:
    """Yield the files that describe a release, as it was published; raise ValueError for others.

    One that is cut off after a statement would be read without an error.
    """
    files = manifest(release)["files"]
    for name in DESCRIPTIONS:
        path = release / "dumps" / f"{name}.ttl"
        if sha256(path) != files[path.name]["sha256"]:
            raise ValueError(f"{path} is not as it was published")
        yield path


def _take_out(folder: Path, gone: Iterable[Triple], graphs: Iterable[str]) -> None:
    """Remove triples and named graphs from a store; it is closed at the end."""
    store = Store(str(folder))
    for graph in graphs:
        store.remove_graph(NamedNode(graph))
    for triple in gone:
        store.remove(Quad(triple.subject, triple.predicate, triple.object, DefaultGraph()))
    store.flush()


def _link(old: Path, new: Path) -> None:
    """Give a folder the files of a store: those that never change as links."""
    new.mkdir()
    for path in old.iterdir():
        if path.suffix == ".sst":
            reuse_file(path, new / path.name)
        elif not path.name.startswith("LOG") and path.name != "LOCK":
            shutil.copyfile(path, new / path.name)
