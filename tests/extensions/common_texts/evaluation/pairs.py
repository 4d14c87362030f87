"""Pairs of texts with labels, to try the rule of common texts on: each kind states its rule.

They are invented: prose of a small vocabulary, seeded. A label follows from how a pair is made,
not from its score. Real pairs are rows of `paires-reelles.csv`, by their identifiers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from tests.extensions.common_texts.support import ENDING, opening, prose

NAMES = ("Mme Anne Essai", "M. Jean Modèle", "Mme Zoé Exemple", "M. Luc Cas", "Mme Ida Fiction")
ENDINGS = (ENDING, " Elle souhaite connaître la position du Gouvernement à ce sujet.", "")


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two texts, and whether they have a text in common that is worth being published."""

    kind: str  # a key of KINDS
    is_common: bool
    one: str
    other: str
    part: int  # 0: the threshold is chosen on it; 1: it is reported on


@dataclass(frozen=True, slots=True)
class PairKind:
    """A way to make pairs."""

    make: Callable[[Random, str], tuple[str, str]]  # with the seed of prose
    is_common: bool
    rule: str  # by which they are judged


def whole(rng: Random, *parts: str) -> str:
    """Return a question of somebody, with an opening of its own and some ending."""
    subject = prose(f"{rng.random()}", 5)
    return opening(rng.choice(NAMES), subject) + " ".join(parts) + rng.choice(ENDINGS)


def own(rng: Random, least: int, most: int) -> str:
    """Return some words of nobody else."""
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
    other = (
        plea.upper().replace("É", "E").replace("È", "E").replace("Ê", "E").replace(" ", "\u00a0")
    )
    return whole(rng, plea), whole(rng, other)


def rewritten(rng: Random, seed: str) -> tuple[str, str]:
    words = prose(seed, rng.randint(100, 250)).split()
    changed = [f"autrement{n}" if rng.random() < 1 / 16 else w for n, w in enumerate(words)]
    return whole(rng, " ".join(words)), whole(rng, " ".join(changed))


def in_part(rng: Random, seed: str, least: float, most: float) -> tuple[str, str]:
    """Return two texts of which the shorter one has such a part of the other."""
    size = rng.randint(90, 220)
    shared = round(size * rng.uniform(least, most))
    cuts = [prose(f"{seed} {n}", shared // 3) for n in range(3)]
    rests = [own(rng, (size - shared) // 3, (size - shared) // 3) for _ in range(3)]
    longer = [own(rng, size // 6, size // 2) for _ in range(3)]
    one = " ".join(f"{cut} {rest}" for cut, rest in zip(cuts, rests, strict=True))
    other = " ".join(f"{rest} {cut}" for cut, rest in zip(cuts, longer, strict=True))
    return whole(rng, one), whole(rng, other)


def mostly(rng: Random, seed: str) -> tuple[str, str]:
    return in_part(rng, seed, 0.58, 0.9)


def partly(rng: Random, seed: str) -> tuple[str, str]:
    return in_part(rng, seed, 0.2, 0.42)


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
    "copie": PairKind(copied, True, "le même texte, sous une autre ouverture"),
    "complément": PairKind(completed, True, "le même texte, auquel l’un des deux ajoute le sien"),
    "coupe": PairKind(shortened, True, "l’un des deux garde la moitié de l’autre, ou plus"),
    "ordre": PairKind(moved, True, "les mêmes paragraphes, dans un autre ordre"),
    "retouche": PairKind(
        reworded, True, "le même texte, un mot changé sur dix-huit à quarante-cinq"
    ),
    "réécriture": PairKind(rewritten, True, "le même texte, un mot sur seize changé au hasard"),
    "majorité": PairKind(mostly, True, "de 58 à 90 % du plus court, en trois passages"),
    "lieu": PairKind(localised, True, "le même texte, avec les chiffres d’un autre territoire"),
    "typographie": PairKind(retyped, True, "le même texte, sans accents, en capitales"),
    "gabarit": PairKind(template, False, "un même gabarit, dont l’objet et les nombres changent"),
    "citation": PairKind(
        quoted, False, "une même citation dans des textes par ailleurs différents"
    ),
    "minorité": PairKind(partly, False, "de 20 à 42 % du plus court, en trois passages"),
    "formules": PairKind(phrased, False, "rien de commun que l’ouverture et la fin d’usage"),
    "phrases": PairKind(sentences, False, "une à trois phrases communes, moins du tiers du texte"),
}


def labelled_pairs(count: int) -> Iterator[LabelledPair]:
    """Yield so many pairs of each kind, those of both parts in turn."""
    for name, kind in KINDS.items():
        for number in range(count):
            seed = f"{name} {number}"
            one, other = kind.make(Random(seed), seed)
            yield LabelledPair(name, kind.is_common, one, other, number % 2)


def joint_answers(count: int) -> Iterator[tuple[str, str]]:
    """Yield joint answers as each house prints them: one text, in other words of address."""
    begins = (
        "La situation qu’expose Mme la députée {} retient toute l’attention du Gouvernement.",
        "Monsieur le sénateur {}, le Gouvernement est attentif à ce sujet.",
        "L’attention de M. le ministre a été appelée par l’honorable parlementaire {}.",
        "",
    )
    ends = (
        "",
        " Le Gouvernement répondra ainsi à Mme la députée {}.",
        " M. le sénateur {} en sera informé.",
    )
    for number in range(count):
        rng = Random(f"joint {number}")
        text = prose(f"joint {number}", rng.randint(60, 500))
        yield tuple(  # type: ignore[misc]  # of two
            f"{rng.choice(begins)} {text}{rng.choice(ends)}".format(*[own(rng, 1, 3)] * 2)
            for _ in range(2)
        )
