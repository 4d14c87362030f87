"""The common texts of a release: new texts are compared with all, what was compared is kept."""

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
PAIRS = 1000  # pairs that are compared at once: the words of their texts are some 10 MB …
MOST = 1 << 24  # … or fewer, if they come to more than so many bytes
KINDS = QUESTION, ANSWER
Spans = list[tuple[int, int]]  # of the words of a text, in characters
TextPair = tuple[SignedText, SignedText]  # by IRI
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
    many: set[str] | None = None,
) -> list[CommonText]:
    """Return the groups of a release, those of questions first, each kind by day and IRI.

    What `before`, the release before it, has found is taken over. `objections` has pairs of
    uids of questions and codes of answers that are not to stand together; with "", the first is to
    stand with none. Where too many texts are alike to compare each pair, they are compared with the
    earliest ones alone, and the IRI of the earliest is added to `many`.
    """
    with KeptTexts(questions.release) as kept:
        kept.take_over(before)
        known = kept.known()
        reader = TextReader(questions, iris)
        for _, signed in ordered(reader.sign, batches(kept.new_uids(), BATCH), jobs):
            kept.add(signed)
        kept.complete()
        pairs = (pair for kind in KINDS for pair in _near(kept.texts(kind), known, many))
        for _, common in ordered(partial(_compare, reader), _with_words(pairs, kept), jobs):
            kept.add_pairs(common)
        found = _grouped(kept, objections, reader)
        return sorted(found, key=lambda text: KINDS.index(text.first.kind))


def _near(
    texts: Sequence[SignedText], known: Collection[str], many: set[str] | None
) -> Iterator[TextPair]:
    """Yield the pairs with a new text that may share much; never two of one author."""
    new = [place for place, text in enumerate(texts) if text.iri not in known]
    signatures = [text.signature for text in texts]
    by_day = sorted(range(len(texts)), key=lambda place: (texts[place].day, texts[place].iri))
    ranks = sorted(range(len(texts)), key=by_day.__getitem__)  # place → its place in `by_day`
    crowds = set[int]()
    near = sorted(candidates(signatures, new, ranks, crowds))
    if many is not None:
        many.update(texts[place].iri for place in crowds)
    for pair in near:
        one, other = (texts[place] for place in pair)
        if one.kind == ANSWER or one.author != other.author:
            yield one, other


class PairsAndWords(NamedTuple):
    """Pairs that are compared at once."""

    pairs: list[TextPair]
    words: dict[str, bytes]  # IRI → words, as they were signed; the others are read again


def _with_words(pairs: Iterable[TextPair], kept: KeptTexts) -> Iterator[PairsAndWords]:
    """Yield all pairs, some at once, with the words of their texts."""
    some, size = PairsAndWords([], {}), 0
    for pair in pairs:
        found = kept.words(text.iri for text in pair if text.iri not in some.words)
        some.pairs.append(pair)
        some.words.update(found)
        size += sum(map(len, found.values()))
        if len(some.pairs) == PAIRS or size > MOST:
            yield some
            some, size = PairsAndWords([], {}), 0
    if some.pairs:
        yield some


def _compare(reader: TextReader, some: PairsAndWords) -> list[tuple[Pair, Comparison]]:
    """Return those of some pairs that have enough in common."""
    said = dict(some.words)
    texts = sorted({text for pair in some.pairs for text in pair if text.iri not in said})
    read = zip(texts, reader.read(texts), strict=True)
    said |= {text.iri: words_of(words).numbers.tobytes() for text, words in read}
    each = list(dict.fromkeys(said.values()))  # texts that are equal are compared once
    of = dict(zip(each, compared([TextWords(array("I", one)) for one in each]), strict=True))

    @cache
    def comparison(one: bytes, other: bytes) -> Comparison | None:
        first, second = of[one], of[other]
        found = compare(first, second) if may_be_common(first, second) else None
        return found if found and found.is_common else None

    compared_pairs = (
        ((one.iri, other.iri), comparison(said[one.iri], said[other.iri]))
        for one, other in some.pairs
    )
    return [(pair, found) for pair, found in compared_pairs if found]


def _grouped(
    kept: KeptTexts, objections: Collection[tuple[str, str]], reader: TextReader
) -> Iterator[CommonText]:
    """Yield the groups by day and IRI, without what somebody has objected to."""
    said = dict(kept.pairs())
    by_iri = {iri: kept.text(iri) for iri in set(chain.from_iterable(said))}
    rank = {text.iri: (text.day, text.iri) for text in by_iri.values()}
    left = (pair for pair in said if not _objected(pair, objections))
    for first, others in groups(left, rank).items():
        texts = [by_iri[iri] for iri in (first, *others)]
        spans = map(spans_of, reader.read(texts))
        own = next(spans)
        members = (
            _member(text, said[first, text.iri], own, other)
            if first < text.iri
            else _member(text, said[text.iri, first].turned(), own, other)
            for text, other in zip(texts[1:], spans, strict=True)
        )
        yield CommonText(texts[0], tuple(members))


def groups(pairs: Iterable[tuple[str, str]], rank: Mapping[str, Rank]) -> dict[str, list[str]]:
    """Return the first text of each group → the others; both in the order of their rank.

    A text with none before it that it shares enough with begins a group. Any other one stands with
    each such text that it shares enough with or, if there is none, with the earliest of those
    before it. So each member of a group shares enough with the first of it, and texts that change
    little by little make no single group; and each text of a pair stands somewhere.

    >>> pairs = [("a", "b"), ("b", "c"), ("d", "b")]
    >>> groups(pairs, {one: ("", one) for one in "abcd"})
    {'a': ['b'], 'b': ['c', 'd']}
    """
    before: dict[str, set[str]] = {}  # text → those before it that it shares enough with
    for one, other in pairs:
        first, later = sorted((one, other), key=rank.__getitem__)
        before.setdefault(later, set()).add(first)
    found: dict[str, list[str]] = {}
    for later in sorted(before, key=rank.__getitem__):
        beginnings = {first for first in before[later] if first not in before}
        for first in beginnings or {min(before[later], key=rank.__getitem__)}:
            found.setdefault(first, []).append(later)
    return dict(sorted(found.items(), key=lambda item: rank[item[0]]))


def _member(text: SignedText, found: Comparison, ones: Spans, others: Spans) -> Member:
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
