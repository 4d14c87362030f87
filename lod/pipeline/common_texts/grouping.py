"""Groups of texts that have one in common, from pairs.

A text with none before it that it shares enough with begins a group. Any other one stands with each
such text that it shares enough with or, if there is none, with the earliest of those before it. So
each member of a group shares enough with the first of it, and texts that change little by little
make no single group; and each text of a pair stands somewhere.
"""

from collections.abc import Iterable, Mapping

Rank = tuple[str, str]  # day and IRI


def groups(pairs: Iterable[tuple[str, str]], rank: Mapping[str, Rank]) -> dict[str, list[str]]:
    """Return the first text of each group → the others; both in the order of their rank.

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
        beginnings = before[later] - before.keys()
        for first in beginnings or {min(before[later], key=rank.__getitem__)}:
            found.setdefault(first, []).append(later)
    return dict(sorted(found.items(), key=lambda item: rank[item[0]]))
