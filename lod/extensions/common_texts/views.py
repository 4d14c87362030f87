"""What the pages of common texts show: each text with its question, and passages side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lod.extensions.common_texts.finding import CommonText, Member
from lod.extensions.common_texts.texts import UNDATED, SignedText, TextReader
from lod.extensions.common_texts.triples import common_text_iri, common_text_name, text_name
from lod.pipeline.question_db import PublishedQuestions
from lod.pipeline.question_memo import QuestionFacts
from lod.publish.publication import CrossReferences
from lod.rdf.iris import Iris


class Piece(NamedTuple):
    """A piece of a text."""

    text: str
    passage: int  # the number of the passage that it is, from 1 on; 0 if it is none


@dataclass(frozen=True, slots=True)
class TextView:
    """A text of a group, with what the page says of its question."""

    iri: str
    name: str
    day: str  # ISO, or ""
    question: str  # IRI of its question
    # IRI and name; both "" if nobody is known
    author: tuple[str, str]
    group: tuple[str, str]
    ministry: tuple[str, str]
    heading: tuple[str, str]


class ComparisonView(NamedTuple):
    """A text beside the one that was published first."""

    view: TextView
    member: Member
    first: list[Piece]
    own: list[Piece]


@dataclass(frozen=True, slots=True)
class CommonTextView:
    """A group: its texts, by day."""

    iri: str
    name: str
    first: TextView
    texts: list[TextView]  # all of them
    last_day: str  # on which a text of it was published


@dataclass(frozen=True, slots=True)
class CommonTextViewer:
    """What views are made of."""

    questions: PublishedQuestions
    iris: Iris
    references: CrossReferences

    def view(self, one: CommonText) -> CommonTextView:
        """Return a group."""
        texts = [self.text_view(text) for text in one.texts]
        days = [text.day for text in texts]
        iri = common_text_iri(one, self.iris).value
        return CommonTextView(iri, common_text_name(one), texts[0], texts, max(days))

    def compared(self, one: CommonText, members: Iterable[Member]) -> list[ComparisonView]:
        """Return some members of a group beside its first text."""
        first = self.text_of(one.first)
        return [self._compared(first, self.text_of(member.text), member) for member in members]

    def _compared(self, first: str, own: str, member: Member) -> ComparisonView:
        ones = pieces_of(first, [(p.first_start, p.first_end) for p in member.passages])
        others = pieces_of(own, [(p.start, p.end) for p in member.passages])
        return ComparisonView(self.text_view(member.text), member, ones, others)

    def text_of(self, text: SignedText) -> str:
        """Return a text itself."""
        return next(TextReader(self.questions, self.iris).read([text]))

    def text_view(self, text: SignedText) -> TextView:
        """Return a text, with what is said of its question."""
        facts, day = self._facts(text.uid), "" if text.day == UNDATED else text.day
        author, group, ministry, heading = (
            (iri, self.references.name_of(iri) if iri else "")
            for iri in (facts.auteur, facts.groupe, facts.ministere, facts.rubrique)
        )
        name = text_name(text)
        return TextView(text.iri, name, day, facts.iri, author, group, ministry, heading)

    def _facts(self, uid: str) -> QuestionFacts:
        stored = self.questions.of_uid(uid)
        assert stored, "it was found in there"
        [(facts, _)] = self.questions.facts([stored.rank])
        return facts


def pieces_of(text: str, passages: Sequence[tuple[int, int]]) -> list[Piece]:
    """Return the pieces of a text: what stands in passages (start, end), and between them.

    >>> [*map(tuple, pieces_of("abcd", [(1, 3)]))]
    [('a', 0), ('bc', 1), ('d', 0)]
    """
    pieces, place = [], 0
    for (start, end), number in sorted((span, n) for n, span in enumerate(passages, start=1)):
        pieces += [Piece(text[place:start], 0), Piece(text[start:end], number)]
        place = end
    return [piece for piece in (*pieces, Piece(text[place:], 0)) if piece.text]
