"""The file `textes-communs.db` of a release: texts that were compared, and pairs that were found.

Only the next build reads it: it copies what the file has of unchanged questions, so that no two
texts are compared twice. Its tables are in `kept.sql`; it is written at the end, in order, so that
the same texts give the same bytes.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from itertools import chain
from pathlib import Path

import msgspec

from lod.base.durable import read_only
from lod.base.packing import Codec
from lod.extensions.common_texts.candidates import METHOD, NUMBERS, WORDS
from lod.extensions.common_texts.comparison import Comparison
from lod.extensions.common_texts.texts import SignedText
from lod.pipeline.questions.question_db import QUESTIONS_FILE

KEPT_FILE = "textes-communs.db"
SCHEMA = Path(__file__).with_name("kept.sql")
# property: how signatures are made; those made differently cannot be compared
SIGNATURE = ("signature", f"{METHOD} {WORDS} {NUMBERS}")
SUM = "somme"  # property: hash of all rows, by which damage is noticed
TABLES = ("vue", "texte", "paire")
COMPARISON = Codec(Comparison)
Pair = tuple[str, str]  # IRIs, the lower first


class KeptTexts(AbstractContextManager["KeptTexts"]):
    """The file of a release that is being made."""

    def __init__(self, release: Path) -> None:
        self._path = release / KEPT_FILE
        # a file without a name, gone when it is closed
        self._disk = sqlite3.connect("file:", uri=True, isolation_level=None)
        self._disk.executescript(SCHEMA.read_text("utf-8"))
        self._disk.execute("CREATE TABLE mots (iri TEXT PRIMARY KEY, mots BLOB)")  # not written
        self._disk.execute("ATTACH ? AS q", (read_only(release / QUESTIONS_FILE),))
        self._disk.execute("BEGIN")
        self._disk.execute("INSERT INTO propriete VALUES (?, ?)", SIGNATURE)

    def __exit__(self, kind: object, *exc: object) -> None:
        if kind is None:
            self._disk.execute("INSERT INTO propriete VALUES (?, ?)", (SUM, self._sum("main")))
            self._disk.execute("DROP TABLE mots")
            self._disk.execute("COMMIT")
            self._disk.execute("VACUUM main INTO ?", (str(self._path),))  # in the order of the keys
        self._disk.close()

    def take_over(self, before: Path | None) -> None:
        """Copy what the release before has of unchanged questions; nothing from a file that is
        damaged, or has signatures made differently.
        """
        if before is None or not (before / KEPT_FILE).is_file():
            return
        self._disk.execute("COMMIT")
        is_usable = False
        with suppress(sqlite3.Error, UnicodeError):
            self._disk.execute("ATTACH ? AS avant", (read_only(before / KEPT_FILE),))
            properties = dict(self._disk.execute("SELECT nom, valeur FROM avant.propriete"))
            is_usable = properties == dict([SIGNATURE, (SUM, self._sum("avant"))])
        self._disk.execute("BEGIN")
        if not is_usable:
            return
        # EXISTS looks each row up; with `IN`, SQLite might scan one table for each row of another
        self._disk.execute(
            "INSERT INTO vue SELECT uid, cle FROM avant.vue v WHERE "
            "EXISTS (SELECT 1 FROM q.question WHERE uid = v.uid AND cle = v.cle)"
        )
        self._disk.execute(
            "INSERT INTO texte SELECT * FROM avant.texte t WHERE "
            "EXISTS (SELECT 1 FROM main.vue WHERE uid = t.uid)"
        )
        self._disk.execute(
            "INSERT INTO paire SELECT * FROM avant.paire WHERE "
            "EXISTS (SELECT 1 FROM main.texte WHERE iri = un) AND "
            "EXISTS (SELECT 1 FROM main.texte WHERE iri = autre)"
        )

    def _sum(self, schema: str) -> str:
        """Return the hash of all rows of a file."""
        hashed = hashlib.sha256()
        for table in TABLES:
            for row in self._disk.execute(f"SELECT * FROM {schema}.{table}"):  # by primary key
                hashed.update(msgspec.msgpack.encode(row))
        return hashed.hexdigest()

    def new_uids(self) -> list[str]:
        """Return the questions that are not there yet, in order."""
        text = "SELECT uid FROM q.question WHERE uid NOT IN (SELECT uid FROM vue) ORDER BY rang"
        return [uid for (uid,) in self._disk.execute(text)]

    def known(self) -> set[str]:
        """Return the IRIs of the texts that are there."""
        return {iri for (iri,) in self._disk.execute("SELECT iri FROM texte")}

    def add(self, texts: Sequence[tuple[SignedText, bytes]]) -> None:
        """Write texts; keep their words for `words`."""
        insert = "INSERT INTO texte VALUES (?, ?, ?, ?, ?, ?)"
        self._disk.executemany(insert, (text for text, _ in texts))
        rows = ((text.iri, words) for text, words in texts)
        self._disk.executemany("INSERT OR IGNORE INTO mots VALUES (?, ?)", rows)

    def complete(self) -> None:
        """Note that the texts of all questions are there."""
        self._disk.execute("INSERT OR IGNORE INTO vue SELECT uid, cle FROM q.question")

    def texts(self, kind: str) -> list[SignedText]:
        """Return the texts of a kind, each once, by IRI."""
        first = "uid = (SELECT min(uid) FROM texte WHERE iri = t.iri)"
        text = f"SELECT * FROM texte t WHERE genre = ? AND {first} ORDER BY iri"
        return [SignedText(*row) for row in self._disk.execute(text, (kind,))]

    def text(self, iri: str) -> SignedText:
        text = "SELECT * FROM texte WHERE iri = ? ORDER BY uid LIMIT 1"
        return SignedText(*self._disk.execute(text, (iri,)).fetchone())

    def words(self, iris: Iterable[str]) -> dict[str, bytes]:
        """Return IRI → words, as they were added; texts that were taken over are left out."""
        rows = (self._disk.execute("SELECT * FROM mots WHERE iri = ?", (iri,)) for iri in iris)
        return dict(chain.from_iterable(rows))

    def add_pairs(self, pairs: Iterable[tuple[Pair, Comparison]]) -> None:
        """Write what pairs have in common."""
        rows = ((*pair, COMPARISON.encode(comparison)) for pair, comparison in pairs)
        self._disk.executemany("INSERT INTO paire VALUES (?, ?, ?)", rows)

    def pairs(self) -> Iterator[tuple[Pair, Comparison]]:
        """Yield all pairs, sorted."""
        for first, other, packed in self._disk.execute("SELECT * FROM paire ORDER BY un, autre"):
            yield (first, other), COMPARISON.decode(packed)
