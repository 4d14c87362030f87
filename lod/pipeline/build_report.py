"""What a build did: counts, findings, and what is told of them in a line."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lod.pipeline.convert import Publie, Rejete
from lod.pipeline.validation.controls import Controle
from lod.pipeline.validation.validate import Result
from lod.reference.link_tables import Fait
from lod.reference.reviewed_links import LiensRevus

EXAMPLES = 3  # focus nodes shown for each constraint on the quality page


@dataclass(slots=True)
class Constat:
    """How often one shape spoke, what it says, and the first nodes that it spoke of."""

    severity: str
    message: str
    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Decompte:
    """What became of some records; several may be added up."""

    published: int = 0
    rejected: int = 0
    remarks: int = 0
    par_legislature: Counter[tuple[int, str]] = field(default_factory=Counter)
    repairs: Counter[str] = field(default_factory=Counter)
    retenues: dict[str, str] = field(default_factory=dict)

    def add(self, fate: Publie | Rejete) -> None:
        """Count the fate of the records of one question."""
        if isinstance(fate, Rejete):
            self.rejected += len(fate.lectures)
            self.retenues |= [fate.retenue] if fate.retenue else []
            return
        q = fate.question
        self.published += len(fate.lectures)
        self.remarks += len(fate.remarks)
        self.repairs.update(fate.repairs)
        self.par_legislature[q.legislature, q.type] += 1

    def update(self, other: "Decompte") -> None:
        """Count what was counted elsewhere."""
        self.published += other.published
        self.rejected += other.rejected
        self.remarks += other.remarks
        self.par_legislature.update(other.par_legislature)
        self.repairs.update(other.repairs)
        self.retenues |= other.retenues


@dataclass(slots=True)
class Bilan(Decompte):
    """What a build did: records read = published + rejected, always.

    `au` is the day up to which the data of each legislature goes.
    """

    read: int = 0
    triples: int = 0
    rejections: list[tuple[str, str]] = field(default_factory=list)
    remarked: list[tuple[str, str]] = field(default_factory=list)
    constats: dict[str, Constat] = field(default_factory=dict)
    foyers: Counter[str] = field(default_factory=Counter)
    ecarts: dict[Controle, list[str]] = field(default_factory=dict)
    au: dict[int, date] = field(default_factory=dict)
    sources: dict[str, tuple[int, str]] = field(default_factory=dict)
    short: list[tuple[int, str, int, int]] = field(default_factory=list)
    fell: list[tuple[int, str, int, int]] = field(default_factory=list)
    liens: LiensRevus = field(default_factory=LiensRevus)  # decided by the publisher
    faits: list[Fait] = field(default_factory=list)  # of Wikidata, about what is linked
    engines: dict[str, str] = field(default_factory=dict)  # of SHACL: name → version
    motif: str = ""  # why the release before cannot be compared with this one, if it cannot
    files: int = 0  # of the site
    reused: int = 0  # of them, those of the release before

    def count(self, result: Result) -> None:
        """Count a result of SHACL under its shape."""
        key = result.shape + result.component
        constat = self.constats.setdefault(key, Constat(result.severity, result.message_fr))
        constat.count += 1
        if len(constat.examples) < EXAMPLES:
            constat.examples.append(result.focus)

    def join(self, other: "Bilan") -> None:
        """Take in what was counted elsewhere, of other records and other results."""
        self.update(other)
        self.read += other.read
        self.triples += other.triples
        self.foyers.update(other.foyers)
        for key, constat in other.constats.items():
            known = self.constats.setdefault(key, Constat(constat.severity, constat.message))
            known.count += constat.count
            known.examples = [*known.examples, *constat.examples][:EXAMPLES]

    @property
    def questions(self) -> int:
        """How many questions are published: several records may be of one."""
        return self.par_legislature.total()

    @property
    def donnees_au(self) -> date:
        """The day up to which the data goes: the latest of the legislatures that are published."""
        return max((jour for _, jour, _ in self.legislatures), default=date.min)

    @property
    def legislatures(self) -> list[tuple[int, date, int]]:
        """Each legislature that has questions: number, day up to which its data goes, how many."""
        counted: Counter[int] = Counter()
        for (legislature, _), n in self.par_legislature.items():
            counted[legislature] += n
        return [(n, self.au[n], counted[n]) for n in sorted(counted)]

    def chiffres(self) -> dict[str, Any]:
        """Return what a manifest says of the records and questions."""
        return {
            "donnees_au": self.donnees_au.isoformat(),
            "read": self.read,
            "published": self.published,
            "rejected": self.rejected,
            "remarks": self.remarks,
            "warnings": self.warnings,
            "retenues": dict(sorted(self.retenues.items())),
            "questions": {
                f"{legislature}-{type_}": n
                for (legislature, type_), n in sorted(self.par_legislature.items())
            },
        }

    @property
    def warnings(self) -> int:
        """How many results of severity Warning the published questions have."""
        return sum(c.count for c in self.constats.values() if c.severity == "Warning")


def short(lack: tuple[int, str, int, int]) -> str:
    """Return in words that fewer questions are there than the reviewed file expects."""
    legislature, type_, counted, expected = lack
    return (
        f"legislature {legislature}, {type_}: {counted} questions, {expected} expected; "
        "fetch the archive again, or correct effectifs.csv"
    )


def fell(lack: tuple[int, str, int, int]) -> str:
    """Return in words that a release has far fewer questions than the one before it."""
    legislature, type_, counted, _ = lack
    return (
        f"legislature {legislature}, {type_}: {counted} questions, more than a tenth fewer than "
        "the release before; compare the inputs of both manifests"
    )


def account(bilan: Bilan) -> str:
    """Return what became of every record, in one line."""
    merged = f"; {bilan.questions} questions" if bilan.questions != bilan.published else ""
    return (
        f"{bilan.read} read = {bilan.published} published + {bilan.rejected} rejected{merged}"
        f" ({bilan.warnings} warnings, {bilan.remarks} remarks)"
    )


def kept(bilan: Bilan) -> str:
    """Return how many files of the site are those of the release before, if any is."""
    told = f"; {bilan.reused} of {bilan.files} files of the site are those of the release before"
    return told if bilan.reused else ""


LISTED = 500  # rejections and remarks listed on the quality page; all are in the files
