"""The style that a picture takes with it: the rules of the stylesheet, with the colours filled in.

Programs that draw SVG seldom know `var()` and `light-dark()`; browsers show both sets of colours.
"""

import re
from functools import cache

from lod.base import packaged

START = "/* images:"  # where the rules of pictures begin in the stylesheet; they end at the next


@cache
def inline_style() -> str:
    """Return the rules in light colours, and in dark ones for those who ask for them."""
    css = (packaged.STATIC / "style.css").read_text("utf-8")
    declared = dict(re.findall(r"--([\w-]+): ([^;]+);", css))
    own = css[css.index(START) :]
    rules = re.findall(r"(?m)^\.image [^{]+\{[^}]+\}", own.partition("\n@media")[0])
    light, dark = (_filled("\n".join(rules), declared, side) for side in (0, 1))
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"


def _filled(rules: str, declared: dict[str, str], side: int) -> str:
    """Return rules with the values of one side of `light-dark()`."""

    def value(found: re.Match[str]) -> str:
        text = declared[found[1]]
        pair = re.fullmatch(r"light-dark\((.+), (.+)\)", text)
        return pair[side + 1] if pair else text

    return re.sub(r"var\(--([\w-]+)\)", value, rules)
