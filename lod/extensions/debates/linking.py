"""Which point of a sitting is which question: the same day, author and title, or first words.

The sitting is on the day of the JO of a transcript, or on the day before. Titles are compared
first. Where they differ, the author must begin with the same words in both. Whoever fits two is
linked with neither.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from itertools import islice
from typing import Literal, NamedTuple

from lod.base.errors import Remark, Where
from lod.extensions.debates.sittings import Key, Paragraph, Point, Sitting, key_of
from lod.model.identifiers import split_uid
from lod.model.question import Question
from lod.model.text import fold
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.rdf.iris import Iris
from lod.reference.matching import only

Evidence = Literal["titre", "texte"]  # what agrees besides day and author
ORDER: tuple[Evidence, ...] = ("titre", "texte")
# why a point is not linked
NO_AUTHOR, NO_QUESTION = "no identifier of its author", "no question of this author and day"
OTHER_WORDS, RIVALS = "title and first words differ", "more than one candidate"
MOST = 2000  # paragraphs of a point, and turns of a record, that are compared


class Turn(NamedTuple):
    """A turn of the transcript of a question."""

    iri: str
    key: Key
    person: tuple[str, str] | None  # kind and name of the IRI of the speaker
    lacks_group: bool = False  # it is no turn of chair or Government, and has no group


class Asked(NamedTuple):
    """What is compared of an oral question."""

    uid: str
    title: str  # folded
    person: str  # `PA…` of the author; "" if the record does not state it
    days: frozenset[date]  # on which it may have been asked
    turns: tuple[Turn, ...]


class Place(NamedTuple):
    """A point in its sitting."""

    sitting: Sitting
    point: Point


class Link(NamedTuple):
    place: Place
    asked: Asked
    evidence: Evidence


@dataclass(slots=True)
class Links:
    """What became of each point: read = linked + not linked, by reason."""

    linked: list[Link] = field(default_factory=list)
    unlinked: Counter[str] = field(default_factory=Counter)
    rivals: list[Remark] = field(default_factory=list)


def oral_questions(questions: PublishedQuestions, iris: Iris) -> Iterator[Asked]:
    """Yield what is compared of the questions that are asked in a sitting."""
    oral = (uid for _, uid in questions.uids() if split_uid(uid)[1] in ("QG", "QOSD"))
    return (asked(stored.question, iris) for stored in questions.of_uids(oral))


def asked(q: Question, iris: Iris) -> Asked:
    days = frozenset(day for r in q.reponses for day in r.jours_de_seance)
    turns = (
        Turn(
            iris.part(iris.reponse(q, r), "intervention", rank).value,
            key_of(turn.libelle, (r.texte or "")[turn.debut : turn.fin]),
            turn.orateur,
            not (turn.groupe or turn.qualite or turn.type == "presidence"),
        )
        for r in q.reponses
        for rank, turn in enumerate(r.interventions, start=1)
    )
    return Asked(q.uid, fold(q.titre or ""), q.auteur.acteur_ref or "", days, tuple(turns))


def link(places: Iterable[Place], questions: Iterable[Asked]) -> Links:
    """Return which points are which questions."""
    of_day, links = defaultdict[tuple[str, date, str], list[Asked]](list), Links()
    for q in questions:
        for day in q.days:
            of_day[split_uid(q.uid)[1], day, q.person].append(q)
    waiting = list[tuple[Place, list[Asked]]]()
    for place in places:
        author = place.point.author
        candidates = of_day.get((place.point.type, place.sitting.day, author or "-"))
        if candidates:
            waiting.append((place, candidates))
        else:
            links.unlinked[NO_QUESTION if author else NO_AUTHOR] += 1
    for evidence in ORDER:
        waiting = _settle(waiting, evidence, links)
    links.unlinked[OTHER_WORDS] += len(waiting)
    return links


def _settle(
    waiting: Iterable[tuple[Place, list[Asked]]], evidence: Evidence, links: Links
) -> list[tuple[Place, list[Asked]]]:
    """Link points and questions that agree with no other; return the points that agree with none,
    each with the questions that are left.
    """
    agrees = _has_title if evidence == "titre" else _has_words
    fits = [(place, [q for q in qs if agrees(place.point, q)], qs) for place, qs in waiting]
    points = Counter(q.uid for _, fitting, _ in fits for q in fitting)
    rest = []
    for place, fitting, candidates in fits:
        q = only(fitting)
        if not fitting:
            rest.append((place, [q for q in candidates if q.uid not in points]))
        elif q and points[q.uid] == 1:
            links.linked.append(Link(place, q, evidence))
        else:
            links.unlinked[RIVALS] += 1
            uids = ", ".join(q.uid for q in fitting)
            wrong = (
                f"the point '{place.point.title}' is not linked: it is not the only one of {uids}"
            )
            if not q:
                wrong = f"the point '{place.point.title}' is not linked: it may be {uids}"
            where = Where(place.sitting.path, place.point.line)
            links.rivals.append(Remark(where, wrong, "compare the two"))
    return rest


def _has_title(point: Point, q: Asked) -> bool:
    return bool(point.title) and fold(point.title) == q.title


def _has_words(point: Point, q: Asked) -> bool:
    """Return whether the author begins with the same words: two at least."""
    return any(
        turn and p.person == point.author and p.has_floor and " " in p.key.words
        for p, turn in joined(point.paragraphs, q.turns)
    )


def joined(
    paragraphs: Sequence[Paragraph], turns: Sequence[Turn]
) -> Iterator[tuple[Paragraph, Turn | None]]:
    """Yield each paragraph with the turn of the same speaker that begins with the same words, in
    the order of both; None where there is none, as where a speaker goes on.
    """
    ours = [turn.key for turn in islice(turns, MOST)]
    theirs = [p.key for p in islice(paragraphs, MOST)]
    turn_of = dict[int, Turn]()
    for block in SequenceMatcher(None, theirs, ours, autojunk=False).get_matching_blocks():
        turn_of |= {block.a + n: turns[block.b + n] for n in range(block.size)}
    yield from ((p, turn_of.get(n) if p.speaker else None) for n, p in enumerate(paragraphs))
