"""Texts without regard to accents, in the regular expressions that every engine understands."""

import re

LETTERS = ("aàâäáãå", "cç", "eéèêë", "iîïíì", "nñ", "oôöóòõ", "uùûüú", "yÿý", "'’")
_CLASSES = {letter: f"[{letters}]" for letters in LETTERS for letter in letters}
_SPECIAL = re.compile(r"[][^$.*+?(){}|]")
_LIGATURE = re.compile("œ|oe")


def accent_pattern(text: str) -> str:
    """Return a pattern for a text within others in lower case, with accents or without.

    >>> accent_pattern("Élu (né)"), accent_pattern("œuf")
    ('[eéèêë]l[uùûüú] \\\\([nñ][eéèêë]\\\\)', '(œ|[oôöóòõ][eéèêë])[uùûüú]f')
    """
    either = f"(œ|{_CLASSES['o']}{_CLASSES['e']})"
    return either.join(map(_of_letters, _LIGATURE.split(text.lower())))


def _of_letters(text: str) -> str:
    return "".join(_CLASSES.get(c) or _SPECIAL.sub(r"\\\g<0>", c) for c in text)
