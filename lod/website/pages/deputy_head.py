"""What the page of a deputy begins with: group, constituency, mandates, counts of questions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from lod.pipeline.questions.question_memo import QuestionFacts
from lod.rdf.vocab import ORG, QP, SCHEMA
from lod.website.pages.question_lists import FILTERS, QuestionFilter, QuestionList

Node = Mapping[NamedNode, str]  # property → its value, of a mandate or a membership


@dataclass(frozen=True, slots=True)
class Mandate:
    """A mandate as the archives state it; or a legislature of which only questions are known."""

    legislature: int
    first_day: str = ""  # ISO 8601; "" if no archive states it
    last_day: str = ""  # "" while it lasts


@dataclass(frozen=True, slots=True)
class FilterCount:
    """How many questions of a deputy pass a filter, and where these are."""

    question_filter: QuestionFilter
    number: int
    href: str  # a fragment of this page, or a path below the site with its extension

    @property
    def is_here(self) -> bool:
        return self.href.startswith("#")


@dataclass(frozen=True, slots=True)
class DeputyHead:
    """The facts at the head of a page; "" or nothing stands for what is not known."""

    groupe: str  # IRI of the group of today, else the last one
    as_of: str  # "en cours", "terminé", or "question": what tells the group
    circonscription: str  # IRI
    mandates: tuple[Mandate, ...]  # the newest first
    counts: tuple[FilterCount, ...]  # of each filter, the first of them of all questions

    def count_of(self, key: str) -> FilterCount:
        return next(count for count in self.counts if count.question_filter.key == key)


def head_of(
    triples: list[Triple], about: list[QuestionFacts], lists: list[QuestionList]
) -> DeputyHead:
    """Return the head of the page of a deputy, whose document has `triples`, whose questions are
    `about`, the newest first, and in `lists`.

    Archives may lack a legislature; then its newest question tells group and constituency.
    """
    nodes: dict[str, dict[NamedNode, str]] = {}
    for s, p, o in triples:
        nodes.setdefault(s.value, {})[p] = o.value
    seats = sorted((n for n in nodes.values() if QP.legislature in n), key=_order)
    memberships = sorted((n for n in nodes.values() if ORG.organization in n), key=_order)
    seat, membership = (some[-1] if some else {} for some in (seats, memberships))
    newest = next((q for q in about if q.groupe or q.circonscription), None)
    groupe, as_of = membership.get(ORG.organization, ""), "terminé"
    place = seat.get(QP.circonscription, "")
    if newest and (not seats or newest.legislature > _legislature(seat)):
        groupe, as_of = newest.groupe or groupe, "question" if newest.groupe else as_of
        place = newest.circonscription or place
    elif membership and SCHEMA.endDate not in membership:
        as_of = "en cours"
    elif newest and not groupe:
        groupe, as_of = newest.groupe, "question"
    return DeputyHead(groupe, as_of, place, tuple(_mandates(seats, about)), tuple(_counts(lists)))


def _order(node: Node) -> tuple[str, str]:
    """Return a key that puts last what lasts, or has ended last."""
    return node.get(SCHEMA.endDate, "9999"), node.get(SCHEMA.startDate, "")


def _legislature(node: Node) -> int:
    return int(node[QP.legislature].rpartition("/")[2])


def _mandates(seats: list[dict[NamedNode, str]], about: list[QuestionFacts]) -> list[Mandate]:
    """Return the mandates, the newest first, with the legislatures that only questions tell."""
    mandates = []
    for seat in seats:  # a substitute took it later than the mandate began
        start = seat.get(QP.datePriseFonction) or seat.get(SCHEMA.startDate, "")
        mandates.append(Mandate(_legislature(seat), start, seat.get(SCHEMA.endDate, "")))
    told = {mandate.legislature for mandate in mandates}
    mandates += (Mandate(number) for number in {q.legislature for q in about} - told)
    return sorted(mandates, key=lambda m: (m.legislature, m.first_day), reverse=True)


def _counts(lists: list[QuestionList]) -> Iterator[FilterCount]:
    """Yield the count of each filter: they lead to its list, or to what the style sheet leaves of
    the one list of this page.
    """
    whole, pages = lists[0], {one.question_filter.key: one.path for one in lists[1:]}
    for each in FILTERS:
        number = len(each.chosen(whole.questions))
        page = pages.get(each.key)
        href = f"{page}.html#questions" if page else f"#{each.key or 'questions'}"
        yield FilterCount(each, number, href)
