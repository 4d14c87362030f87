"""Hostile HTML from a seed: what a record may hold to have a browser run something."""

import random
from collections.abc import Iterator

from tests.support.paths import tables_of

TABLES = tables_of(__file__)

RAN = "window.__ran=1"
ELSEWHERE = "http://ailleurs.invalid/"  # a host that no page may ask
# what runs, or asks another host, when a browser reads it as HTML
BOMBS = (
    f"<img src=x onerror={RAN}>",
    f"<script>{RAN}</script>",
    f"<svg onload={RAN}>",
    f"<svg><script>{RAN}</script></svg>",
    f"<svg><animate onbegin={RAN} attributeName=x dur=1s>",
    '<iframe srcdoc="<script>parent.__ran=1</script>"></iframe>',
    "<iframe src=javascript:parent.__ran=1></iframe>",
    f"<input autofocus onfocus={RAN}>",
    f"<details open ontoggle={RAN}>x</details>",
    f"<body onload={RAN} onpageshow={RAN}>",
    f"<video><source onerror={RAN}></video>",
    f"<object data=javascript:{RAN}></object>",
    f"<style onload={RAN}>@import '{ELSEWHERE}s.css';</style>",
    f"<img src={ELSEWHERE}i.png>",
    f"<p style=\"background:url('{ELSEWHERE}p.png')\">x</p>",
    f"<link rel=stylesheet href={ELSEWHERE}l.css>",
    f"<base href={ELSEWHERE}>",
    f"<meta http-equiv=refresh content='0;url={ELSEWHERE}'>",
    f"<marquee onstart={RAN}>x</marquee>",
    f"<a href=javascript:{RAN} id=x>x</a>",
    f"<a href='data:text/html,<script>{RAN}</script>'>x</a>",
    f"<form action=javascript:{RAN}><button>x</button></form>",
)
# what runs, or asks another host, once a tag before it has lost its end
ATTRIBUTES = (
    f" oncontentvisibilityautostatechange={RAN} style=display:block;content-visibility:auto y=",
    f" tabindex=0 autofocus onfocus={RAN} y=",
    f" style=display:block;background:url({ELSEWHERE}a.png) y=",
    f"/onclick={RAN}/id=x/y=",
)
# where the mark that takes the end of a tag may come from, before attributes (`@`)
MARKED = TABLES["marked"]
# frames for a bomb (`@`) in which one parser sees a text or an attribute, and another one markup
FRAMES = TABLES["frames"]
# the same signs in other clothes, as NFKC or a careless program takes them off
CLOTHES = TABLES["clothes"]
TAGS = (
    *("p", "br", "div", "center", "pre", "h3", "ul", "li", "dl", "dd", "table", "tr", "td", "th"),
    *("em", "i", "b", "u", "sup", "strong", "a", "button", "svg", "math", "mtext", "mglyph"),
    *("foreignObject", "desc", "title", "annotation-xml", "form", "noscript", "textarea", "select"),
    *("option", "object", "template", "style", "xmp", "frameset", "body", "html", "col", "caption"),
    *("iframe", "listing", "nobr", "font", "marquee", "script"),
)
SIGNS = (
    *("x", "e", "\u0301", "\u0338", "\u0323\u0338", "\n\n", " ", "\u00a0", "\u2028", "\u037e"),
    *("&#824;", "&#x00000338;", "&#1;", "&nvlt;", "&lt;", "&lt", "&amp;lt;", "&nbsp;", "&"),
    *("<!--", "-->", "]]>", "<![CDATA[", "<", ">", '"', "'", "=", "/", "\ufeff", "\u202e"),
)


def framed(rng: random.Random) -> str:
    clothes = rng.choice(CLOTHES) if rng.random() < 0.6 else {}
    if rng.random() < 0.2:
        return rng.choice(MARKED).replace("@", rng.choice(ATTRIBUTES))
    bomb = rng.choice(BOMBS)
    for _ in range(rng.randint(1, 2)):
        bomb = rng.choice(FRAMES).replace("@", bomb)
    return "".join(clothes.get(sign, sign) for sign in bomb)


def soup(rng: random.Random, most: int = 30) -> str:
    made = []
    for _ in range(rng.randint(1, most)):
        kind, tag = rng.random(), rng.choice(TAGS)
        made.append(
            f"<{tag}>" if kind < 0.4
            else f"</{tag}>" if kind < 0.65
            else rng.choice(BOMBS) if kind < 0.7
            else rng.choice(SIGNS)
        )  # fmt: skip
    return "".join(made)


def every_frame() -> Iterator[str]:
    """Yield each mark with each attribute, each frame with a bomb, each bomb behind a mark."""
    yield from (mark.replace("@", attribute) for mark in MARKED for attribute in ATTRIBUTES)
    yield from (frame.replace("@", BOMBS[0]) for frame in FRAMES)
    yield from (f"<em>\u0338x</em><td colspan=2>\u0338{bomb}" for bomb in BOMBS)


def hostile(count: int, seed: int) -> list[str]:
    """Return so many texts: each frame and each bomb first, then what the seed makes."""
    rng = random.Random(seed)
    made = list(every_frame())
    while len(made) < count:
        made.append(framed(rng) if rng.random() < 0.5 else soup(rng))
    return made[:count]
