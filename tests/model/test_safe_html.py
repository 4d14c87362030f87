"""HTML that is published: no later normalisation or parser makes other markup of it."""

import random
import re
import unicodedata

import nh3
import pytest

from lod.model import safe_html
from lod.model.safe_html import BLOCKS, CELLS, INLINE, SPANS, replaced, sanitized, settled
from lod.model.text import CleanText, clean_text, joined_html, repair
from tests.support.hostile_html import hostile, soup

COUNT = 6_000
# all that such HTML is made of, as a tokenizer of HTML reads it, whatever it builds of that
PUBLISHED = re.compile(
    r"(?:[^<>&]|&(?:lt|gt|amp);"
    rf"|</?(?:{'|'.join((*BLOCKS, *CELLS, *INLINE))})>"
    r'|<t[dh](?: (?:colspan|rowspan)="[0-9]{1,3}")+>)*'
)


def strict(html: str) -> str:
    """Return what nh3 makes of HTML with the same allow-list, by itself."""
    allowed = {*BLOCKS, *CELLS, *INLINE}
    clean = nh3.clean(html, tags=allowed, attributes=SPANS, link_rel=None)
    return clean.replace("&nbsp;", "\u00a0")


def verify(html: str | None, given: str) -> None:
    """Hold what is true of all HTML that is published, also when it stands after a tag."""
    if html is None:
        return
    assert unicodedata.normalize("NFC", html) == html, given
    assert unicodedata.normalize("NFC", f"<div>{html}</div>") == f"<div>{html}</div>", given
    assert strict(html) == html, given
    assert PUBLISHED.fullmatch(html), given


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.slow
def test_what_is_published_is_the_word_of_the_sanitizer(seed: int) -> None:
    """To normalise or to sanitize it once more changes nothing, and its text is in NFC."""
    texts = hostile(COUNT, seed)
    cleaned = []
    for given in texts:
        for form in (given, repair(given)[0]):  # as the readers give it, and without their help
            cleaned.append(clean_text(form))
            verify(cleaned[-1].html, given)
            verify(settled(sanitized(form)), given)
            assert unicodedata.is_normalized("NFC", cleaned[-1].plain), given
    assert sum(text.html is not None for text in cleaned) > COUNT / 4
    rng = random.Random(seed)
    for _ in range(COUNT // 10):
        some = rng.sample(cleaned, rng.randint(1, 4))
        verify(joined_html(some), str(some))
        html = next(text.html for text in some + cleaned if text.html)
        verify(replaced(html, rng.choice("xe<>&p;"), soup(rng, 5)), html)


def test_a_mark_stays_out_of_a_tag() -> None:
    """U+0338 after a tag strikes out a space, not the end of the tag; in a text it composes."""
    text = clean_text("a > <em>\u0338b</em> e<b>\u0301</b> x =\u0338 y >\u0338 z")
    assert text.html == "a &gt; <em>\u00a0\u0338b</em> e<b>\u0301</b> x ≠ y &gt;\u0338 z"
    assert text.plain == "a > \u00a0\u0338b é x ≠ y ≯ z"
    assert clean_text("<p>\u00a0\u0338 <i>x</i></p>").html == "<p>\u00a0\u0338 <i>x</i></p>"
    assert settled("\u0338<i>x</i>") == "\u00a0\u0338<i>x</i>"


def test_texts_that_are_joined() -> None:
    """The line between two texts takes nothing of the second one."""
    texts = [CleanText("x", "<i>x</i>"), CleanText("\u0338a < b")]
    assert joined_html(texts) == "<i>x</i><br>\u00a0\u0338a &lt; b"
    assert joined_html(texts[1:]) is None and joined_html([]) is None


def test_a_correction_is_text() -> None:
    """It changes the text only, no tag and no reference, and is itself no markup."""
    html = "<em>R&amp;D, lt</em> x &lt; y"
    assert replaced(html, "em", "x") == html and replaced(html, "amp", "x") == html
    assert replaced(html, "lt", "<script>x</script>") == (
        "<em>R&amp;D, &lt;script&gt;x&lt;/script&gt;</em> x &lt; y"
    )
    assert replaced(html, "R&D", "\u0338") == "<em>\u00a0\u0338, lt</em> x &lt; y"


def test_markup_that_never_settles_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Text and lines stay."""
    monkeypatch.setattr(safe_html, "PASSES", 0)
    html = settled(sanitized("<p>a<b>\u0338b</b><table><tr><td colspan=2>c</table>"))
    verify(html, html)
    assert set(re.findall("<[^>]*>", html)) == {"<br>"}
    assert re.sub("<[^>]*>", "", html) == "a\u00a0\u0338bc"
