"""A tranche of questions: made once, kept in a file, taken over by the next release as it is.

What is made depends on the records of the tranche, on the tables and on the program alone; all of
that is in its key. The file has a summary first, which is all that the rest of the build needs to
know of it, then pieces of the dumps, each a gzip member, and last the questions for their pages.
"""

import gzip
import hashlib
import pickle
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import IO, Any

from pyoxigraph import NamedNode, Triple

from lod.bilan import Decompte
from lod.convert import Fate, Lot, Publie, Rejete, Tables, document_of, lot
from lod.dump import csv_line, csv_row, gzipped_member, ntriples, turtle_piece
from lod.errors import Finding
from lod.iris import Iris, source_path
from lod.model import Question
from lod.parallel import batches, ordered
from lod.recueil import Connue, Lue, Tranche, longueur, relue
from lod.site import take_over
from lod.statistiques import Statistiques
from lod.usages import Usages, classes_of, usages, within
from lod.validate import Result
from lod.vocab import QP

FOLDER = "tranches"
LUES = "lues.pickle"  # in it: which records were read, with which program
BATCH = 256  # questions validated at once: the engine is linear, and its memory bounded
BATCH_BYTES = 8 * 1024 * 1024  # of readings in one batch: long records come alone
MEMBERS = ("nt", "ttl", "csv")


@dataclass(frozen=True, slots=True)
class Remarque:
    """A finding as it may be published: the name of the record, the line, what is wrong, what to
    do.
    """

    nom: str
    line: int
    wrong: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Refus:
    """A record that is not published, by its name and hash, and why."""

    nom: str
    sha256: str
    motifs: tuple[Remarque, ...]


@dataclass(slots=True)
class Sommaire:
    """What the rest of a build needs to know of a tranche.

    `lues` are the records it was made of, by hash, with their question, author, and latest day;
    `documents` the triples of each document, those that recall others apart, in `rappels`;
    `reponses` the questions that each answer serves; `usages` what is used in the questions, under
    "", and in each answer, which may be an earlier tranche's; `voisins` what else of ours the
    documents point to. `tient_au_jour`: an open question is among
    them, so that the day up to which the data goes counts.
    """

    nom: str
    cle: str
    jour: str
    tient_au_jour: bool = False
    lues: dict[str, Connue] = field(default_factory=dict)
    decompte: Decompte = field(default_factory=Decompte)
    refus: list[Refus] = field(default_factory=list)
    remarques: list[Remarque] = field(default_factory=list)
    documents: dict[str, int] = field(default_factory=dict)
    reponses: dict[str, list[str]] = field(default_factory=dict)
    foyers: dict[str, Counter[str]] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    references: tuple[Triple, ...] = ()
    rappels: tuple[Triple, ...] = ()
    voisins: tuple[str, ...] = ()
    uids: tuple[str, ...] = ()
    statistiques: Statistiques = field(default_factory=Statistiques)
    usages: dict[str, Usages] = field(default_factory=dict)


@dataclass(frozen=True)
class Etabli:
    """What a process needs to make tranches; `before` is the folder of those of the release before,
    `sources` that of the records of it.
    """

    folder: Path
    site: Path
    iris: Iris
    tables: Tables
    fabrication: str  # all else that a tranche depends on: program, shapes, settings
    engine: str  # of SHACL
    before: Path | None = None

    def faire(self, tranches: Sequence[Tranche]) -> list[Sommaire]:
        """Make some tranches, or take them over; return their summaries."""
        found = {tranche.nom: self._repris(tranche) for tranche in tranches}
        todo = [tranche for tranche in tranches if found[tranche.nom] is None]
        made = lot(list(self._lectures(todo)), self.iris, self.tables, self.engine)
        fates = iter(made.fates)
        for tranche in todo:
            own = [next(fates) for _ in tranche.questions]
            found[tranche.nom] = self._ecrire(tranche, own, made)
        return [sommaire for sommaire in found.values() if sommaire]

    def _repris(self, tranche: Tranche) -> Sommaire | None:
        """Link to the file of the release before, if it was made of the very same."""
        path = self.before / tranche.nom if self.before else None
        try:
            sommaire = sommaire_of(path) if path else None
        except (OSError, EOFError, pickle.UnpicklingError):  # none, or not whole: made anew
            return None
        if not (path and sommaire) or sommaire.cle != self.cle(tranche):
            return None
        if sommaire.tient_au_jour and sommaire.jour != self._jour(tranche):
            return None
        take_over(path, self.folder / tranche.nom)
        return sommaire

    def _jour(self, tranche: Tranche) -> str:
        return str(self.tables.donnees_au.get(tranche.questions[0][0].legislature))

    def cle(self, tranche: Tranche) -> str:
        """Return the hash of what a tranche is made of, but for the day up to which data goes."""
        hashed = hashlib.sha256(self.fabrication.encode())
        for lues in tranche.questions:
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
        sommaire = Sommaire(tranche.nom, self.cle(tranche), self._jour(tranche))
        for lue in chain.from_iterable(tranche.questions):
            sommaire.lues[lue.sha256] = lue.connue
        publies = [fate for fate in fates if isinstance(fate, Publie)]
        documents = documents_of(publies)
        resumer(sommaire, fates, documents, made, self.iris)
        own = list(chain.from_iterable(documents.values()))
        sommaire.usages = _used(documents, sommaire, self.iris.base)
        sommaire.voisins = tuple(_voisins(own, documents, self.iris.base))
        nt = ntriples(own)
        rows = b"".join(csv_line(csv_row(fate.question, self.iris)) for fate in publies)
        pieces = (nt, turtle_piece(own), rows)
        with (self.folder / tranche.nom).open("xb") as file:
            pickle.dump(sommaire, file)
            for piece in pieces:
                pickle.dump(gzipped_member(piece), file)
            questions = pickle.dumps([fate.question for fate in publies])
            pickle.dump(zlib.compress(questions, 1), file)
        return sommaire


def _used(
    documents: Mapping[str, Sequence[Triple]], sommaire: Sommaire, base: str
) -> dict[str, Usages]:
    """Return which properties the classes of the questions use, under "", and those of each answer;
    answers that use as much share it.
    """
    classes = classes_of(chain.from_iterable(documents.values()))
    questions = (t for iri, t in documents.items() if iri not in sommaire.reponses)
    found = {"": within(usages(chain.from_iterable(questions), classes), base)}
    known: dict[frozenset[Any], Usages] = {}
    for iri in sommaire.reponses.keys() & documents.keys():
        own = within(usages(documents[iri], classes), base)
        found[iri] = known.setdefault(frozenset(own.items()), own)
    return found


def _voisins(own: Iterable[Triple], documents: Mapping[str, object], base: str) -> Iterator[str]:
    """Yield the IRIs of what some triples point to below our base, and do not describe."""
    objects = {t.object.value for t in own if isinstance(t.object, NamedNode)}
    yield from (
        iri for iri in sorted(objects) if iri.startswith(base) and document_of(iri) not in documents
    )


def documents_of(publies: Iterable[Publie]) -> dict[str, tuple[Triple, ...]]:
    """Return document → its triples; those that recall another question are not among them."""
    found: dict[str, tuple[Triple, ...]] = {}
    for fate in publies:
        for iri, triples in fate.documents.items():
            if iri not in found:
                found[iri] = tuple(t for t in triples if t.predicate != QP.rappelle)
    return found


def resumer(
    sommaire: Sommaire,
    fates: Sequence[Fate],
    documents: dict[str, tuple[Triple, ...]],
    made: Lot,
    iris: Iris,
) -> None:
    """Fill in what became of the questions of a tranche."""
    references: dict[Triple, None] = {}
    rappels: list[Triple] = []
    for fate in fates:
        sommaire.decompte.add(fate)
        if isinstance(fate, Rejete):
            sommaire.refus += [
                refus_of(read.nom, read.path, read.sha256, fate.findings) for read in fate.lectures
            ]
            sommaire.results += fate.results
            continue
        q = fate.question
        sommaire.remarques += list(_remarques(fate))
        sommaire.tient_au_jour |= not (q.date_reponse or q.retrait)
        for r in q.reponses:
            sommaire.reponses.setdefault(iris.reponse(q, r).value, []).append(q.uid)
        references |= dict.fromkeys(fate.references)
        rappels += [t for triples in fate.documents.values() for t in triples if _rappelle(t)]
        sommaire.statistiques.add(q, iris)
    sommaire.references, sommaire.rappels = tuple(references), tuple(rappels)
    sommaire.uids = tuple(fate.question.uid for fate in fates if isinstance(fate, Publie))
    sommaire.documents = {iri: len(triples) for iri, triples in documents.items()}
    sommaire.foyers = {iri: made.foyers[iri] for iri in documents if iri in made.foyers}
    sommaire.results += [r for r in made.results if document_of(r.focus) in documents]


def _rappelle(triple: Triple) -> bool:
    return triple.predicate == QP.rappelle


def refus_of(nom: str, path: str, sha256: str, findings: Iterable[Finding]) -> Refus:
    """Return why a record is refused, as it may be told: no folder of the publisher's is named."""
    told = ((f.where.line, f.wrong.replace(path, nom), f.remedy) for f in findings)
    return Refus(nom, sha256, tuple(Remarque(nom, *motif) for motif in told))


def _remarques(fate: Publie) -> Iterator[Remarque]:
    noms = {read.path: read.nom for read in reversed(fate.lectures)}
    for f in fate.remarks:
        nom = noms.get(f.where.path, fate.lectures[0].nom)
        yield Remarque(nom, f.where.line, f.wrong, f.remedy)


# ---- what is read again


def faire(etabli: Etabli, tranches: Iterable[Tranche], jobs: int) -> Iterator[Sommaire]:
    """Yield the summary of every tranche, in order."""
    for _, sommaires in ordered(etabli.faire, _heavy(tranches), jobs):
        yield from sommaires


def lots(
    tranches: Iterable[Tranche], iris: Iris, tables: Tables, jobs: int, engine: str
) -> Iterator[Lot]:
    """Yield the fate of every question, batch by batch; nothing is written."""
    make = partial(_lot, iris=iris, tables=tables, engine=engine)
    for _, made in ordered(make, _heavy(tranches), jobs):
        yield made


def _lot(some: Sequence[Tranche], iris: Iris, tables: Tables, engine: str) -> Lot:
    found = chain.from_iterable(tranche.questions for tranche in some)
    return lot([tuple(map(relue, lues)) for lues in found], iris, tables, engine)


def _heavy(tranches: Iterable[Tranche]) -> Iterator[list[Tranche]]:
    return batches(tranches, BATCH, _weight, BATCH_BYTES)


def _weight(tranche: Tranche) -> int:
    """Return the bytes of a tranche; so many, at least, that a batch has no more than BATCH."""
    octets = longueur(chain.from_iterable(tranche.questions))
    return max(octets, len(tranche.questions) * BATCH_BYTES // BATCH)


def sommaire_of(path: Path) -> Sommaire:
    """Return the summary of a tranche; raise OSError or EOFError if there is none."""
    with path.open("rb") as file:
        return _summary(file)


def _summary(file: IO[bytes]) -> Sommaire:
    found: Sommaire = pickle.load(file)
    return found


def members(path: Path) -> dict[str, bytes]:
    """Return the pieces of the dumps that a tranche has, each a gzip member."""
    with path.open("rb") as file:
        _summary(file)
        return {name: pickle.load(file) for name in MEMBERS}


def without(member: bytes, documents: Iterable[str]) -> bytes:
    """Return the N-Triples of a piece without the lines of some documents."""
    nt = gzip.decompress(member)
    left_out = tuple(f"<{iri}{end}".encode() for iri in documents for end in (">", "#"))
    if not left_out:
        return nt
    return b"".join(line for line in nt.splitlines(True) if not line.startswith(left_out))


def questions_of(path: Path) -> list[Question]:
    """Return the published questions of a tranche."""
    with path.open("rb") as file:
        for _ in ("summary", *MEMBERS):
            pickle.load(file)
        found: list[Question] = pickle.loads(zlib.decompress(pickle.load(file)))
        return found


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
