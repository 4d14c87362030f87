"""How right common texts are.

Labelled pairs stand among other texts, and go the whole way: words, signatures, candidates, exact
comparison. The threshold is chosen on one part of them and reported on the other. Joint answers
count as recall.

The pairs are invented: prose of a small vocabulary, seeded. A label follows from how a pair is
made, not from its score: each kind states its rule.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random

from lod.extensions.common_texts.candidates import candidates, signatures
from lod.extensions.common_texts.comparison import (
    LONGEST,
    SHARE,
    SHARED,
    Comparison,
    compare,
    compared,
)
from lod.extensions.common_texts.words import words_of
from tests.extensions.common_texts.support import ENDING, opening, prose

PAIRS, JOINT, OTHERS = 100, 300, 2000  # of each kind; joint answers; texts beside them
SHARES = tuple(n / 20 for n in range(4, 19))  # thresholds to choose from
PRECISION = 0.98  # that what is published must have
NAMES = ("Mme Anne Essai", "M. Jean Modèle", "Mme Zoé Exemple", "M. Luc Cas", "Mme Ida Fiction")
ENDINGS = (ENDING, " Elle souhaite connaître la position du Gouvernement à ce sujet.", "")


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to make pairs."""

    make: Callable[[Random, str], tuple[str, str]]  # with the seed of prose
    is_common: bool
    rule: str  # by which they are judged


def whole(rng: Random, *parts: str) -> str:
    subject = prose(f"{rng.random()}", 5)
    return opening(rng.choice(NAMES), subject) + " ".join(parts) + rng.choice(ENDINGS)


def own(rng: Random, least: int, most: int) -> str:
    return prose(f"{rng.random()}", rng.randint(least, most))


def copied(rng: Random, seed: str) -> tuple[str, str]:
    plea = prose(seed, rng.randint(60, 250))
    return whole(rng, plea), whole(rng, plea)


def completed(rng: Random, seed: str) -> tuple[str, str]:
    plea = prose(seed, rng.randint(80, 200))
    size = len(plea.split())
    return whole(rng, plea), whole(rng, own(rng, 10, size // 2), plea, own(rng, 0, size // 3))


def shortened(rng: Random, seed: str) -> tuple[str, str]:
    words = prose(seed, rng.randint(120, 300)).split()
    start = rng.randint(0, len(words) // 3)
    cut = words[start : start + rng.randint(len(words) // 2, len(words))]
    return whole(rng, " ".join(words)), whole(rng, " ".join(cut))


def moved(rng: Random, seed: str) -> tuple[str, str]:
    parts = [prose(f"{seed} {n}", rng.randint(25, 60)) for n in range(4)]
    turned = rng.sample(parts, 4)
    return whole(rng, *parts), whole(rng, *turned)


def reworded(rng: Random, seed: str) -> tuple[str, str]:
    words = prose(seed, rng.randint(100, 250)).split()
    every = rng.randint(18, 45)  # one word in so many is another one
    changed = [f"autrement{n}" if n % every == every - 1 else w for n, w in enumerate(words)]
    return whole(rng, " ".join(words)), whole(rng, " ".join(changed))


def localised(rng: Random, seed: str) -> tuple[str, str]:
    parts = [prose(f"{seed} {n}", rng.randint(25, 45)) for n in range(3)]

    def told() -> str:
        place, number = own(rng, 2, 3), rng.randint(1000, 9999)
        return f"{parts[0]} Dans le territoire {place} {number} sont comptés. {parts[1]} {parts[2]}"

    return whole(rng, told()), whole(rng, told())


def retyped(rng: Random, seed: str) -> tuple[str, str]:
    plea = prose(seed, rng.randint(60, 200))
    bare = plea.upper().replace("É", "E").replace("È", "E").replace("Ê", "E")
    return whole(rng, plea), whole(rng, bare.replace(" ", "\u00a0"))


def rewritten(rng: Random, seed: str) -> tuple[str, str]:
    words = prose(seed, rng.randint(100, 250)).split()
    changed = [f"autrement{n}" if rng.random() < 1 / 16 else w for n, w in enumerate(words)]
    return whole(rng, " ".join(words)), whole(rng, " ".join(changed))


def in_part(least: float, most: float, rng: Random, seed: str) -> tuple[str, str]:
    """Return two texts of which the shorter one has such a part of the other."""
    size = rng.randint(90, 220)
    shared = round(size * rng.uniform(least, most))
    cuts = [prose(f"{seed} {n}", shared // 3) for n in range(3)]
    rests = [own(rng, (size - shared) // 3, (size - shared) // 3) for _ in range(3)]
    longer = [own(rng, size // 6, size // 2) for _ in range(3)]
    one = " ".join(f"{cut} {rest}" for cut, rest in zip(cuts, rests, strict=True))
    other = " ".join(f"{rest} {cut}" for cut, rest in zip(cuts, longer, strict=True))
    return whole(rng, one), whole(rng, other)


major, minor = partial(in_part, 0.58, 0.9), partial(in_part, 0.2, 0.42)


def template(rng: Random, seed: str) -> tuple[str, str]:
    fixed = Random(seed)
    frames = [prose(f"{seed} {n}", fixed.randint(4, 12)) for n in range(fixed.randint(6, 14))]

    def filled() -> str:
        return " ".join(f"{frame} {own(rng, 1, 4)} {rng.randint(2, 99999)}" for frame in frames)

    return whole(rng, filled()), whole(rng, filled())


def quoted(rng: Random, seed: str) -> tuple[str, str]:
    law = prose(seed, rng.randint(25, 60))
    size = 2 * len(law.split())
    made = (whole(rng, own(rng, size, 2 * size), law, own(rng, 20, 80)) for _ in range(2))
    return next(made), next(made)


def phrased(rng: Random, seed: str) -> tuple[str, str]:
    return whole(rng, own(rng, 12, 150)), whole(rng, own(rng, 12, 150))


def sentences(rng: Random, seed: str) -> tuple[str, str]:
    shared = [prose(f"{seed} {n}", rng.randint(9, 16)) for n in range(rng.randint(1, 3))]
    size = 2 * sum(len(one.split()) for one in shared)
    made = (whole(rng, own(rng, size, size + 120), *shared, own(rng, 20, 60)) for _ in range(2))
    return next(made), next(made)


KINDS = {
    "copie": Kind(copied, True, "le même texte, sous une autre ouverture"),
    "complément": Kind(completed, True, "le même texte, auquel l’un des deux ajoute le sien"),
    "coupe": Kind(shortened, True, "l’un des deux garde la moitié de l’autre, ou plus"),
    "ordre": Kind(moved, True, "les mêmes paragraphes, dans un autre ordre"),
    "retouche": Kind(reworded, True, "le même texte, un mot changé sur dix-huit à quarante-cinq"),
    "réécriture": Kind(rewritten, True, "le même texte, un mot sur seize changé au hasard"),
    "majorité": Kind(major, True, "de 58 à 90 % du plus court, en trois passages"),
    "lieu": Kind(localised, True, "le même texte, avec les chiffres d’un autre territoire"),
    "typographie": Kind(retyped, True, "le même texte, sans accents, en capitales"),
    "gabarit": Kind(template, False, "un même gabarit, dont l’objet et les nombres changent"),
    "citation": Kind(quoted, False, "une même citation dans des textes par ailleurs différents"),
    "minorité": Kind(minor, False, "de 20 à 42 % du plus court, en trois passages"),
    "formules": Kind(phrased, False, "rien de commun que l’ouverture et la fin d’usage"),
    "phrases": Kind(sentences, False, "une à trois phrases communes, moins du tiers du texte"),
}


def joint_answers(count: int) -> Iterator[tuple[str, str]]:
    """Yield joint answers as each house prints them: one text, in other words of address."""
    begins = (
        "La situation qu’expose Mme la députée {} retient toute l’attention du Gouvernement.",
        "Monsieur le sénateur {}, le Gouvernement est attentif à ce sujet.",
        "L’attention de M. le ministre a été appelée par l’honorable parlementaire {}.",
        "",
    )
    told = " Le Gouvernement répondra ainsi à Mme la députée {}."
    ends = ("", told, " M. le sénateur {} en sera informé.")
    for number in range(count):
        rng = Random(f"joint {number}")
        text = prose(f"joint {number}", rng.randint(60, 500))
        yield tuple(  # type: ignore[misc]  # of two
            f"{rng.choice(begins)} {text}{rng.choice(ends)}".format(*[own(rng, 1, 3)] * 2)
            for _ in range(2)
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair with its label, and what was found of it; None: it was no candidate."""

    kind: str  # a key of KINDS
    is_common: bool  # whether they have a text in common that is worth being published
    part: int  # 0: the threshold is chosen on it; 1: it is reported on
    found: Comparison | None

    def published(self, share: float = SHARE) -> bool:
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
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)


def rates(judged: Iterable[Judged], share: float = SHARE) -> Rates:
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
    """Return so many pairs of each kind, of both parts in turn, with what is found of them."""
    labelled = [(name, number) for name in KINDS for number in range(count)]
    seeds = [(KINDS[name].make, f"{name} {number}") for name, number in labelled]
    told = zip(labelled, run([make(Random(seed), seed) for make, seed in seeds]), strict=True)
    return [Judged(name, KINDS[name].is_common, number % 2, one) for (name, number), one in told]


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


def joint_recall(count: int) -> Rates:
    found = run(list(joint_answers(count)))
    return rates(Judged("joint", True, 1, one) for one in found)
