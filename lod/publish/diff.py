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
from lod.pipeline.mapping import wikidata_facts as faits
from lod.publish import history as historique
from lod.publish.changes import GENRES, Changement, Journal, entre
from lod.publish.release_list import Release, find
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
    "faits-wikidata": faits.GRAPHE,
    "historique": historique.GRAPHE,
}
TURTLE = RdfFormat.TURTLE
HEADER = ("uid", "question", "nom", "titre", "genres")


class Triples(AbstractContextManager["Triples"]):
    """The triples that only one of two releases has, by file and as N-Triples, on disk."""

    def __init__(self, avant: Release, apres: Release) -> None:
        self._base = str(apres.told["base"])
        self._disk = sqlite3.connect("")  # a file without a name, gone when it is closed
        self._disk.execute("CREATE TABLE ligne (partie, texte, cote)")
        for part in PARTS:
            if _sum(avant, part) != _sum(apres, part):
                for cote, release in enumerate((avant, apres)):
                    rows = ((part, line, cote) for line in lines(release.folder, part))
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

    def patch(self, cote: int) -> Iterator[bytes]:
        """Yield the triples of one side, 0 or 1, each a line of N-Quads."""
        rows = self._disk.execute(
            "SELECT partie, texte FROM ecart WHERE cote = ? ORDER BY rowid", (cote,)
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


def _sum(release: Release, part: str) -> str:
    """Return the SHA-256 of a file as the manifest has it: the same bytes need not be read."""
    path = _file(release.folder, part)
    return str(release.told["files"][path.name]["sha256"]) if path else ""


def diff(folder: Path, before: str, after: str, form: str, out: IO[bytes]) -> str:
    """Write what differs between two releases, named as `find` knows them, in one of FORMS;
    return a line that counts it.

    Raises UsageError if they have different bases, LodError if questions cannot be compared.
    """
    avant, apres = find(folder, before), find(folder, after)
    bases = (avant.told["base"], apres.told["base"])
    if bases[0] != bases[1]:
        raise UsageError(
            f"{avant.id} is published below {bases[0]}, {apres.id} below {bases[1]}: nothing in "
            "them is the same; name two releases with one base"
        )
    return FORMS[form](avant, apres, out)


def _journal(avant: Release, apres: Release) -> Journal:
    """Return what has changed; raise LodError if that cannot be told."""
    store = open_store(apres.folder / "store")
    journal, motif = entre(avant.folder, str(apres.told["base"]), store)
    if motif:
        with journal:
            raise LodError(
                f"{avant.id} and {apres.id} cannot be compared by question ({motif}); "
                "ask for --format patch"
            )
    return journal


def _table(avant: Release, apres: Release, out: IO[bytes]) -> str:
    """Write counts: of the releases, of changes by kind, of triples by file."""
    with _journal(avant, apres) as journal, Triples(avant, apres) as triples:
        kinds, counts = journal.comptes(), triples.counts()
        changed = len(journal)
    sides = (avant, apres)
    tables: tuple[list[list[object]], ...] = (
        [
            ["", "before", "after"],
            ["release", *(r.id for r in sides)],
            ["data up to", *(r.told["donnees_au"] for r in sides)],
            ["questions", *(r.questions for r in sides)],
            ["triples", *(r.triples for r in sides)],
        ],
        [["change", "questions"], *([kind, kinds.get(kind, 0)] for kind in GENRES)],
        [["triples of", "removed", "added"], *([part, *n] for part, n in counts.items())],
    )
    out.write("\n".join(map(aligned, tables)).encode())
    removed, added = (sum(n) for n in zip(*counts.values(), strict=True))
    return f"{changed} questions changed; {removed} triples removed, {added} added"


def _patch(avant: Release, apres: Release, out: IO[bytes]) -> str:
    """Write an RDF Patch: what is to be deleted first, for all in one transaction."""
    out.write(f'H before "{avant.id}" .\nH after "{apres.id}" .\nTX .\n'.encode())
    with Triples(avant, apres) as triples:
        for cote, letter in enumerate((b"D ", b"A ")):
            for line in triples.patch(cote):
                out.write(letter + line + b"\n")
        counts = triples.counts()
    out.write(b"TC .\n")
    removed, added = (sum(n) for n in zip(*counts.values(), strict=True))
    return f"{removed} triples removed, {added} added"


def _csv(avant: Release, apres: Release, out: IO[bytes]) -> str:
    """Write a row for each question that has changed."""
    iris = Iris(str(apres.told["base"]))
    with _journal(avant, apres) as journal:
        out.write(csv_line(HEADER))
        for c in journal:
            row = {**_said(c, iris), "genres": " ".join(c.genres)}
            out.write(csv_line(row[name] for name in HEADER))
        return f"{len(journal)} questions changed"


def _json(avant: Release, apres: Release, out: IO[bytes]) -> str:
    """Write one document, with a line for each question that has changed."""
    iris = Iris(str(apres.told["base"]))
    with _journal(avant, apres) as journal:
        head = {"avant": avant.id, "apres": apres.id, "comptes": journal.comptes()}
        out.write(f'{_dumped(head)[:-1]}, "changements": ['.encode())
        for n, c in enumerate(journal):
            out.write(f"{',' if n else ''}\n{_dumped(_said(c, iris))}".encode())
        out.write(b"\n]}\n")
        return f"{len(journal)} questions changed"


def _said(c: Changement, iris: Iris) -> dict[str, object]:
    said = (c.uid, iris.question(c.uid).value, c.nom, c.titre, c.genres)
    return dict(zip(HEADER, said, strict=True))


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


FORMS: dict[str, Callable[[Release, Release, IO[bytes]], str]] = {
    "table": _table,
    "patch": _patch,
    "json": _json,
    "csv": _csv,
}
