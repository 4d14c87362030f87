"""The style inside an SVG file: the rules for pictures of the stylesheet, with colours as values.

Few programs but browsers know `var()` and `light-dark()`, so both are replaced.
"""

import re
from functools import cache

from lod.base import packaged

START = "/* images:"  # where these rules begin in the stylesheet; they end at the next @media


@cache
def inline_style() -> str:
    """Return the rules in light colours, then in dark ones for readers who prefer these."""
    css = (packaged.STATIC / "style.css").read_text("utf-8")
    declared = dict(re.findall(r"--([\w-]+): ([^;]+);", css))
    own = css[css.index(START) :]
    rules = re.findall(r"(?m)^\.image [^{]+\{[^}]+\}", own.partition("\n@media")[0])
    light, dark = (_filled("\n".join(rules), declared, side) for side in (0, 1))
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"


def _filled(rules: str, declared: dict[str, str], side: int) -> str:
    """Return rules with values for variables; `side` of `light-dark()` is 0 light or 1 dark."""

    def value(found: re.Match[str]) -> str:
        text = declared[found[1]]
        pair = re.fullmatch(r"light-dark\((.+), (.+)\)", text)
        return pair[side + 1] if pair else text

    return re.sub(r"var\(--([\w-]+)\)", value, rules)
