"""A release as a folder for a host that only sends files: the site, and each document in each form.

A server makes those forms when they are asked for, from the store; here they are written.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pyoxigraph import Store

from lod.base.errors import UsageError
from lod.base.output_tree import OutputTree
from lod.base.parallel import batches, unordered
from lod.publish import release
from lod.publish.resource_data import triples_about
from lod.rdf.forms import every_form
from lod.rdf.iris import is_resource
from lod.rdf.store import open_store, select
from lod.rdf.vocab import NAMESPACE
from lod.website.rendering import write_forms
from lod.website.robots import pages

BATCH = 200  # documents in a task
ANSWERS = f"SELECT DISTINCT ?reponse WHERE {{ ?question <{NAMESPACE}reponse> ?reponse }}"


def export(folder: Path, target: Path, jobs: int) -> int:
    """Write the current release of a folder into another one; return the number of documents.

    Raises UsageError if that other folder has anything in it.
    """
    if target.exists() and any(target.iterdir()):
        raise UsageError(f"{target}: not empty; give a folder that is new")
    current = release.current(folder)
    shutil.copytree(current / "site", target, dirs_exist_ok=True)  # no links: it may be changed
    exporter = _Exporter(current / "store", OutputTree(target), release.manifest(current)["base"])
    found = batches(_documents(exporter), BATCH)
    return sum(unordered(exporter.write, found, jobs))


@dataclass(frozen=True)
class _Exporter:
    """What a process needs to write documents."""

    store_path: Path
    tree: OutputTree
    base: str

    @cached_property
    def store(self) -> Store:
        return open_store(self.store_path)

    def write(self, paths: list[str]) -> int:
        """Write the forms of some documents; return how many documents these are."""
        for path in paths:
            triples = triples_about(self.store.query, self.base + path)  # type: ignore[arg-type]  # a CONSTRUCT
            write_forms(self.tree, path, **every_form(triples))
        return len(paths)


def _documents(exporter: _Exporter) -> Iterator[str]:
    """Yield the paths of all documents of resources: those with a page, and all answers."""
    folder = str(exporter.tree.folder)
    with_page = (path for path in pages(folder) if is_resource(path))
    yield from (path for path in with_page if not path.startswith("reponse/"))
    for row in select(open_store(exporter.store_path), ANSWERS):
        yield row["reponse"].removeprefix(exporter.base)
