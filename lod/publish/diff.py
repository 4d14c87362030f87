"""The command `lod diff`: two releases compared and printed, as a table of counts, an RDF Patch of
their triples, or their changed questions in JSON or CSV.

`changes.py` finds the changed questions; triples that differ are sorted on disk, not in memory.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import IO

from pyoxigraph import Quad

from lod.base.errors import LodError, UsageError
from lod.base.tabular import aligned, csv_line
from lod.publish.changes import CHANGE_KINDS, Change, changes_between, counts_of
from lod.publish.kept_releases import KeptRelease, find
from lod.publish.release import holding
from lod.publish.void import named_graphs
from lod.rdf.iris import Iris
from lod.rdf.serialize import read_turtle
from lod.rdf.store import open_store

DESCRIBING = ("ontology", "exemples", "void", "service")  # dumps of what describes the data
# graphs of a store, by their IRIs below the base, the default graph by ""; each with its dumps
GRAPHS = {"": ("questions", *DESCRIBING)} | {
    graph.path: tuple(file.partition(".")[0] for file in graph.fichiers)
    for graph in named_graphs().values()
}
PARTS = tuple(chain.from_iterable(GRAPHS.values()))  # the dumps that are loaded into a store
HEADER = ("uid", "question", "nom", "titre", "genres", "champs")


def _differing(old: KeptRelease, new: KeptRelease) -> sqlite3.Connection:
    """Return the triples that only one of two releases has, in a temporary file on disk."""
    disk = sqlite3.connect("")  # a file without a name, gone when it is closed
    disk.execute("CREATE TABLE ecart (partie, texte, cote)")
    stores = [open_store(release.folder / "store") for release in (old, new)]
    for side, release in enumerate((old, new)):
        quads = (quad for quad in stores[side] if quad not in stores[1 - side])
        rows = ((part, f"{quad} .", side) for part, quad in _by_part(release, quads))
        disk.executemany("INSERT INTO ecart VALUES (?, ?, ?)", rows)
    return disk


def _by_part(release: KeptRelease, quads: Iterable[Quad]) -> Iterator[tuple[str, Quad]]:
    """Yield (dump that has it, quad) for some quads of a release; leave out unknown graphs."""
    base, dumps = release.manifest["base"], release.folder / "dumps"
    in_later_dump = {
        (graph, triple): part
        for graph, (_, *later) in GRAPHS.items()
        for part in later
        for triple in read_turtle(dumps / f"{part}.ttl")
    }
    for quad in quads:
        graph = getattr(quad.graph_name, "value", base).removeprefix(base)
        if parts := GRAPHS.get(graph):
            yield in_later_dump.get((graph, quad.triple), parts[0]), quad


def _counts(disk: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    """Return dump → (triples that only the old release has, that only the new one has)."""
    rows = disk.execute("SELECT partie, sum(cote = 0), sum(cote = 1) FROM ecart GROUP BY partie")
    return dict.fromkeys(PARTS, (0, 0)) | {part: (removed, added) for part, removed, added in rows}


def diff(folder: Path, before: str, after: str, form: str, out: IO[bytes]) -> str:
    """Write the differences of two releases, named as for `find`, in one of FORMS; return a line of
    totals.

    Raises UsageError if their bases differ, LodError if their questions cannot be compared.
    """
    old, new = find(folder, before), find(folder, after)
    old_base, new_base = old.manifest["base"], new.manifest["base"]
    if old_base != new_base:
        raise UsageError(
            f"{old.id} is published below {old_base}, {new.id} below {new_base}: nothing in "
            "them is the same; name two releases with one base"
        )
    with holding(old.folder), holding(new.folder):
        return FORMS[form](old, new, out)


def _changes(old: KeptRelease, new: KeptRelease) -> list[Change]:
    """Return the changed questions; raise LodError if they cannot be known."""
    store = open_store(new.folder / "store")
    changes, reason = changes_between(old.folder, str(new.manifest["base"]), store)
    if reason:
        raise LodError(
            f"{old.id} and {new.id} cannot be compared by question ({reason}); "
            "ask for --format patch"
        )
    return changes


def _table(old: KeptRelease, new: KeptRelease, out: IO[bytes]) -> str:
    """Write tables of counts: of both releases, of changes by kind, of triples by dump."""
    changes = _changes(old, new)
    kinds = counts_of(changes)
    with closing(_differing(old, new)) as disk:
        counts = _counts(disk)
    tables: tuple[list[list[object]], ...] = (
        [
            ["", "before", "after"],
            ["release", old.id, new.id],
            ["data up to", old.manifest["donnees_au"], new.manifest["donnees_au"]],
            ["questions", old.questions, new.questions],
            ["triples", old.triples, new.triples],
        ],
        [["change", "questions"], *([kind, kinds.get(kind, 0)] for kind in CHANGE_KINDS)],
        [["triples of", "removed", "added"], *([part, *n] for part, n in counts.items())],
    )
    out.write("\n".join(map(aligned, tables)).encode())
    return f"{len(changes)} questions changed; {_totals(counts)}"


def _patch(old: KeptRelease, new: KeptRelease, out: IO[bytes]) -> str:
    """Write an RDF Patch of one transaction: first the deletions, then the additions."""
    out.write(f'H before "{old.id}" .\nH after "{new.id}" .\nTX .\n'.encode())
    with closing(_differing(old, new)) as disk:
        text = "SELECT substr('DA', cote + 1, 1), texte FROM ecart ORDER BY cote, partie, texte"
        out.writelines(f"{letter} {line}\n".encode() for letter, line in disk.execute(text))
        counts = _counts(disk)
    out.write(b"TC .\n")
    return _totals(counts)


def _totals(counts: dict[str, tuple[int, int]]) -> str:
    removed, added = (sum(n) for n in zip(*counts.values(), strict=True))
    return f"{removed} triples removed, {added} added"


def _csv(old: KeptRelease, new: KeptRelease, out: IO[bytes]) -> str:
    iris, changes = Iris(str(new.manifest["base"])), _changes(old, new)
    out.write(csv_line(HEADER))
    for c in changes:
        joined = {"genres": " ".join(c.kinds), "champs": " ".join(c.champs)}
        out.write(csv_line({**_fields(c, iris), **joined}.values()))
    return f"{len(changes)} questions changed"


def _json(old: KeptRelease, new: KeptRelease, out: IO[bytes]) -> str:
    """Write a JSON document, with a line for each changed question."""
    iris, changes = Iris(str(new.manifest["base"])), _changes(old, new)
    head = {"avant": old.id, "apres": new.id, "comptes": counts_of(changes)}
    lines = ",".join(f"\n{_json_text(_fields(c, iris))}" for c in changes)
    out.write(f'{_json_text(head)[:-1]}, "changements": [{lines}\n]}}\n'.encode())
    return f"{len(changes)} questions changed"


def _fields(c: Change, iris: Iris) -> dict[str, object]:
    values = (c.uid, iris.question(c.uid).value, c.name, c.titre, c.kinds, c.champs)
    return dict(zip(HEADER, values, strict=True))


def _json_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


FORMS: dict[str, Callable[[KeptRelease, KeptRelease, IO[bytes]], str]] = {
    "table": _table,
    "patch": _patch,
    "json": _json,
    "csv": _csv,
}
