"""The common texts of a release: new texts are compared with all, what was compared is kept."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from lod.base.parallel import batches, ordered
from lod.pipeline.common_texts.candidates import candidates
from lod.pipeline.common_texts.comparison import Comparison, compare
from lod.pipeline.common_texts.grouping import groups
from lod.pipeline.common_texts.kept import KeptTexts, Pair
from lod.pipeline.common_texts.texts import ANSWER, QUESTION, SignedText, Signer, TextReader
from lod.pipeline.common_texts.words import spans_of, words_of
from lod.pipeline.question_db import PublishedQuestions
from lod.rdf.iris import Iris

BATCH = 250  # questions whose texts are signed at once
KEPT = 1 << 14  # texts whose words stay in memory: some 40 MB
Read = Callable[[SignedText], str]


class CommonPassage(NamedTuple):
    """Where a passage stands in both texts, in characters, and how many words it has."""

    start: int
    end: int
    first_start: int  # in the first text of the group
    first_end: int
    words: int


@dataclass(frozen=True, slots=True)
class Member:
    """A text of a group, and what it shares with the first of the group."""

    text: SignedText
    comparison: Comparison  # the first text of the group is `first` in it
    passages: tuple[CommonPassage, ...]  # in the order of this text


@dataclass(frozen=True, slots=True)
class CommonText:
    """A group: the text that was published first, and the others."""

    first: SignedText
    members: tuple[Member, ...]  # by day and IRI

    @property
    def texts(self) -> tuple[SignedText, ...]:
        """All texts, the first one first."""
        return (self.first, *(member.text for member in self.members))


def find_common_texts(
    questions: PublishedQuestions,
    iris: Iris,
    before: Path | None = None,
    jobs: int = 1,
    objections: Collection[tuple[str, str]] = (),
) -> list[CommonText]:
    """Return the groups of a release, those of questions first, each kind by day and IRI.

    What `before`, the release before it, has found is taken over. `objections` has pairs of
    uids of questions and codes of answers that are not to stand together; with "", the first is to
    stand with none.
    """
    with KeptTexts(questions.release) as kept:
        kept.take_over(before)
        known = kept.known()
        signer, ranks = Signer(questions, iris), kept.new_ranks()
        few = jobs if len(ranks) > BATCH else 1  # to start processes takes longer
        for _, signed in ordered(signer.sign, batches(ranks, BATCH), few):
            kept.add(signed)
        kept.complete()
        found: list[CommonText] = []
        for kind in (QUESTION, ANSWER):
            texts = kept.texts(kind)
            read = TextReader(questions, iris).read
            kept.add_pairs(_compared(texts, known, read))
            found += _grouped(texts, kept.pairs(), objections, read)
        return found


def _compared(
    texts: list[SignedText], known: Collection[str], read: Read
) -> Iterator[tuple[Pair, Comparison]]:
    """Yield the pairs with a new text that have enough in common; never two of one author."""
    words = lru_cache(KEPT)(lambda text: words_of(read(text)))
    new = [place for place, text in enumerate(texts) if text.iri not in known]
    signatures = [text.signature for text in texts]
    for pair in sorted(candidates(signatures, new)):
        one, other = (texts[place] for place in pair)
        if one.kind == QUESTION and one.author == other.author:
            continue
        comparison = compare(words(one), words(other))
        if comparison.is_common:
            yield (one.iri, other.iri), comparison


def _grouped(
    texts: Iterable[SignedText],
    pairs: Iterable[tuple[Pair, Comparison]],
    objections: Collection[tuple[str, str]],
    read: Read,
) -> Iterator[CommonText]:
    """Yield the groups of some texts, without what somebody has objected to."""
    by_iri = {text.iri: text for text in texts}
    rank = {text.iri: (text.day, text.iri) for text in by_iri.values()}
    said = {pair: found for pair, found in pairs if pair[0] in by_iri}
    left = (pair for pair in said if not _objected(pair, objections))
    for first, others in groups(left, rank).items():
        members = (
            _member(by_iri[iri], said[first, iri], by_iri[first], read)
            if first < iri
            else _member(by_iri[iri], said[iri, first].turned(), by_iri[first], read)
            for iri in others
        )
        yield CommonText(by_iri[first], tuple(members))


def _member(text: SignedText, found: Comparison, first: SignedText, read: Read) -> Member:
    ones, others = spans_of(read(first)), spans_of(read(text))
    passages = (
        CommonPassage(
            others[p.other][0],
            others[p.other + p.words - 1][1],
            ones[p.first][0],
            ones[p.first + p.words - 1][1],
            p.words,
        )
        for p in found.passages
    )
    return Member(text, found, tuple(passages))


def _objected(pair: Pair, objections: Collection[tuple[str, str]]) -> bool:
    one, other = (iri.rpartition("/")[2] for iri in pair)
    return any(it in objections for it in ((one, ""), (other, ""), (one, other), (other, one)))
