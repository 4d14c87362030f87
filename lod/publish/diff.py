"""What differs between two releases: as counts, as a patch of triples, question by question.

Nothing of it is held in memory: what both have is found on disk.
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
from lod.pipeline.mapping import wikidata_facts
from lod.publish import history
from lod.publish.changes import CHANGE_KINDS, Change, ChangeLog, changes_between
from lod.publish.release_list import ReleaseFolder, find
from lod.rdf.iris import Iris
from lod.rdf.store import open_store

# what a store is loaded from, and below the base the graph that it goes into: "" is the default
PARTS = {
    "questions": "",
    "links": "",
    "ontology": "",
    "exemples": "",
    "void": "",
    "service": "",
    "faits-wikidata": wikidata_facts.GRAPH,
    "historique": history.GRAPH,
}
TURTLE = RdfFormat.TURTLE
HEADER = ("uid", "question", "nom", "titre", "genres")


class TripleDiff(AbstractContextManager["TripleDiff"]):
    """The triples that only one of two releases has, by file and as N-Triples, on disk."""

    def __init__(self, old: ReleaseFolder, new: ReleaseFolder) -> None:
        self._base = str(new.told["base"])
        self._disk = sqlite3.connect("")  # a file without a name, gone when it is closed
        self._disk.execute("CREATE TABLE ligne (partie, texte, cote)")
        for part in PARTS:
            if _sum(old, part) != _sum(new, part):
                for side, release in enumerate((old, new)):
                    rows = ((part, line, side) for line in lines(release.folder, part))
                    self._disk.executemany("INSERT INTO ligne VALUES (?, ?, ?)", rows)
        self._disk.execute(
            "CREATE TABLE ecart AS SELECT partie, texte, max(cote) AS cote FROM ligne "
            "GROUP BY partie, texte HAVING min(cote) = max(cote) ORDER BY partie, texte"
        )
        self._disk.execute("DROP TABLE ligne")

    def __exit__(self, *exc: object) -> None:
        self._disk.close()

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return file → triples that only the earlier one has, and only the later one."""
        rows = self._disk.execute(
            "SELECT partie, sum(cote = 0), sum(cote = 1) FROM ecart GROUP BY partie"
        )
        found = {part: (removed, added) for part, removed, added in rows}
        return {part: found.get(part, (0, 0)) for part in PARTS}

    def patch(self, side: int) -> Iterator[bytes]:
        """Yield the triples of one side, 0 or 1, each a line of N-Quads."""
        rows = self._disk.execute(
            "SELECT partie, texte FROM ecart WHERE cote = ? ORDER BY rowid", (side,)
        )
        for part, line in rows:
            graph = f"<{self._base}{PARTS[part]}> .".encode() if PARTS[part] else b"."
            yield line.removesuffix(b".") + graph


def lines(release: Path, part: str) -> Iterator[bytes]:
    """Yield the triples of a file of a release as lines of N-Triples; none if it is not there."""
    path = _file(release, part)
    if path is None:
        return
    with _opened(path) as file:
        if ".nt" in path.suffixes:
            yield from (line.rstrip() for line in file)
        else:
            yield from (f"{q.triple} .".encode() for q in parse(file, format=TURTLE))


def _opened(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def _file(release: Path, part: str) -> Path | None:
    paths = (release / "dumps" / f"{part}{end}" for end in (".nt.gz", ".ttl.gz", ".ttl"))
    return next((path for path in paths if path.is_file()), None)


def _sum(release: ReleaseFolder, part: str) -> str:
    """Return the SHA-256 of a file as the manifest has it: the same bytes need not be read."""
    path = _file(release.folder, part)
    return str(release.told["files"][path.name]["sha256"]) if path else ""


def diff(folder: Path, before: str, after: str, form: str, out: IO[bytes]) -> str:
    """Write what differs between two releases, named as `find` knows them, in one of FORMS;
    return a line that counts it.

    Raises UsageError if they have different bases, LodError if questions cannot be compared.
    """
    old, new = find(folder, before), find(folder, after)
    bases = (old.told["base"], new.told["base"])
    if bases[0] != bases[1]:
        raise UsageError(
            f"{old.id} is published below {bases[0]}, {new.id} below {bases[1]}: nothing in "
            "them is the same; name two releases with one base"
        )
    return FORMS[form](old, new, out)


def _change_log(old: ReleaseFolder, new: ReleaseFolder) -> ChangeLog:
    """Return what has changed; raise LodError if that cannot be told."""
    store = open_store(new.folder / "store")
    change_log, reason = changes_between(old.folder, str(new.told["base"]), store)
    if reason:
        with change_log:
            raise LodError(
                f"{old.id} and {new.id} cannot be compared by question ({reason}); "
                "ask for --format patch"
            )
    return change_log


def _table(old: ReleaseFolder, new: ReleaseFolder, out: IO[bytes]) -> str:
    """Write counts: of the releases, of changes by kind, of triples by file."""
    with _change_log(old, new) as change_log, TripleDiff(old, new) as triples:
        kinds, counts = change_log.counts(), triples.counts()
        changed = len(change_log)
    sides = (old, new)
    tables: tuple[list[list[object]], ...] = (
        [
            ["", "before", "after"],
            ["release", *(r.id for r in sides)],
            ["data up to", *(r.told["donnees_au"] for r in sides)],
            ["questions", *(r.questions for r in sides)],
            ["triples", *(r.triples for r in sides)],
        ],
        [["change", "questions"], *([kind, kinds.get(kind, 0)] for kind in CHANGE_KINDS)],
        [["triples of", "removed", "added"], *([part, *n] for part, n in counts.items())],
    )
    out.write("\n".join(map(aligned, tables)).encode())
    removed, added = (sum(n) for n in zip(*counts.values(), strict=True))
    return f"{changed} questions changed; {removed} triples removed, {added} added"


def _patch(old: ReleaseFolder, new: ReleaseFolder, out: IO[bytes]) -> str:
    """Write an RDF Patch: what is to be deleted first, for all in one transaction."""
    out.write(f'H before "{old.id}" .\nH after "{new.id}" .\nTX .\n'.encode())
    with TripleDiff(old, new) as triples:
        for side, letter in enumerate((b"D ", b"A ")):
            for line in triples.patch(side):
                out.write(letter + line + b"\n")
        counts = triples.counts()
    out.write(b"TC .\n")
    removed, added = (sum(n) for n in zip(*counts.values(), strict=True))
    return f"{removed} triples removed, {added} added"


def _csv(old: ReleaseFolder, new: ReleaseFolder, out: IO[bytes]) -> str:
    """Write a row for each question that has changed."""
    iris = Iris(str(new.told["base"]))
    with _change_log(old, new) as change_log:
        out.write(csv_line(HEADER))
        for c in change_log:
            row = {**_said(c, iris), "genres": " ".join(c.kinds)}
            out.write(csv_line(row[name] for name in HEADER))
        return f"{len(change_log)} questions changed"


def _json(old: ReleaseFolder, new: ReleaseFolder, out: IO[bytes]) -> str:
    """Write one document, with a line for each question that has changed."""
    iris = Iris(str(new.told["base"]))
    with _change_log(old, new) as change_log:
        head = {"avant": old.id, "apres": new.id, "comptes": change_log.counts()}
        out.write(f'{_dumped(head)[:-1]}, "changements": ['.encode())
        for n, c in enumerate(change_log):
            out.write(f"{',' if n else ''}\n{_dumped(_said(c, iris))}".encode())
        out.write(b"\n]}\n")
        return f"{len(change_log)} questions changed"


def _said(c: Change, iris: Iris) -> dict[str, object]:
    said = (c.uid, iris.question(c.uid).value, c.name, c.titre, c.kinds)
    return dict(zip(HEADER, said, strict=True))


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


FORMS: dict[str, Callable[[ReleaseFolder, ReleaseFolder, IO[bytes]], str]] = {
    "table": _table,
    "patch": _patch,
    "json": _json,
    "csv": _csv,
}
