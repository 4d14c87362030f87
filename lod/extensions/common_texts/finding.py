"""The common texts of a release: new texts are compared with all, earlier comparisons are kept."""

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from lod.base.parallel import batches, ordered
from lod.extensions.common_texts.candidates import candidates
from lod.extensions.common_texts.comparison import Comparison, compare, compared, may_be_common
from lod.extensions.common_texts.kept import KeptTexts, Pair
from lod.extensions.common_texts.texts import ANSWER, QUESTION, SignedText, TextReader
from lod.extensions.common_texts.words import TextWords, spans_of, words_of
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.rdf.iris import Iris

BATCH = 250  # questions whose texts are signed at once
PAIRS = 1000  # most pairs of a batch: the words of their texts are some 10 MB …
MOST = 1 << 24  # … and most bytes of these words
KINDS = QUESTION, ANSWER
Spans = list[tuple[int, int]]  # start and end of each word of a text, in characters
TextPair = tuple[SignedText, SignedText]  # in the order of their IRIs
Rank = tuple[str, str]  # day and IRI


class CommonPassage(NamedTuple):
    """Where a passage stands in both texts, in characters, and how many words it has."""

    start: int
    end: int
    first_start: int  # in the first text of the group
    first_end: int
    words: int


@dataclass(frozen=True, slots=True)
class Member:
    """A text of a group, and what it shares with the first text of the group."""

    text: SignedText
    comparison: Comparison  # the first text of the group is `first` in it
    passages: tuple[CommonPassage, ...]  # in the order of this text


@dataclass(frozen=True, slots=True)
class CommonText:
    """A group: the text that was published first, and the texts that share much with it."""

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
    many: set[str] | None = None,
) -> list[CommonText]:
    """Return the groups of a release, those of questions first, each kind by day and IRI.

    Comparisons of `before`, the release before, are taken over. `objections` has pairs of uids of
    questions and codes of answers that must not stand together; a pair with "" means that the text
    must stand in no group. Where too many texts are alike to compare each pair, they are compared
    with the earliest ones alone, and the IRI of the earliest is added to `many`.
    """
    with KeptTexts(questions.release) as kept:
        kept.take_over(before)
        known_iris = kept.known()
        reader = TextReader(questions, iris)
        for _, signed in ordered(reader.sign, batches(kept.new_uids(), BATCH), jobs):
            kept.add(signed)
        kept.complete()
        pairs = (pair for kind in KINDS for pair in _near(kept.texts(kind), known_iris, many))
        for _, common in ordered(partial(_compare, reader), _with_words(pairs, kept), jobs):
            kept.add_pairs(common)
        common_texts = _grouped(kept, objections, reader)
        return sorted(common_texts, key=lambda group: KINDS.index(group.first.kind))


def _near(
    texts: Sequence[SignedText], known: Collection[str], many: set[str] | None
) -> Iterator[TextPair]:
    """Yield the pairs with a new text that may share much; never two questions of one author."""
    new = [place for place, text in enumerate(texts) if text.iri not in known]
    signatures = [text.signature for text in texts]
    by_day = sorted(range(len(texts)), key=lambda place: (texts[place].day, texts[place].iri))
    ranks = sorted(range(len(texts)), key=by_day.__getitem__)  # place → its place in `by_day`
    crowds = set[int]()
    near = sorted(candidates(signatures, new, ranks, crowds))
    if many is not None:
        many.update(texts[place].iri for place in crowds)
    for pair in near:
        first, other = (texts[place] for place in pair)
        if first.kind == ANSWER or first.author != other.author:
            yield first, other


class PairsAndWords(NamedTuple):
    """A batch of pairs."""

    pairs: list[TextPair]
    words: dict[str, bytes]  # IRI → words, as they were signed; those of other texts are read again


def _with_words(pairs: Iterable[TextPair], kept: KeptTexts) -> Iterator[PairsAndWords]:
    """Yield all pairs, in batches, with the words of their texts."""
    batch, size = PairsAndWords([], {}), 0
    for pair in pairs:
        words = kept.words(text.iri for text in pair if text.iri not in batch.words)
        batch.pairs.append(pair)
        batch.words.update(words)
        size += sum(map(len, words.values()))
        if len(batch.pairs) == PAIRS or size > MOST:
            yield batch
            batch, size = PairsAndWords([], {}), 0
    if batch.pairs:
        yield batch


def _compare(reader: TextReader, batch: PairsAndWords) -> list[tuple[Pair, Comparison]]:
    """Return the pairs of a batch that have enough in common."""
    words_by_iri = dict(batch.words)
    texts = sorted({text for pair in batch.pairs for text in pair if text.iri not in words_by_iri})
    read = zip(texts, reader.read(texts), strict=True)
    words_by_iri |= {text.iri: words_of(content).numbers.tobytes() for text, content in read}
    distinct = list(dict.fromkeys(words_by_iri.values()))  # equal texts are compared once
    compared_texts = compared([TextWords(array("I", words)) for words in distinct])
    text_of = dict(zip(distinct, compared_texts, strict=True))

    @cache
    def comparison(words: bytes, other_words: bytes) -> Comparison | None:
        first, other = text_of[words], text_of[other_words]
        result = compare(first, other) if may_be_common(first, other) else None
        return result if result and result.is_common else None

    compared_pairs = (
        ((first.iri, other.iri), comparison(words_by_iri[first.iri], words_by_iri[other.iri]))
        for first, other in batch.pairs
    )
    return [(pair, result) for pair, result in compared_pairs if result]


def _grouped(
    kept: KeptTexts, objections: Collection[tuple[str, str]], reader: TextReader
) -> Iterator[CommonText]:
    """Yield the groups by day and IRI, without the pairs that somebody has objected to."""
    comparisons = dict(kept.pairs())
    by_iri = {iri: kept.text(iri) for iri in set(chain.from_iterable(comparisons))}
    rank = {text.iri: (text.day, text.iri) for text in by_iri.values()}
    admitted = (pair for pair in comparisons if not _objected(pair, objections))
    for first, later in groups(admitted, rank).items():
        texts = [by_iri[iri] for iri in (first, *later)]
        spans = map(spans_of, reader.read(texts))
        first_spans = next(spans)
        members = (
            _member(text, comparisons[first, text.iri], first_spans, own_spans)
            if first < text.iri
            else _member(text, comparisons[text.iri, first].turned(), first_spans, own_spans)
            for text, own_spans in zip(texts[1:], spans, strict=True)
        )
        yield CommonText(texts[0], tuple(members))


def groups(pairs: Iterable[tuple[str, str]], rank: Mapping[str, Rank]) -> dict[str, list[str]]:
    """Return the first text of each group → its other texts, all in the order of their rank. The
    texts of a pair share enough to stand together.

    A text that is the later one of no pair begins a group. Any other text joins the group of each
    earlier partner that begins one; if no partner does, its earliest partner begins one for it.
    So each member of a group shares enough with the first of it, texts that change little by little
    make no single group, and each text of a pair stands somewhere.

    >>> pairs = [("a", "b"), ("b", "c"), ("d", "b")]
    >>> groups(pairs, {text: ("", text) for text in "abcd"})
    {'a': ['b'], 'b': ['c', 'd']}
    """
    before: dict[str, set[str]] = {}  # text → its earlier partners
    for pair in pairs:
        first, later = sorted(pair, key=rank.__getitem__)
        before.setdefault(later, set()).add(first)
    later_of: dict[str, list[str]] = {}
    for later in sorted(before, key=rank.__getitem__):
        beginnings = {first for first in before[later] if first not in before}
        for first in beginnings or {min(before[later], key=rank.__getitem__)}:
            later_of.setdefault(first, []).append(later)
    return dict(sorted(later_of.items(), key=lambda item: rank[item[0]]))


def _member(text: SignedText, comparison: Comparison, first: Spans, own: Spans) -> Member:
    passages = (
        CommonPassage(
            own[p.other][0],
            own[p.other + p.words - 1][1],
            first[p.first][0],
            first[p.first + p.words - 1][1],
            p.words,
        )
        for p in comparison.passages
    )
    return Member(text, comparison, tuple(passages))


def _objected(pair: Pair, objections: Collection[tuple[str, str]]) -> bool:
    a, b = (iri.rpartition("/")[2] for iri in pair)
    return any(objection in objections for objection in ((a, ""), (b, ""), (a, b), (b, a)))
