"""The command `lod diff`: two releases compared and printed, as a table of counts, an RDF Patch of
their triples, or their changed questions in JSON or CSV.

`changes.py` finds the changed questions; triples are compared on disk, not in memory.
"""

import gzip
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, cast

from pyoxigraph import RdfFormat, parse

from lod.base.errors import LodError, UsageError
from lod.base.tabular import aligned, csv_line
from lod.publish.changes import CHANGE_KINDS, Change, changes_between, counts_of
from lod.publish.kept_releases import KeptRelease, find
from lod.publish.void import named_graphs
from lod.rdf.iris import Iris
from lod.rdf.store import open_store

# dumps that are loaded into the store → their graph, below the base; "": the default graph
PARTS = {"questions": ""} | {
    file.partition(".")[0]: graph.path
    for graph in named_graphs().values()
    for file in graph.fichiers
}
TURTLE = RdfFormat.TURTLE
HEADER = ("uid", "question", "nom", "titre", "genres", "champs")


class TripleDiff(AbstractContextManager["TripleDiff"]):
    """The triples that only one of two releases has, by dump, in a temporary file on disk."""

    def __init__(self, old: KeptRelease, new: KeptRelease) -> None:
        self._base = str(new.manifest["base"])
        self._disk = sqlite3.connect("")  # a file without a name, gone when it is closed
        self._disk.execute("CREATE TABLE ligne (partie, texte, cote)")
        for part in PARTS:
            if _sum(old, part) != _sum(new, part):
                for side, release in enumerate((old, new)):
                    rows = ((part, line, side) for line in _lines(release.folder, part))
                    self._disk.executemany("INSERT INTO ligne VALUES (?, ?, ?)", rows)
        self._disk.execute(
            "CREATE TABLE ecart AS SELECT partie, texte, max(cote) AS cote FROM ligne "
            "GROUP BY partie, texte HAVING min(cote) = max(cote) ORDER BY partie, texte"
        )
        self._disk.execute("DROP TABLE ligne")

    def __exit__(self, *exc: object) -> None:
        self._disk.close()

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return dump → (triples that only the old release has, that only the new one has)."""
        rows = self._disk.execute(
            "SELECT partie, sum(cote = 0), sum(cote = 1) FROM ecart GROUP BY partie"
        )
        by_part = {part: (removed, added) for part, removed, added in rows}
        return {part: by_part.get(part, (0, 0)) for part in PARTS}

    def patch(self, side: int) -> Iterator[bytes]:
        """Yield the triples that only one side has, 0 old or 1 new, as lines of N-Quads."""
        rows = self._disk.execute(
            "SELECT partie, texte FROM ecart WHERE cote = ? ORDER BY rowid", (side,)
        )
        for part, line in rows:
            graph = f"<{self._base}{PARTS[part]}> .".encode() if PARTS[part] else b"."
            yield line.removesuffix(b".") + graph


def _lines(release: Path, part: str) -> Iterator[bytes]:
    """Yield the triples of a dump as lines of N-Triples; none if the release does not have it."""
    path = _dump(release, part)
    if path is None:
        return
    with _opened(path) as file:
        if ".nt" in path.suffixes:
            yield from (line.rstrip() for line in file if not line.startswith(b"#"))
        else:
            yield from (f"{q.triple} .".encode() for q in parse(file, format=TURTLE))


def _opened(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def _dump(release: Path, part: str) -> Path | None:
    """Return the file of a dump, whichever its form; None if the release does not have it."""
    paths = (release / "dumps" / f"{part}{end}" for end in (".nt.gz", ".ttl.gz", ".ttl"))
    return next((path for path in paths if path.is_file()), None)


def _sum(release: KeptRelease, part: str) -> str:
    """Return the SHA-256 of a dump by the manifest, or ""; dumps of equal sums are not read."""
    path = _dump(release.folder, part)
    return str(release.manifest["files"][path.name]["sha256"]) if path else ""


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
    with TripleDiff(old, new) as triples:
        counts = triples.counts()
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
    with TripleDiff(old, new) as triples:
        for side, letter in enumerate((b"D ", b"A ")):
            for line in triples.patch(side):
                out.write(letter + line + b"\n")
        counts = triples.counts()
    out.write(b"TC .\n")
    return _totals(counts)


def _totals(counts: dict[str, tuple[int, int]]) -> str:
    removed, added = (sum(n) for n in zip(*counts.values(), strict=True))
    return f"{removed} triples removed, {added} added"


def _csv(old: KeptRelease, new: KeptRelease, out: IO[bytes]) -> str:
    """Write a row of CSV for each changed question."""
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
    """Return column → value of a changed question."""
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
