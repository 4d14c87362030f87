"""The store of a release, made of that of the release before: it shares the files, and only what
differs is taken out and put in.

The files of a store do not change once they are written; what a store is made of today is named in
small ones, which are copied.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import DefaultGraph, Quad, Store, Triple

from lod.base.output_tree import reuse_file
from lod.pipeline.question_db import PublishedQuestions
from lod.pipeline.reuse.data_delta import DAMAGED, ChangedQuestions, delta
from lod.rdf.serialize import triples
from lod.rdf.store import load


def amend(before: Path, questions: PublishedQuestions, changed: ChangedQuestions) -> bool:
    """Make a store that holds the data of a release, and nothing else, of that of the one before;
    return whether that could be done.

    The named graphs are left out: they are written anew.
    """
    folder = questions.release / "store"
    try:
        found = delta(before, questions, changed)
        _link(before / "store", folder)
        _take_out(folder, triples(b"".join(found.removed)))
        load(folder, [b"".join(sorted(found.added))])
    except DAMAGED:
        shutil.rmtree(folder, ignore_errors=True)
        return False
    return True


def _take_out(folder: Path, gone: Iterable[Triple]) -> None:
    """Remove triples and all named graphs from a store; it is closed at the end."""
    store = Store(str(folder))
    for graph in list(store.named_graphs()):
        store.remove_graph(graph)
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
