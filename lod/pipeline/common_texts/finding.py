"""The common texts of a release: new texts are compared with all, what was compared is kept."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lod.base.parallel import batches, ordered
from lod.pipeline.common_texts.candidates import candidates
from lod.pipeline.common_texts.comparison import Comparison, compare
from lod.pipeline.common_texts.grouping import groups
from lod.pipeline.common_texts.kept import KeptTexts, Pair
from lod.pipeline.common_texts.texts import ANSWER, QUESTION, SignedText, Signer, text_of
from lod.pipeline.common_texts.words import TextWords, words_of
from lod.pipeline.question_db import PublishedQuestions
from lod.rdf.iris import Iris

BATCH = 250  # questions whose texts are signed at once
WORDS_KEPT = 2048  # texts whose words stay in memory


@dataclass(frozen=True, slots=True)
class Member:
    """A text of a group, and what it shares with the first of the group."""

    text: SignedText
    comparison: Comparison  # the first text of the group is `first` in it


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

    What `before`, the release before it, has found is taken over. `objections` has pairs of IRIs
    that are not to stand together; with "", the first is to stand with none.
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
            kept.add_pairs(_compared(texts, known, _Words(questions, iris)))
            found += _grouped(texts, kept.pairs(), objections, _Words(questions, iris))
        return found


@dataclass(frozen=True)
class _Words:
    """The words of texts, of which some stay in memory."""

    questions: PublishedQuestions
    iris: Iris

    def __post_init__(self) -> None:
        object.__setattr__(self, "of", lru_cache(WORDS_KEPT)(self.of))

    def of(self, text: SignedText) -> TextWords:
        """Return the words of a text."""
        stored = self.questions.of_uid(text.uid)
        assert stored, "it was read from there"
        return words_of(text_of(stored.question, text.iri, self.iris))


def _compared(
    texts: list[SignedText], known: Collection[str], words: _Words
) -> Iterator[tuple[Pair, Comparison]]:
    """Yield the pairs with a new text that have enough in common; never two of one author."""
    new = [place for place, text in enumerate(texts) if text.iri not in known]
    signatures = [text.signature for text in texts]
    for pair in sorted(candidates(signatures, new)):
        one, other = (texts[place] for place in pair)
        if one.kind == QUESTION and one.author == other.author:
            continue
        comparison = compare(words.of(one), words.of(other))
        if comparison.is_common:
            yield (one.iri, other.iri), comparison


def _grouped(
    texts: Iterable[SignedText],
    pairs: Iterable[tuple[Pair, Comparison]],
    objections: Collection[tuple[str, str]],
    words: _Words,
) -> Iterator[CommonText]:
    """Yield the groups of some texts, without what somebody has objected to."""
    by_iri = {text.iri: text for text in texts}
    rank = {text.iri: (text.day, text.iri) for text in by_iri.values()}
    said = {pair: found for pair, found in pairs if pair[0] in by_iri}
    left = (pair for pair in said if not _objected(pair, objections))
    for first, others in groups(left, rank).items():
        yield CommonText(
            by_iri[first],
            tuple(
                Member(by_iri[iri], said[first, iri] if first < iri else said[iri, first].turned())
                for iri in others
            ),
        )


def _objected(pair: Pair, objections: Collection[tuple[str, str]]) -> bool:
    one, other = pair
    return any(it in objections for it in ((one, ""), (other, ""), (one, other), (other, one)))
