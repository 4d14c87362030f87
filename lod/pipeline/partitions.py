"""A tranche of questions: made once, kept in a file, taken over by the next release as it is.

What is made depends on the records of the tranche, on the tables and on the program alone; all of
that is in its key. The file has a head, the key and the sizes of what follows; a summary, which is
all that the rest of the build needs to know of it; pieces of the dumps, each a gzip member; and the
questions.
"""

import gzip
import hashlib
import pickle
import zlib
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from io import SEEK_END, BytesIO
from itertools import accumulate, chain
from operator import attrgetter
from pathlib import Path
from typing import Any

from lod.base.compression import gzipped_member
from lod.base.output_tree import take_over
from lod.base.parallel import batches, ordered
from lod.base.tabular import csv_line
from lod.model.question import Question
from lod.pipeline.convert import Acquis, Fate, Lot, Publie, documents_of, lot
from lod.pipeline.csv_rows import csv_row
from lod.pipeline.intake import BATCH_BYTES, Connue, Lue, Tranche, longueur, relue
from lod.pipeline.partition_summary import Sommaire, relever, resumer
from lod.pipeline.reference_data import Tables
from lod.pipeline.validation.controls import control_part
from lod.pipeline.validation.validate import Result
from lod.rdf.iris import Iris, source_path
from lod.rdf.serialize import ntriples, turtle_piece

FOLDER = "tranches"
PAGES = ".pages"  # after the name of a tranche: which pages were made of it
RESTE = ".reste"  # after the name of a tranche: its pieces without what earlier ones have
LUES = "lues.pickle"  # in it: which records were read, with which program
BATCH = 256  # questions validated at once: the engine is linear, and its memory bounded
MEMBERS = ("nt", "ttl", "csv")
PARTS = ("sommaire", *MEMBERS, "questions")  # of a file, after its head


@dataclass(frozen=True)
class Etabli:
    """What a process needs to make tranches; `before` is where those of the release before are."""

    folder: Path
    site: Path  # where the bytes of the records are kept
    iris: Iris
    tables: Tables
    fabrication: str  # all else that a tranche depends on: program, shapes, settings
    engine: str  # of SHACL
    before: Path | None = None

    def faire(self, tranches: Sequence[Tranche]) -> list[Sommaire]:
        """Make some tranches; return their summaries."""
        lectures, acquis = list(self._lectures(tranches)), self._acquis(tranches)
        made = lot(lectures, self.iris, self.tables, self.engine, acquis)
        control_part(published(made))
        fates = iter(made.fates)
        return [
            self._ecrire(tranche, [next(fates) for _ in tranche.questions], made)
            for tranche in tranches
        ]

    def reprend(self, tranche: Tranche) -> bool:
        """Take over the file of the release before, if it was made of the very same."""
        path, cle = self._ancienne(tranche)
        if not path or cle != self.cle(tranche):
            return False
        take_over(path, self.folder / tranche.nom)
        return True

    def _ancienne(self, tranche: Tranche) -> tuple[Path | None, str]:
        """Return the file of a tranche in the release before and what it was made of, if that was
        with the same program, for a day on which nothing else is said; no file if there is none, or
        half of one.
        """
        path = self.before / tranche.nom if self.before else None
        try:
            with path.open("rb") if path else BytesIO() as file:
                cle, fabrication, jour, sizes = pickle.load(file)
                is_whole = file.tell() + sum(sizes) == file.seek(0, SEEK_END)
        except (OSError, EOFError, pickle.UnpicklingError, ValueError):  # none, or cut off
            return None, ""
        is_true = fabrication == self.fabrication and jour in (None, self._jour(tranche))
        return path if is_whole and is_true else None, cle

    def _acquis(self, tranches: Iterable[Tranche]) -> Acquis:
        """Return what the release before knows of questions whose tranche has changed, and they
        have not.
        """
        uids: set[str] = set()
        results: list[Result] = []
        foyers: dict[str, Counter[str]] = {}
        for tranche in tranches:
            path, _ = self._ancienne(tranche)
            if path:
                old = sommaire_of(path)
                made_of = ((lues[0].uid, self.cle_de(lues)) for lues in tranche.questions)
                uids |= {uid for uid, cle in made_of if old.cles.get(uid) == cle}
                results += old.results
                foyers |= old.foyers
        return Acquis(uids, results, foyers)

    def _jour(self, tranche: Tranche) -> str:
        return str(self.tables.donnees_au.get(tranche.questions[0][0].legislature))

    def cle(self, tranche: Tranche) -> str:
        """Return the hash of what a tranche is made of, but for the day up to which data goes."""
        return _ensemble(map(self.cle_de, tranche.questions))

    def cle_de(self, lues: Sequence[Lue]) -> str:
        """Return the hash of what a question is made of, likewise."""
        hashed = hashlib.sha256(self.fabrication.encode())
        hashed.update(self.tables.revue.empreinte_de(lues[0].uid).encode())
        for lue in lues:
            hashed.update(f"{lue.nom}\0{lue.line}\0{lue.sha256}\n".encode())
        return hashed.hexdigest()

    def _lectures(self, tranches: Iterable[Tranche]) -> Iterator[tuple[Any, ...]]:
        for lues in chain.from_iterable(map(attrgetter("questions"), tranches)):
            yield tuple(relue(one, self._data(one)) for one in lues)

    def _data(self, lue: Lue) -> bytes:
        return b"" if lue.pickled else (self.site / source_path(lue.sha256)).read_bytes()

    def _ecrire(self, tranche: Tranche, fates: list[Fate], made: Lot) -> Sommaire:
        """Write the file of a tranche; return its summary."""
        cles = [self.cle_de(lues) for lues in tranche.questions]
        sommaire = Sommaire(tranche.nom, _ensemble(cles), self._jour(tranche))
        for lue in chain.from_iterable(tranche.questions):
            sommaire.lues[lue.sha256] = lue.connue
        publies = [fate for fate in fates if isinstance(fate, Publie)]
        sommaire.cles = {
            fate.question.uid: cle
            for cle, fate in zip(cles, fates, strict=True)
            if isinstance(fate, Publie)
        }
        documents = documents_of(publies)
        resumer(sommaire, fates, documents, made, self.iris)
        relever(sommaire, documents, self.iris.base)
        texts = {iri: made.text(iri, triples) for iri, triples in documents.items()}
        rows = b"".join(csv_line(csv_row(fate.question, self.iris)) for fate in publies)
        turtle = turtle_piece(chain.from_iterable(documents.values()))
        pieces = (b"".join(texts.values()), turtle, rows)
        sizes = {iri: len(text) for iri, text in texts.items()}
        told = [fate.question for fate in publies], [*sommaire.cles.values()], sizes
        questions = pickle.dumps(told)  # with their hashes: nobody opens the summary for these
        parts = (pickle.dumps(sommaire), *map(gzipped_member, pieces), zlib.compress(questions, 1))
        jour = sommaire.jour if sommaire.tient_au_jour else None
        with (self.folder / tranche.nom).open("xb") as file:
            pickle.dump((sommaire.cle, self.fabrication, jour, tuple(map(len, parts))), file)
            file.writelines(parts)
        return sommaire


def _ensemble(cles: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(cles).encode()).hexdigest()


def faire(etabli: Etabli, tranches: Iterable[Tranche], jobs: int) -> Iterator[Sommaire]:
    """Yield the summary of every tranche, in order; only what must be is made anew."""
    order: deque[str] = deque()

    def changed() -> Iterator[Tranche]:
        for tranche in tranches:
            order.append(tranche.nom)
            if not etabli.reprend(tranche):
                yield tranche

    for _, made in ordered(etabli.faire, _heavy(changed()), jobs):
        for sommaire in made:
            while (nom := order.popleft()) != sommaire.nom:
                yield sommaire_of(etabli.folder / nom)
            yield sommaire
    for nom in order:
        yield sommaire_of(etabli.folder / nom)


def lots(
    tranches: Iterable[Tranche], iris: Iris, tables: Tables, jobs: int, engine: str
) -> Iterator[Lot]:
    """Yield the fate of every question, batch by batch; nothing is written."""
    make = partial(_lot, iris=iris, tables=tables, engine=engine)
    for _, made in ordered(make, _heavy(tranches), jobs):
        yield made


def _lot(some: Sequence[Tranche], iris: Iris, tables: Tables, engine: str) -> Lot:
    found = chain.from_iterable(tranche.questions for tranche in some)
    made = lot([tuple(map(relue, lues)) for lues in found], iris, tables, engine)
    return replace(made, documents={}, nt={})  # nobody asks for them, and they have far to go


def _heavy(tranches: Iterable[Tranche]) -> Iterator[list[Tranche]]:
    return batches(tranches, BATCH, _weight, BATCH_BYTES)


def _weight(tranche: Tranche) -> int:
    """Return the bytes of a tranche; so many, at least, that a batch has no more than BATCH."""
    octets = longueur(chain.from_iterable(tranche.questions))
    return max(octets, len(tranche.questions) * BATCH_BYTES // BATCH)


def parts_of(path: Path, *names: str) -> Iterator[bytes]:
    """Yield some of PARTS of a tranche; what is not asked for is not read.

    Raises EOFError where the file has been cut off.
    """
    with path.open("rb") as file:
        *_, sizes = pickle.load(file)
        ends = [*accumulate(sizes, initial=file.tell())]
        for name in names:
            number = PARTS.index(name)
            file.seek(ends[number])
            data = file.read(sizes[number])
            if len(data) < sizes[number]:
                raise EOFError(f"{path} is cut off; remove the release and build it anew")
            yield data


def names_in(folder: Path) -> list[str]:
    """Return the names of the tranches of a release; none if there is no such folder."""
    return [path.name for path in folder.glob("*-*-*") if path.suffix not in (PAGES, RESTE)]


def head_of(path: Path) -> tuple[Any, ...] | None:
    """Return the head of a tranche: the same head, the same content; None if there is no file."""
    try:
        with path.open("rb") as file:
            found: tuple[Any, ...] = pickle.load(file)
    except (OSError, EOFError, pickle.UnpicklingError):
        return None
    return found


def sommaire_of(path: Path) -> Sommaire:
    """Return the summary of a tranche; raise OSError or EOFError if there is none."""
    [packed] = parts_of(path, "sommaire")
    found: Sommaire = pickle.loads(packed)
    return found


def members(path: Path) -> dict[str, bytes]:
    """Return the pieces of the dumps that a tranche has, each a gzip member."""
    return dict(zip(MEMBERS, parts_of(path, *MEMBERS), strict=True))


def questions_of(path: Path) -> list[Question]:
    """Return the published questions of a tranche."""
    return [q for q, _ in cles_of(path)]


def cles_of(path: Path) -> list[tuple[Question, str]]:
    """Return the published questions of a tranche, each with the hash of what it was made of."""
    [packed] = parts_of(path, "questions")
    questions, cles, _ = pickle.loads(zlib.decompress(packed))
    return list(zip(questions, cles, strict=True))


def documents_in(path: Path) -> tuple[list[Question], dict[str, bytes]]:
    """Return the published questions of a tranche, and document → its N-Triples."""
    packed, member = parts_of(path, "questions", "nt")
    questions, _, sizes = pickle.loads(zlib.decompress(packed))
    text = BytesIO(gzip.decompress(member))
    return questions, {iri: text.read(size) for iri, size in sizes.items()}


def published(made: Lot) -> Iterator[bytes]:
    """Yield what is published of the new questions and of all that they refer to, as N-Triples."""
    publies = made.proposees()
    yield from (made.text(iri, triples) for iri, triples in documents_of(publies).items())
    yield ntriples(chain.from_iterable(fate.references for fate in publies))


def write_lues(folder: Path, fabrication: str, lues: Mapping[str, Connue]) -> None:
    """Keep what is known of the records, for the next build with the same program and tables."""
    with (folder / LUES).open("xb") as file:
        pickle.dump((fabrication, lues), file)


def read_lues(folder: Path | None, fabrication: str) -> dict[str, Connue]:
    """Return what a release knows of its records, if it was made with the same; else nothing."""
    try:
        with (folder / LUES).open("rb") if folder else BytesIO() as file:
            made_with, lues = pickle.load(file)
    except (OSError, EOFError, pickle.UnpicklingError):
        return {}
    return lues if made_with == fabrication else {}
