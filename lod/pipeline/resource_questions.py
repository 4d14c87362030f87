"""The questions of each resource, by their ranks, and the newest of those that can be followed.

Ranks take four bytes each in memory: a question is about some ten resources.
"""

from array import array
from collections.abc import Mapping
from heapq import heappush, heappushpop
from typing import TypeAlias

from lod.pipeline.question_memo import QuestionFacts, Subjects
from lod.rdf.vocab import ORG_CLASSIFICATION, QP

FOLLOWED_KINDS = (  # of resources that have a feed
    "depute", "auteur", "ministere", "portefeuille", "rubrique", "groupe", "legislature",
    "circonscription", "departement", "region",
)  # fmt: skip
ALL = ""  # stands for a resource that all questions are about
MOST_OF_ALL, MOST_OF_RESOURCE = 100, 50  # entries of the feed of all, and of that of a resource
# roles that `questions-liees.rq` does not follow from a question: ministries of former
# attributions, and portfolios, which it finds by the ministry in charge
UNLISTED = (QP.ministere.value, ORG_CLASSIFICATION.value)
Ranks: TypeAlias = "array[int]"  # a subscript that Python 3.11 does not know yet
Portefeuilles = Mapping[str, list[str]]  # IRI of a ministry → those of its portfolios


class ResourceQuestions:
    """The ranks of the questions of each resource, in order."""

    def __init__(self, base: str) -> None:
        self._followed = tuple(f"{base}{kind}/" for kind in FOLLOWED_KINDS)
        self._ranks: dict[str, Ranks] = {}
        self._in_charge: dict[str, Ranks] = {}  # of ministries, those they have to answer
        # resource → heap of (day of the newest event, IRI, rank)
        self._newest: dict[str, list[tuple[str, str, int]]] = {}

    def add(self, rank: int, facts: QuestionFacts, subjects: Subjects) -> None:
        """Take in a question; ranks come in order."""
        for iri in {iri for role, iri in subjects if role not in UNLISTED}:
            self._ranks.setdefault(iri, array("I")).append(rank)
        if facts.ministere:
            self._in_charge.setdefault(facts.ministere, array("I")).append(rank)
        followed = {iri for _, iri in subjects if iri.startswith(self._followed)}
        for iri in (ALL, *followed):
            heap = self._newest.setdefault(iri, [])
            push = heappush if len(heap) < _most(iri) else heappushpop
            push(heap, (facts.last_event, facts.iri, rank))

    def with_portfolios(self, portefeuilles: Portefeuilles) -> dict[str, Ranks]:
        """Return resource → its questions; those of a portfolio are those of its ministries."""
        found: dict[str, set[int]] = {}
        for ministere, ranks in self._in_charge.items():
            for iri in portefeuilles.get(ministere, ()):
                found.setdefault(iri, set()).update(ranks)
        return self._ranks | {iri: array("I", sorted(ranks)) for iri, ranks in found.items()}

    def newest(self) -> dict[str, list[int]]:
        """Return resource → its questions with the newest events, the newest first."""
        return {
            iri: [rank for *_, rank in sorted(heap, reverse=True)]
            for iri, heap in self._newest.items()
        }


def _most(iri: str) -> int:
    return MOST_OF_RESOURCE if iri else MOST_OF_ALL
