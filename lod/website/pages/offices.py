"""Who held office: ministries and days, the questions received there, and the written ones that
wait for an answer today; with their lists.

A question is received by who held, on the day of its publication, the ministry asked: the rule of
the query `ministres-par-mois`. It waits for who holds, on the last day of the data, the ministry in
charge or one that follows it: the rule of the query `en-attente-par-ministre`. If that ministry was
split, nobody is known to be waited for.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from pyoxigraph import NamedNode, Triple

from lod.base.output_tree import page_path
from lod.base.tabular import group_by_key
from lod.pipeline.questions.fact_queries import FactQueries
from lod.pipeline.questions.question_memo import QuestionFacts
from lod.publish.publication import Site
from lod.publish.query_catalogue import bind, query_text
from lod.rdf.store import Row
from lod.rdf.vocab import DCTERMS, NAMESPACE, ORG, QP, SCHEMA
from lod.website.pages.question_lists import (
    PER_PAGE,
    QuestionLines,
    newest_first,
    state_of,
    with_states,
)
from lod.website.rendering.query_tables import QueryTable
from lod.website.rendering.templates import list_pages, render

FOREVER = "9999-12-31"
SHORT = 31  # days: who held an office no longer is not known for it
MINISTER = "#ministre-"  # in the IRI of a membership of a ministry
OFFICES, MONTHS = "fiche-fonctions", "fiche-recues"  # tables about a person
RECEIVED, DUE = "questions-recues", "questions-a-repondre"  # queries of their lists
STATES = {  # column → names of the statuses that it counts; () for any
    "posees": (),
    "orales": (),
    "dans_le_delai": ("repondue-dans-delai",),
    "hors_delai": ("repondue-hors-delai",),
    "sans_limite": ("repondue",),
    "attendues": ("en-attente", "en-attente-dans-delai", "en-attente-hors-delai"),
    "en_attente": ("en-attente-dans-delai",),
    "en_retard": ("en-attente-hors-delai",),
    "closes": ("retiree", "sans-reponse"),
    "suite_inconnue": ("suite-inconnue",),
}
ORAL, ORAL_TYPES = "orales", ("QG", "QM", "QOSD")  # the column, and the types that it counts
RECEIVED_LISTS = {  # end of the path → column that counts its questions
    "recues": "posees",
    "recues-orales": ORAL,
    "recues-dans-le-delai": "dans_le_delai",
    "recues-hors-delai": "hors_delai",
    "recues-sans-limite": "sans_limite",
    "recues-en-attente": "attendues",
    "recues-en-retard": "en_retard",
    "recues-closes": "closes",
    "recues-suite-inconnue": "suite_inconnue",
}
DUE_LISTS = {
    "a-repondre": "attendues",
    "a-repondre-dans-le-delai": "en_attente",
    "a-repondre-en-retard": "en_retard",
}


class Office(NamedTuple):
    """A ministry that a person held."""

    start: str  # first day, ISO 8601
    ministry: str  # IRI
    function: str
    end: str  # last day, ISO 8601; "" if it is not known to have ended

    @property
    def days(self) -> int:
        """How many days it lasted; very many if it is not known to have ended."""
        return (date.fromisoformat(self.end or FOREVER) - date.fromisoformat(self.start)).days + 1


@dataclass(frozen=True, slots=True)
class Held:
    """The offices of a person, and their questions; false if there is no office."""

    offices: list[Office]  # the first one first
    received: list[list[QuestionFacts]]  # in each of them
    due: list[QuestionFacts]  # those that wait today, by the day on which they are due

    def __bool__(self) -> bool:
        return bool(self.offices)

    @classmethod
    def of(cls, offices: list[Office], awaited: Iterable[str], queries: FactQueries) -> "Held":
        """Return the offices of a person, with the questions that ministries are asked."""
        asked = (queries.received(o.ministry, o.start, o.end or FOREVER) for o in offices)
        return cls(offices, list(asked), queries.due(awaited))

    @property
    def all_received(self) -> list[QuestionFacts]:
        """All questions that were received, each once, the newest first."""
        return newest_first({q.iri: q for some in self.received for q in some}.values())


class Offices:
    """The offices of all persons."""

    def __init__(self, described: Iterable[Triple], day: str) -> None:
        """Read them from the triples of ministries; `day` is the last one of the data."""
        self._day = day
        self._before: dict[str, list[str]] = {}  # ministry → those that it follows
        said: dict[str, dict[NamedNode, str]] = {}
        for s, p, o in described:
            if p == DCTERMS.replaces:
                self._before.setdefault(s.value, []).append(o.value)
            elif MINISTER in s.value:
                said.setdefault(s.value, {})[p] = o.value
        self._of: dict[str, set[Office]] = {}
        for part in said.values():
            end = part.get(SCHEMA.endDate, "")
            office = Office(part[SCHEMA.startDate], part[ORG.organization], part[QP.libelle], end)
            self._of.setdefault(part[ORG.member], set()).add(office)
        offices = (office for of_person in self._of.values() for office in of_person)
        in_place = {office.ministry for office in offices if self._is_held(office)}
        followed = Counter(m for ministry in in_place for m in self._with_those_before(ministry))
        self._split = {ministry for ministry, number in followed.items() if number > 1}

    def of(self, person: str) -> list[Office]:
        return sorted(self._of.get(person, ()))

    def awaited(self, offices: Iterable[Office]) -> list[str]:
        """Return the ministries whose questions wait for who holds some offices."""
        in_place = (office.ministry for office in offices if self._is_held(office))
        followed = (self._with_those_before(ministry) for ministry in in_place)
        return sorted(set[str]().union(*followed) - self._split)

    def _is_held(self, office: Office) -> bool:
        return office.start <= self._day <= (office.end or FOREVER)

    def _with_those_before(self, ministry: str) -> set[str]:
        seen, left = {ministry}, [ministry]
        while left:
            new = set(self._before.get(left.pop(), ())) - seen
            seen |= new
            left += new
        return seen


@dataclass(frozen=True, slots=True)
class OfficeList:
    """A list of questions of who held office."""

    path: str  # of its first page
    name: str  # a key of RECEIVED_LISTS or DUE_LISTS
    query: str  # the text of the query that gives the rows
    questions: list[QuestionFacts]
    is_due: bool  # its questions wait today, and stand by the day on which they are due

    def month_of(self, q: QuestionFacts) -> str:
        return (q.limite if self.is_due else q.parution)[:7]

    def addresses(self) -> dict[str, str]:
        """Return month → the path of the page where its questions begin, with an anchor."""
        pages: dict[str, str] = {}
        for n, q in enumerate(self.questions):
            month = self.month_of(q)
            pages.setdefault(month, f"{page_path(self.path, n // PER_PAGE + 1)}.html#m{month}")
        return pages


def chosen(questions: Iterable[QuestionFacts], column: str) -> list[QuestionFacts]:
    """Return the questions that a column counts."""
    if column == ORAL:
        return [q for q in questions if q.type in ORAL_TYPES]
    states = STATES[column]
    return [q for q in questions if not states or state_of(q) in states]


def lists_of(iri: str, path: str, held: Held) -> dict[str, OfficeList]:
    """Return name of a list → the list, of those that have questions."""
    lists, received = dict[str, OfficeList](), held.all_received
    for name, column in (RECEIVED_LISTS | DUE_LISTS).items():
        is_due = name in DUE_LISTS
        if some := chosen(held.due if is_due else received, column):
            text = bind(query_text(DUE if is_due else RECEIVED), "entite", f"<{iri}>")
            text = with_states(text, STATES[column])
            if column == ORAL:
                text = bind(text, "type", *(f"<{NAMESPACE}type-{type_}>" for type_ in ORAL_TYPES))
            lists[name] = OfficeList(f"{path}/{name}", name, text, some, is_due)
    return lists


def office_rows(held: Held, name_of: Callable[[str], str]) -> Iterator[Row]:
    """Yield the rows of the table OFFICES: the last office first."""

    def place(one: tuple[Office, list[QuestionFacts]]) -> tuple[str, str]:
        return name_of(one[0].ministry), one[0].ministry

    by_name = sorted(zip(held.offices, held.received, strict=True), key=place)
    for office, questions in sorted(by_name, key=lambda one: one[0].start, reverse=True):
        named = {"charge": office.ministry, "ministere_nom": name_of(office.ministry)}
        days = {"fonction": office.function, "debut": office.start, "fin": office.end}
        yield named | days | _cells(questions)


def month_rows(held: Held) -> Iterator[Row]:
    """Yield the rows of the table MONTHS: the last month first."""
    by_month = group_by_key((q.parution[:7], q) for q in held.all_received)
    for month, questions in by_month.items():
        yield {"mois": month, **_cells(questions)}


def _cells(questions: Iterable[QuestionFacts]) -> Row:
    return {column: str(len(chosen(questions, column))) for column in RECEIVED_LISTS.values()}


def headline(offices: Sequence[Office]) -> Office:
    """Return the office to be known for: the last that lasted, else the longest."""
    lasting = [office for office in offices if office.days > SHORT]
    return max(lasting) if lasting else max(offices, key=lambda office: office.days)


def section_values(
    held: Held, lists: dict[str, OfficeList], tables: Iterable[QueryTable]
) -> dict[str, Any] | None:
    """Return what the section about offices shows; None of who held none. `lists` and `tables` are
    those of the person.
    """
    if not held:
        return None
    return {
        "fonction": headline(held.offices),
        "listes": lists,
        "nombres": {
            name: len(lists[name].questions) if name in lists else 0
            for name in (*RECEIVED_LISTS, *DUE_LISTS)
        },
        "adresses": {
            column: lists[name].addresses() if name in lists else {}
            for name, column in RECEIVED_LISTS.items()
        },
        "tables": {table.query.name: table for table in tables},
        "recues": len(held.all_received),
        "plus_ancienne": min((q.parution for q in held.due), default=""),
    }


def office_pages(
    site: Site,
    iri: str,
    lists: dict[str, OfficeList],
    title: str,
    question_lines: QuestionLines,
    only: str,
) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each page of the lists of who held office, or of the one at a path
    if `only` names one.
    """
    path = site.publication.path(iri)
    for a_list in lists.values():
        for part in list_pages(a_list.path, a_list.questions, PER_PAGE):
            if only not in ("", part.path):
                continue
            months = groupby(part.rows, a_list.month_of)
            html = render(
                "ressource_recues.html",
                site.publication,
                part.path,
                titre=title,
                document=path,
                iri=iri,
                liste=a_list,
                listes=lists,
                feuillet=part,
                mois=[(month, [question_lines.line_of(q) for q in some]) for month, some in months],
            )
            yield part.path, html
