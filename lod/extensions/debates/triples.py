"""The graph of the sittings in which the questions of a release are: what is read is linked, or not
linked with its reason.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from pyoxigraph import NamedNode, Triple

from lod.base.errors import Remark, Where
from lod.base.inputs import digest
from lod.base.parallel import batches
from lod.extensions.debates.linking import Link, Links, Place, Turn, joined, link, oral_questions
from lod.extensions.debates.sittings import QUESTIONS, Paragraph, Sitting, read_sittings
from lod.model.dates import french_date
from lod.model.text import with_plain_spaces
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.pipeline.report.quality_files import validate_described
from lod.pipeline.settling.settle import BuildPlan, MadeGraph
from lod.pipeline.validation.shapes import Result
from lod.rdf.iris import Iris
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import DCTERMS, QP, RDF, RDFS, civil_date, decimal, fr, plain_literal, qp
from lod.reference.directory import NO_ARCHIVES, Directory

NAME, KIND, OPTION = "debats", "seance", "debates"  # graph, kind of resource, option of the command
UNTITLED = "Question sans titre"
SHARED = {"titre": "même titre", "texte": "mêmes premiers mots de l’auteur"}
TURNS, OTHERS = "turns", "other paragraphs"
TOGETHER = 20  # sittings that are validated and written at once

Linked = tuple[Sitting, list[Link]]  # the questions of a sitting, in its order


@dataclass(frozen=True, slots=True, kw_only=True)
class DebateGraph(MadeGraph):
    """The sittings of a release."""

    sittings: tuple[Linked, ...]


class Speakers:
    """Compares persons by identifier with persons by name, and counts."""

    def __init__(
        self, published: Iterable[tuple[str, str]], directory: Directory = NO_ARCHIVES
    ) -> None:
        self._kinds = {name: kind for kind, name in sorted(published)}
        self._directory = directory
        self.counts = Counter[str]()
        self.conflicts: list[Remark] = []

    def person(self, p: Paragraph) -> tuple[str, str] | None:
        """Return the person who speaks, if the release describes that person."""
        kind = self._kinds.get(p.person or "")
        return (kind, p.person) if kind and p.person else None

    def group(self, person: str, day: date) -> str | None:
        """Return the reference of the group of a deputy on the day of a sitting."""
        group = self._directory.groupe_on(person, day)
        return group.ref if group else None

    def compare(self, p: Paragraph, by_name: tuple[str, str] | None, place: Place) -> None:
        """Count what an identifier says of a turn: a conflict becomes a remark."""
        if not p.person:
            self.counts["without identifier"] += 1
        elif not by_name:
            self.counts["known by identifier alone"] += 1
        elif by_name[1] == p.person:
            self.counts["confirmed"] += 1
        elif by_name[1].startswith("PA"):
            self.counts["in conflict"] += 1
            wrong = f"'{p.speaker}' is {p.person} in the sitting, {by_name[1]} by name and day"
            where = Where(place.sitting.path, place.point.line)
            self.conflicts.append(Remark(where, wrong, "both are published: compare the two"))
        else:
            self.counts["without identifier by name"] += 1


def sitting_iri(sitting: Sitting, iris: Iris) -> NamedNode:
    """Return `…/seance/crsanr5l15s2021e1n009`."""
    return iris.reference(KIND, sitting.uid.lower())


def sitting_name(sitting: Sitting) -> str:
    """Return « Séance du 13 juillet 2021, 15 h »."""
    hour = f", {sitting.hour}" if sitting.hour else ""
    return f"Séance du {french_date(sitting.day)}{hour}"


def point_iri(one: Link, rank: int, iris: Iris) -> NamedNode:
    """Return `…#2582793`, by the official anchor, else by the rank among those of the sitting."""
    whole = sitting_iri(one.place.sitting, iris)
    return NamedNode(f"{whole.value}#{one.place.point.anchor or f'question-{rank}'}")


def evidence_of(one: Link) -> str:
    """Return why a point is a question, in words."""
    day = french_date(one.place.sitting.day)
    return f"même jour ({day}), même auteur ({one.asked.person}), {SHARED[one.evidence]}"


def head_triples(sitting: Sitting, links: Iterable[Link], iris: Iris) -> Iterator[Triple]:
    """Yield what is said of a sitting and of its points, without their paragraphs."""
    s = sitting_iri(sitting, iris)
    yield Triple(s, RDF.type, qp("Seance"))
    yield Triple(s, RDFS.label, fr(sitting_name(sitting)))
    yield Triple(s, DCTERMS.identifier, plain_literal(sitting.uid))
    yield Triple(s, DCTERMS.date, civil_date(sitting.day))
    yield Triple(s, DCTERMS.source, NamedNode(sitting.address))
    for rank, one in enumerate(links, start=1):
        node, point = point_iri(one, rank, iris), one.place.point
        yield Triple(s, qp("pointDeSeance"), node)
        yield Triple(node, RDF.type, qp("PointDeSeance"))
        yield Triple(node, RDFS.label, fr(with_plain_spaces(point.title) or UNTITLED))
        yield Triple(node, qp("questionPosee"), iris.question(one.asked.uid))
        yield Triple(node, qp("concordance"), fr(evidence_of(one)))
        if address := sitting.address_of(point.anchor):
            yield Triple(node, DCTERMS.source, NamedNode(address))


def paragraph_triples(links: Iterable[Link], iris: Iris, speakers: Speakers) -> Iterator[Triple]:
    """Yield what is said of the paragraphs that are turns of the questions."""
    for rank, one in enumerate(links, start=1):
        point, place = point_iri(one, rank, iris), one.place
        for number, (p, turn) in enumerate(joined(place.point.paragraphs, one.asked.turns), 1):
            speakers.counts[TURNS if turn else OTHERS] += 1
            if not turn:
                continue
            speakers.compare(p, turn.person, place)
            base, _, fragment = point.value.partition("#")
            node = NamedNode(f"{base}#{p.anchor or f'{fragment}-{number}'}")
            yield Triple(point, qp("paragraphe"), node)
            yield Triple(node, RDF.type, qp("ParagrapheDeSeance"))
            yield Triple(node, RDFS.label, fr(with_plain_spaces(p.speaker)))
            yield Triple(node, qp("interventionTranscrite"), NamedNode(turn.iri))
            if p.person:
                yield Triple(node, qp("identifiantOrateur"), plain_literal(p.person))
            if person := speakers.person(p):
                yield Triple(node, qp("orateurIdentifie"), iris.reference(*person))
                yield from _completed(turn, person, place.sitting.day, iris, speakers)
            if address := place.sitting.address_of(p.anchor):
                yield Triple(node, DCTERMS.source, NamedNode(address))
            if p.seconds is not None:
                yield Triple(node, qp("secondesVideoSupposees"), decimal(p.seconds))


def _completed(
    turn: Turn, person: tuple[str, str], day: date, iris: Iris, speakers: Speakers
) -> Iterator[Triple]:
    """Yield what an identifier and the day of the sitting say of a turn, where its record does not
    tell.
    """
    if not turn.person:
        yield Triple(NamedNode(turn.iri), QP.orateur, iris.reference(*person))
    elif turn.person != person:
        return
    if turn.lacks_group and (group := speakers.group(person[1], day)):
        yield Triple(NamedNode(turn.iri), QP.groupeOrateur, iris.reference("groupe", group))


def make_graph(plan: BuildPlan) -> DebateGraph | None:
    """Read the sittings that the command names, and write the graph of those with questions of the
    release; None if the command names none.
    """
    iris = plan.iris
    if not (paths := plan.beside.get(OPTION)):
        return None
    plan.progress.stage("sittings")
    asked = list(oral_questions(PublishedQuestions(plan.work), iris))
    seats = (("depute", seat.acteur_ref) for seat in plan.tables.directory.seats.values())
    named = (turn.person for q in asked for turn in q.turns if turn.person)
    authors = (("depute", q.person) for q in asked if q.person)
    speakers = Speakers({*seats, *named, *authors}, plan.tables.directory)
    refused, read = list[Remark](), Counter[str]()
    sittings = read_sittings(paths, refused, read)
    links = link((Place(s, point) for s in sittings for point in s.points), asked)
    made = tuple(_by_sitting(links.linked))
    results, focus_nodes = list[Result](), Counter[str]()
    with (plan.work / f"{NAME}.nt").open("wb") as file:
        for some in batches(made, TOGETHER):
            triples = [
                triple for question in some for triple in _triples(*question, iris, speakers)
            ]
            own_results, counted = validate_described(triples, (iris.base,), plan.engine)
            results += own_results
            focus_nodes += counted
            file.write(ntriples(triples))
    mentions = {
        iris.question(one.asked.uid).value: [
            (sitting_iri(sitting, iris).value, sitting_name(sitting))
        ]
        for sitting, of_it in made
        for one in of_it
    }
    return DebateGraph(
        name=NAME,
        content="Les questions orales dans le compte rendu officiel de leur séance (Turtle)",
        results=tuple(results),
        focus_nodes=focus_nodes,
        rejected=tuple(refused),
        remarks=(*links.rivals, *speakers.conflicts),
        told=account(read, len(refused), links, len(asked), speakers.counts),
        made_of=digest(paths),
        mentions=mentions,
        sittings=made,
    )


def _triples(
    sitting: Sitting, links: list[Link], iris: Iris, speakers: Speakers
) -> Iterator[Triple]:
    yield from head_triples(sitting, links, iris)
    yield from paragraph_triples(links, iris, speakers)


def _by_sitting(links: Iterable[Link]) -> Iterator[Linked]:
    """Yield each sitting with its questions, in its order."""
    in_order = sorted(links, key=lambda one: one.place.sitting.uid)
    for _, of_it in groupby(in_order, key=lambda one: one.place.sitting.uid):
        listed = list(of_it)
        sitting = listed[0].place.sitting
        yield sitting, sorted(listed, key=lambda one: sitting.points.index(one.place.point))


def account(
    read: Mapping[str, int], refused: int, links: Links, asked: int, said: Mapping[str, int]
) -> str:
    """Return what became of all files, points, questions and paragraphs, in words."""
    linked, reasons = len(links.linked), {k: n for k, n in links.unlinked.items() if n}
    why = f" ({_list(reasons)})" if reasons else ""
    turns = {name: n for name, n in said.items() if name not in (TURNS, OTHERS)}
    speakers = f" (speakers: {_list(turns)})" if turns else ""
    return "; ".join((
        f"sittings: {read['files']} read = {read['files'] - refused} kept + {refused} refused",
        f"points that are questions: {read[QUESTIONS]} = {linked} linked"
        f" + {sum(reasons.values())} not{why}",
        f"oral questions: {asked} = {linked} linked + {asked - linked} not",
        f"their paragraphs: {said[TURNS] + said[OTHERS]} = {said[TURNS]} turns{speakers}"
        f" + {said[OTHERS]} others",
    ))  # fmt: skip


def _list(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
