"""The name of a person as people write it."""

import random
from collections.abc import Callable

from lod.model.text import fold


def surname_first(name: str, _: random.Random) -> str:
    first, _, rest = name.partition(" ")
    return f"{rest.upper()} {first}"


def shortened(name: str, _: random.Random) -> str:
    """Without the last part of a compound: « Petex-Levet » is « Petex », « Jean-Luc » stays."""
    head, dash, _ = name.rpartition("-")
    return head if dash and " " in head else name


def mistyped(name: str, chance: random.Random) -> str:
    """Without one letter of the surname, which is not its first."""
    start = name.index(" ") + 2
    at = chance.randrange(start, len(name)) if len(name) > start else start - 1
    return name[:at] + name[at + 1 :]


# variant → how it is made; the least share that is right in first place, and that is certain
VARIANTES: dict[str, tuple[Callable[[str, random.Random], str], float, float]] = {
    "exact": (lambda name, _: name, 1.0, 0.98),
    "folded": (lambda name, _: fold(name), 1.0, 0.98),
    "surname first": (surname_first, 1.0, 0.98),
    "shortened": (shortened, 0.99, 0.85),
    "mistyped": (mistyped, 0.95, 0.0),
}
