"""How right common texts are: `make eval-textes`.

Labelled pairs (`pairs.py`) stand among other texts, and go the whole way: words,
signatures, candidates, exact comparison. The threshold is chosen on one part of them and reported
on the other. Joint answers count as recall; real pairs are compared where the shared data is.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lod.base.inputs import records
from lod.extensions.common_texts.candidates import candidates, signatures
from lod.extensions.common_texts.comparison import (
    LONGEST,
    SHARE,
    SHARED,
    Comparison,
    compare,
    compared,
)
from lod.extensions.common_texts.texts import QUESTION, SignedText, texts_of
from lod.extensions.common_texts.words import words_of
from lod.model.question import Question
from lod.pipeline.reading.intake import RecordReader, read_again, read_records
from lod.rdf.iris import Iris
from tests.extensions.common_texts.evaluation.pairs import KINDS, joint_answers, labelled_pairs
from tests.extensions.common_texts.support import prose
from tests.support.paths import BASE, REAL

PAIRS, JOINT, OTHERS = 100, 300, 2000  # of each kind; joint answers; texts beside them
SHARES = tuple(n / 20 for n in range(4, 19))  # thresholds to choose from
REVIEWED = Path(__file__).with_name("paires-reelles.csv")
PRECISION = 0.98  # that what is published must have


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair with its label, and what was found of it; None: it was no candidate."""

    kind: str
    is_common: bool
    part: int
    found: Comparison | None

    def published(self, share: float = SHARE) -> bool:
        """Whether it would be published with this threshold."""
        if self.found is None:
            return False
        longest = max((p.words for p in self.found.passages), default=0)
        is_long = self.found.shared >= SHARED and longest >= LONGEST
        return is_long and self.found.share >= share


@dataclass(frozen=True, slots=True)
class Rates:
    """How many are right."""

    right: int  # published, and common
    wrong: int  # published, and not common
    missed: int

    @property
    def precision(self) -> float:
        """Right among the published."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Right among the common."""
        return self.right / max(1, self.right + self.missed)


def rates(judged: Iterable[Judged], share: float = SHARE) -> Rates:
    """Count what a threshold is right about."""
    seen = Counter((one.is_common, one.published(share)) for one in judged)
    return Rates(seen[True, True], seen[False, True], seen[True, False])


def run(pairs: Sequence[tuple[str, str]]) -> list[Comparison | None]:
    """Send pairs among other texts the whole way; return what is found of each."""
    texts = [text for pair in pairs for text in pair]
    texts += [prose(f"other {n}", 60 + n % 200) for n in range(OTHERS)]
    words = list(map(words_of, texts))
    near = set(candidates(list(signatures(words))))
    places = ((2 * n, 2 * n + 1) for n in range(len(pairs)))
    of = list(compared(words))
    return [compare(of[a], of[b]) if (a, b) in near else None for a, b in places]


def judged_pairs(count: int) -> list[Judged]:
    """Return the labelled pairs with what is found of them."""
    pairs = list(labelled_pairs(count))
    found = run([(pair.one, pair.other) for pair in pairs])
    told = zip(pairs, found, strict=True)
    return [Judged(pair.kind, pair.is_common, pair.part, one) for pair, one in told]


def chosen(judged: Iterable[Judged]) -> float:
    """Return the lowest threshold that is precise enough on the first part."""
    part = [one for one in judged if one.part == 0]
    return next(share for share in SHARES if rates(part, share).precision >= PRECISION)


def table(judged: Sequence[Judged]) -> Iterator[str]:
    """Yield the rows of the table of the guide: the part on which the threshold was not chosen."""
    yield "| paires | jugées | règle du jugement | publiées |"
    yield "|---|---|---|---|"
    for name, kind in KINDS.items():
        some = [one for one in judged if one.kind == name and one.part == 1]
        told = "communes" if kind.is_common else "non communes"
        published = sum(one.published() for one in some)
        yield f"| {name} | {told} | {kind.rule} | {published} sur {len(some)} |"


def bands(judged: Iterable[Judged]) -> Iterator[str]:
    """Yield a line for each band of score: how many pairs, how many of them common."""
    seen: dict[int, Counter[bool]] = {}
    for one in judged:
        band = int(10 * one.found.share) if one.found else -1
        seen.setdefault(min(band, 9), Counter())[one.is_common] += 1
    for band, counted in sorted(seen.items()):
        name = "no candidate" if band < 0 else f"share {band / 10:.1f} to {(band + 1) / 10:.1f}"
        yield f"  {name}: {counted[True]} common, {counted[False]} not"


def joint_recall(count: int) -> Rates:
    """Return how many joint answers are found, in other words of address."""
    found = run(list(joint_answers(count)))
    return rates(Judged("joint", True, 1, one) for one in found)


def real_questions() -> list[Question]:
    """Return the questions of the shared records, each once."""
    found = {}
    for _, one in read_records(records([REAL]), RecordReader(), 1):
        if not one.findings and (reading := read_again(one).reading):
            found[reading.question.uid] = reading.question
    return [found[uid] for uid in sorted(found)]


def real_pairs() -> Iterator[str]:
    """Yield what is found among all real texts, and what was judged of the nearest pairs."""
    iris = Iris(BASE)
    by_name: dict[str, tuple[SignedText, str]] = {}
    answers = Counter[str]()
    questions = real_questions()
    for q in questions:
        for head, text in texts_of(q, iris):
            by_name.setdefault(head.iri.rpartition("/")[2], (head, text))
            answers[head.iri] += head.kind != QUESTION
    spoken = sum(1 for q in questions if q.type == "QG")
    joint = sum(1 for n in answers.values() if n > 1)
    yield f"real: {len(by_name)} texts of {len(questions)} questions, {joint} joint answer(s);"
    yield f"  {spoken} questions to the Government, whose transcripts are left out"
    names = sorted(by_name)
    words = [words_of(by_name[name][1]) for name in names]
    of = list(compared(words))
    for a, b in candidates(list(signatures(words))):
        if compare(of[a], of[b]).is_common:
            same = by_name[names[a]][0].author == by_name[names[b]][0].author
            yield f"  common: {names[a]} {names[b]}{' (one author: not published)' * same}"
    with REVIEWED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found = compare(*compared([words_of(by_name[row[n]][1]) for n in ("un", "autre")]))
            verdict = "published" if found.is_common else "not published"
            right = found.is_common == (row["commun"] == "oui")
            told = f"{row['un']} {row['autre']}: share {found.share:.2f}, {verdict}"
            yield f"  {'right' if right else 'WRONG'}: {told}; {row['règle']}"


def main() -> None:
    """Print all figures."""
    count = int(sys.argv[1]) if sys.argv[1:] else PAIRS
    judged = judged_pairs(count)
    share = chosen(judged)
    print(f"threshold chosen on one half: {share:.2f} (the program has {SHARE:.2f})")
    for name, part in (("chosen on", 0), ("reported on", 1)):
        found = rates(one for one in judged if one.part == part)
        print(f"{name}: precision {found.precision:.4f}, recall {found.recall:.4f} {found}")
    for share in SHARES:
        found = rates((one for one in judged if one.part == 0), share)
        print(f"  at {share:.2f}: precision {found.precision:.4f}, recall {found.recall:.4f}")
    print("\n".join([*bands(judged), *table(judged)]))
    joint = joint_recall(JOINT)
    print(f"joint answers in other words of address: recall {joint.recall:.4f} of {JOINT}")
    if REAL.is_dir():
        print("\n".join(real_pairs()))
    else:
        print(f"no real pairs: {REAL} is absent")


if __name__ == "__main__":
    main()
