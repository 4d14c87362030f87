"""The report of a build: counts, remarks, and the line that sums them up."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from lod.base.errors import counted
from lod.base.tabular import group_by_key
from lod.pipeline.settling.convert import Accepted, Rejected
from lod.pipeline.validation.controls import Control, Warned, controls
from lod.pipeline.validation.shapes import Result
from lod.reference.link_tables import WikidataFact
from lod.reference.reviewed_files import ReviewedLinks
from lod.reference.tables import legislature_end

LISTED = 500  # rejections and remarks listed on the quality page; all are in the files
FIRST = 3  # rejections told where nothing is published
EXAMPLES = 3  # focus nodes shown for each constraint on the quality page


@dataclass(slots=True)
class ShapeCount:
    """What one constraint of a shape has found."""

    severity: str  # Violation, Warning or Info
    message: str  # in French
    message_en: str
    count: int = 0
    examples: list[str] = field(default_factory=list)  # the first focus nodes


@dataclass(slots=True)
class BuildReport:
    """What a build did: records read = published + rejected, always."""

    read: int = 0  # records
    published: int = 0  # records
    rejected: int = 0  # records
    held: int = 0  # of these: records that the publisher withholds
    remarks: int = 0  # of readers, and of what was given besides records
    by_legislature: Counter[tuple[int, str]] = field(default_factory=Counter)  # and type: questions
    repairs: Counter[str] = field(default_factory=Counter)  # kind of damage → values mended
    withheld: dict[str, str] = field(default_factory=dict)  # uid → the publisher's reason
    triples: int = 0  # of questions, and of what they refer to
    rejections: list[tuple[str, str]] = field(default_factory=list)  # place, fault: the first ones
    unlisted: int = 0  # reasons of rejections beyond LISTED
    remarked: list[tuple[str, str]] = field(default_factory=list)  # the same of remarks
    shape_counts: dict[str, ShapeCount] = field(default_factory=dict)  # by shape and component
    focus_nodes: Counter[str] = field(default_factory=Counter)  # shape → nodes that it looked at
    warned_by_controls: set[Warned] = field(default_factory=set)
    until: dict[int, date] = field(default_factory=dict)  # legislature → latest day of its data
    sources: dict[str, tuple[int, str]] = field(default_factory=dict)  # input → records, SHA-256
    archives: tuple[tuple[str, date], ...] = ()  # of the inputs, with the day of its last change
    ahead: dict[str, date] = field(default_factory=dict)  # uid → a day of it that does not count
    # legislature, type, questions counted and expected: by the reviewed file, by the release before
    shortfalls: list[tuple[int, str, int, int]] = field(default_factory=list)
    drops: list[tuple[int, str, int, int]] = field(default_factory=list)
    fewer_persons: int | None = None  # in the reference archives, if far fewer than before
    reviewed_links: ReviewedLinks = field(default_factory=ReviewedLinks)  # decided by the publisher
    facts: list[WikidataFact] = field(default_factory=list)  # of Wikidata, about what is linked
    # path made of the name of a ministry → paths of all ministries of that name
    meanings: dict[str, list[str]] = field(default_factory=dict)
    rejected_rows: list[str] = field(default_factory=list)  # of reviewed files, with the reason
    flaws: list[str] = field(default_factory=list)  # of reviewed files and reference archives
    gaps: int = 0  # of the flaws: values that an official archive lacks
    told: list[str] = field(default_factory=list)  # outcomes of graphs of extensions, in words
    engines: dict[str, str] = field(default_factory=dict)  # of SHACL: name → version
    reason: str = ""  # why the release before cannot be compared with this one, if it cannot
    later_day: str = ""  # up to which the data of the release before goes, if that is later
    release: str = ""  # identity of the release, once it is written
    waits_for: list[str] = field(default_factory=list)  # why it is not current, if it is held
    reopened: int = 0  # questions that have lost the answer or withdrawal of the release before
    gone: int = 0  # questions of the release before that no record has; none of them is withheld

    def add(self, verdict: Accepted | Rejected) -> None:
        """Count the records of a question by the verdict on it."""
        if isinstance(verdict, Rejected):
            self.add_rejected(len(verdict.records), verdict.withheld)
        else:
            q, counts = verdict.question, (len(verdict.records), len(verdict.remarks))
            self.add_published((q.legislature, q.type), *counts, verdict.repairs)

    def add_rejected(self, records: int, withheld: tuple[str, str] | None) -> None:
        """Count the records of a question that is not published."""
        self.rejected += records
        self.held += records if withheld else 0
        self.withheld |= [withheld] if withheld else []

    def add_published(
        self, key: tuple[int, str], records: int, remarks: int, repairs: Mapping[str, int]
    ) -> None:
        """Count the records of a published question, whose key is its legislature and type."""
        self.published += records
        self.remarks += remarks
        self.repairs.update(repairs)
        self.by_legislature[key] += 1

    def count(self, result: Result) -> None:
        """Count a result of SHACL under its shape."""
        key = result.shape + result.component
        new = ShapeCount(result.severity, result.message_fr, result.message_en)
        shape_count = self.shape_counts.setdefault(key, new)
        shape_count.count += 1
        if len(shape_count.examples) < EXAMPLES:
            shape_count.examples.append(result.focus)

    def join(self, other: "BuildReport") -> None:
        """Take in what was counted elsewhere, of other records and other results."""
        self.read += other.read
        self.published += other.published
        self.rejected += other.rejected
        self.held += other.held
        self.remarks += other.remarks
        self.by_legislature.update(other.by_legislature)
        self.repairs.update(other.repairs)
        self.withheld |= other.withheld
        self.triples += other.triples
        self.focus_nodes.update(other.focus_nodes)
        for key, shape_count in other.shape_counts.items():
            new = replace(shape_count, count=0, examples=[])
            known = self.shape_counts.setdefault(key, new)
            known.count += shape_count.count
            known.examples = [*known.examples, *shape_count.examples][:EXAMPLES]

    @property
    def questions(self) -> int:
        """How many questions are published: several records may be of one."""
        return self.by_legislature.total()

    @property
    def data_until(self) -> date:
        """The day up to which the data goes: the latest of the legislatures that are published."""
        return max((day for _, day, _ in self.legislatures), default=date.min)

    @property
    def legislatures(self) -> list[tuple[int, date, int]]:
        """Each legislature that has questions: number, day up to which its data goes, how many."""
        numbers: Counter[int] = Counter()
        for (legislature, _), n in self.by_legislature.items():
            numbers[legislature] += n
        return [  # if the records name no day: the end of the legislature
            (n, self.until.get(n) or legislature_end(n) or date.min, numbers[n])
            for n in sorted(numbers)
        ]

    def figures(self) -> dict[str, Any]:
        """Return what a manifest says of the records and questions."""
        return {
            "donnees_au": self.data_until.isoformat(),
            "read": self.read,
            "published": self.published,
            "rejected": self.rejected,
            "remarks": self.all_remarks,
            "retenues": dict(sorted(self.withheld.items())),
            "noms": dict(sorted(self.meanings.items())),
            "questions": {
                f"{legislature}-{type_}": n
                for (legislature, type_), n in sorted(self.by_legislature.items())
            },
        }

    @property
    def control_rows(self) -> dict[Control, tuple[str, ...]]:
        """Control → IRIs of what it warns of, sorted; controls without any are left out."""
        by_control = group_by_key(sorted(self.warned_by_controls))
        return {c: by_control[c.name] for c in controls() if c.name in by_control}

    @property
    def by_rule(self) -> Counter[str]:
        """The remarks of shapes and controls, in English, and how many times each is made."""
        said = Counter({c.en: len(subjects) for c, subjects in self.control_rows.items()})
        for shape in self.shape_counts.values():
            said[shape.message_en] += shape.count if shape.severity == "Warning" else 0
        return +said

    @property
    def all_remarks(self) -> int:
        return self.remarks + self.by_rule.total()


def remark_lines(report: BuildReport) -> Iterator[str]:
    """Yield what shapes and controls remark and how many times, the most frequent first."""
    for message, count in report.by_rule.most_common():
        yield f"{counted(count, 'remark')}: {message}"


def account(report: BuildReport) -> str:
    """Return what became of every record, in one line."""
    merged = f"; {report.questions} questions" if report.questions != report.published else ""
    held = f" ({report.held} withheld)" if report.held else ""
    return (
        f"{report.read} read = {report.published} published + {report.rejected} rejected{held}"
        f"{merged} ({counted(report.all_remarks, 'remark')})"
    )


def nothing_published(report: BuildReport) -> str:
    """Return, in one line, that no record can be published, and why the first ones cannot."""
    totals = f"{counted(report.read, 'record')} read, none published; "
    reasons = [f"{place}: {wrong}" for place, wrong in report.rejections]
    if len(reasons) > FIRST:
        reasons[FIRST:] = [f"and {len(reasons) - FIRST + report.unlisted} more"]
    why = " | ".join(reasons) or "give files, folders or zips that hold records"
    return f"{totals}the current release is left as it is; {why}"
