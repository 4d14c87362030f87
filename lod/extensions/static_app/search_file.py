"""The full-text index of a release as files that a browser reads by ranges: SQLite in pieces, and
for filters and orders a packed column each. What finds and ranks is the index of the server itself.
"""

import gzip
import shutil
import sqlite3
from array import array
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from lod.base import packing
from lod.base.durable import UNJOURNALED
from lod.model.dates import french_date
from lod.publish.search.full_text import MOST_STEMS, WEIGHTS
from lod.publish.search.parameters import MOST_WORDS, facet_columns
from lod.publish.search.question_numbers import IGNORED_WORDS, TYPE_WORDS
from lod.publish.search.search_index import SearchIndex
from lod.publish.search.search_terms import SHORTEST_BEGINNING, by_acronym, by_expansion
from lod.publish.search.things import KIND_WORDS
from lod.publish.search.words import STOP_STEMS, WORD, composed, fold_word, stem_of, stems_of
from lod.rdf.ontology import types
from lod.reference.tables import legislatures
from lod.website.indexes.static_search import NAMED_QUESTIONS
from lod.website.rendering.templates import typeset

PIECE = 40 << 20  # bytes of a piece: below what hosts of files take
PLURAL = ("s", "x")
PAGE = 4096  # bytes that are read at once
KEPT = ("propriete", "lexique", "mots")  # beginnings of the tables of the index that stay
# number of a question → what a hit shows of it
HITS = f"""
SELECT question.id, uid, titre, question.nom, coalesce(jour, ''), coalesce(auteur.nom, ''),
  coalesce(ministere.nom, ''), coalesce(rubrique.nom, ''), coalesce(statut.cle, ''),
  coalesce(statut.nom, ''), coalesce(departement.nom, '')
{NAMED_QUESTIONS}
ORDER BY question.id
"""
TABLES = """
CREATE TABLE fiche (id INTEGER PRIMARY KEY, contenu TEXT NOT NULL);
CREATE TABLE racine (mot TEXT PRIMARY KEY, racine TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE numero (uid TEXT PRIMARY KEY, id INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE personne (lettres TEXT PRIMARY KEY, nom TEXT NOT NULL) WITHOUT ROWID;
"""


def write_search_file(index: Path, folder: Path) -> dict[str, Any]:
    """Write the files of the search into a folder; return what its script must know of them."""
    folder.mkdir(parents=True, exist_ok=True)
    work = folder / "neuf.sqlite"
    shutil.copyfile(index, work)
    with closing(SearchIndex(index)) as opened:
        _rewrite(work, opened)
        version = packing.sha256(work)[:12]
        _write_columns(opened, folder / version)
    pieces = _cut(work, folder / version)
    return {
        "dossier": version,
        "octets": sum(pieces),
        "part": PIECE,
        "page": PAGE,
        "poids": WEIGHTS,
        "completees": MOST_STEMS,
        "debut": SHORTEST_BEGINNING,
        "mots": MOST_WORDS,
        "vides": sorted(STOP_STEMS),
        "genres": sorted({*KIND_WORDS, "m"}),
        "sigles": {typed: [stems_of(text) for text in texts]
                   for typed, texts in by_acronym().items()},
        "developpements": {" ".join(stems): [stems_of(t) for t in texts]
                           for stems, texts in by_expansion().items()},
        "facettes": [*facet_columns()],
        "types": sorted(types()),
        "types_dits": TYPE_WORDS,
        "sans_sens": sorted(IGNORED_WORDS),
        "legislatures": [*legislatures()],
    }  # fmt: skip


def _rewrite(path: Path, index: SearchIndex) -> None:
    """Leave in a copy of the index what finds; add what a hit shows, stems, and names of people."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(UNJOURNALED + TABLES)
        connection.execute("BEGIN")
        hits = ((number, orjson.dumps(row).decode()) for number, *row in _hits(connection))
        connection.executemany("INSERT INTO fiche VALUES (?, ?)", hits)
        connection.executemany(
            "INSERT INTO racine VALUES (?, ?)", sorted(_stems(index, connection))
        )
        connection.execute("INSERT INTO numero SELECT uid, id FROM question")
        people = sorted(index.things.people().items())
        connection.executemany("INSERT OR IGNORE INTO personne VALUES (?, ?)", people)
        tables = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        for (name,) in tables:
            if not name.startswith((*KEPT, "fiche", "numero", "racine", "personne")):
                connection.execute(f"DROP TABLE {name}")
        connection.execute("COMMIT")
        connection.execute(f"PRAGMA page_size = {PAGE}")
        connection.execute("VACUUM")


def _hits(connection: sqlite3.Connection) -> Iterator[list[Any]]:
    for number, uid, title, name, day, *names in connection.execute(HITS):
        said = french_date(date.fromisoformat(day)) if day else ""
        yield [number, uid, typeset(title), typeset(name), day, typeset(said), *map(typeset, names)]


def _stems(index: SearchIndex, connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """Return (folded word, its stem) of all words that can be found, where these differ, or the
    word looks like a plural and is none: « bois ».
    """
    expanded = by_acronym().items()
    texts = {piece for a, those in expanded for text in (a, *those) for piece in text.split()}
    for (names,) in connection.execute("SELECT titre FROM question UNION SELECT nom FROM valeur"):
        texts.update(names.split())
    for number in range(1, len(index) + 1):
        [(_, written)] = index.read_hits([number])
        for text in written:
            texts.update(text.split())
    words = {word for text in texts for word in WORD.findall(composed(text))}
    pairs = ((fold_word(word), stem_of(word)) for word in words)
    return {(w, stem) for w, stem in pairs if w and (w != stem or w.endswith(PLURAL))}


def _write_columns(index: SearchIndex, folder: Path) -> None:
    """Write a packed column of 32-bit numbers for each facet and order; and the values."""
    folder.mkdir()
    for name, column in index.sorting_columns().items():
        _packed(folder / f"{name}.bin.gz", array("i", column).tobytes())
    values = {n: [v.facet, v.key, v.name, v.broader] for n, v in index.facet_values.items()}
    _packed(folder / "valeurs.json.gz", orjson.dumps(values, option=orjson.OPT_NON_STR_KEYS))


def _packed(path: Path, data: bytes) -> None:
    path.write_bytes(gzip.compress(data, mtime=0))


def _cut(work: Path, folder: Path) -> list[int]:
    """Cut a file into pieces; return their sizes."""
    sizes: list[int] = []
    with work.open("rb") as whole:
        while data := whole.read(PIECE):
            (folder / f"{len(sizes)}.sqlite").write_bytes(data)
            sizes.append(len(data))
    work.unlink()
    return sizes
