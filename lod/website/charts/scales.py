"""Scales: the round steps of an axis, the classes of values and their shades, numbers."""

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import count

from lod.website.language import decimal_text

CLASSES = 5  # shades of a heat map or map, at most
ROUND_DIGITS = (10, 20, 25, 50)  # first two digits of a step of an axis
SHADE_DIGITS = (10, 15, 20, 25, 30, 40, 50, 60, 80)  # first two digits of the width of a class


def format_number(value: Decimal) -> str:
    """Return a number in the language of the page, with as many decimals as the query gives.

    >>> format_number(Decimal("1204")) == "1\\u202f204", format_number(Decimal("4.5"))
    (True, '4,5')
    """
    return decimal_text(format(value, "f"))


def scale_steps(most: Decimal, steps: int = 4) -> list[Decimal]:
    """Return the steps of an axis: whole numbers from 0 to the first that is at least `most`.

    >>> [str(n) for n in scale_steps(Decimal(312))], [str(n) for n in scale_steps(Decimal(0))]
    (['0', '100', '200', '300', '400'], ['0', '1'])
    """
    step = next(s for s in _round_numbers(ROUND_DIGITS, 0) if s * steps >= most and s == int(s))
    return [step * n for n in range(max(1, math.ceil(most / step)) + 1)]


def class_ends(values: Sequence[Decimal]) -> list[Decimal]:
    """Return the upper ends of classes of equal width from 0 on; 0 itself is in none.

    >>> [str(n) for n in class_ends([Decimal(0), Decimal("20.5")])]
    ['5', '10', '15', '20', '25']
    """
    most = max(values, default=Decimal(0))
    if most <= 0:
        return []
    step = next(s for s in _round_numbers(SHADE_DIGITS, -3) if s * CLASSES >= most)
    return [_plain(step * n) for n in range(1, math.ceil(most / step) + 1)]


def _round_numbers(digits: Sequence[int], power: int) -> Iterator[Decimal]:
    """Yield numbers that begin with these digits, ascending from 10 to the `power`."""
    for exponent in count(power):
        yield from (_plain(Decimal(digit).scaleb(exponent - 1)) for digit in digits)


def _plain(value: Decimal) -> Decimal:
    """Return a number without zeros at its end and without an exponent."""
    return Decimal(format(value.normalize(), "f"))


def shade_of(value: Decimal, ends: list[Decimal]) -> str:
    """Return the CSS class of a value: `t0` for 0, `t5` for the highest class.

    >>> ends = [Decimal(n) for n in (2, 4, 6)]
    >>> shade_of(Decimal(0), ends), shade_of(Decimal(2), ends), shade_of(Decimal(5), ends)
    ('t0', 't3', 't5')
    """
    if value <= 0:
        return "t0"
    return f"t{CLASSES - len(ends) + 1 + bisect_left(ends, value)}"
