"""Texts as published: plain, repaired and counted; and safe as HTML, whatever comes later."""

import json
import random
import re
import unicodedata
from dataclasses import replace

import nh3
import pytest

from lod.base.inputs import Record
from lod.base.settings import Settings
from lod.check import check
from lod.model import safe_html
from lod.model.safe_html import (
    BLOCKS,
    CELLS,
    INLINE,
    SPANS,
    replaced,
    sanitized,
    settled,
    uneven_tables,
)
from lod.model.text import CleanText, clean_text, joined_html, repair
from lod.pipeline.report.build_report import BuildReport
from lod.sources.forms import read
from tests.support.chantier import record
from tests.support.hostile_html import hostile, soup
from tests.support.paths import GOOD, REAL

COUNT = 6_000
# all that such HTML is made of, as a tokenizer of HTML reads it, whatever it builds of that
PUBLISHED = re.compile(
    r"(?:[^<>&]|&(?:lt|gt|amp);"
    rf"|</?(?:{'|'.join((*BLOCKS, *CELLS, *INLINE))})>"
    r'|<t[dh](?: (?:colspan|rowspan)="[0-9]{1,3}")+>)*'
)


def strict(html: str) -> str:
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


def test_tables_stay_tables() -> None:
    """Rows and cells survive unbalanced markup, with the cells that span others."""
    text = clean_text(
        "<center><table border=1><tr><th colspan=2 onclick=x>Année<tr><td>2020<td>12</center>"
    )
    assert text.html and text.html.count("<tr>") == 2 and '<th colspan="2">Année</th>' in text.html
    assert text.plain == "Année\n2020 12"


@pytest.mark.parametrize(
    ("value", "rows"),
    [('2"', 2), (" 3px", 3), ("999", 999), ("1000", 0), ("x2", 0), ("", 0), ("-2", 0), ("²", 0)],
)
def test_cells_span_what_browsers_read(value: str, rows: int) -> None:
    """The digits at the beginning count, as in a real record with `rowspan=2"`."""
    cell = clean_text(f"<table><tr><td rowspan='{value}'>a<td>b</table>").html or ""
    assert (f'<td rowspan="{rows}">' in cell) == bool(rows) and cell.count("rowspan") == bool(rows)


def test_a_debate_keeps_its_speakers() -> None:
    """Speakers are strong, reactions in italics, one line a speech."""
    text = clean_text(
        '</p><p align="CENTER"> UN TITRE <a name=PG19></a> </p><br>'
        "<strong>Mme\u00a0la présidente.</strong> La parole est à M. Exemple.<br>"
        "<strong>M. Exemple. </strong>Essai. <i>(Rires.)</i> <br> <p>"
    )
    assert text.plain.split("\n") == [
        "UN TITRE",
        "Mme\u00a0la présidente. La parole est à M. Exemple.",
        "M. Exemple. Essai. (Rires.)",
    ]
    assert (
        text.html
        and "<strong>M. Exemple. </strong>" in text.html
        and "<i>(Rires.)</i>" in text.html
    )


@pytest.mark.parametrize(
    "given", ["\u00a0 \u00a0 un\u00a0: deux \u00a0", "<p>&nbsp; un&nbsp;: deux</p>&nbsp;"]
)
def test_no_space_begins_or_ends_a_text(given: str) -> None:
    assert clean_text(given).plain == "un\u00a0: deux"


def test_markup_that_says_nothing_is_not_kept() -> None:
    """HTML of paragraphs and lines alone says no more than the plain text."""
    for text in ("<p>un</p><p>deux</p>", "un<br>deux", "<div>un</div>deux", "un\r\n<br/>deux"):
        assert clean_text(text).html is None and clean_text(text).plain == "un\ndeux"


@pytest.mark.parametrize(
    ("given", "mended", "kinds"),
    [
        ("le c&#339;ur &#8364; &#x2026;", "le cœur € …", ("numeric references",)),
        ("l&#146;État &#133;", "l’État …", ("numeric references",)),
        ("&#60;b&#62; &#38;amp;", "&#60;b&#62; &#38;amp;", ()),
        ("&#1114112; &#55296;", "\ufffd \ufffd", ("numeric references",)),
        ("rÃ©ponse de lâ\u20ac\u2122Ã‰tat", "réponse de l’État", ("mojibake",)),
        ("l\x92État", "l’État", ("windows-1252",)),
        ("a\x00b\u202ec", "abc", ("control characters",)),
        ("a\ufffeb\uffffc", "abc", ("control characters",)),
        ("â l'Âge, NOËL, ÃGE", "â l'Âge, NOËL, ÃGE", ()),
        ("Ministère\u00a0du travail", "Ministère\u00a0du travail", ()),
    ],
)
def test_what_machines_spoilt_is_repaired(given: str, mended: str, kinds: tuple[str, ...]) -> None:
    """Each repair is named; text that needs none stays as it is."""
    assert repair(given) == (mended, kinds)


def test_repairs_are_counted_and_told() -> None:
    """Numeric references are only counted; other repairs are also remarks."""
    source = GOOD
    record = json.loads(source.read_text("utf-8"))
    question = record["question"]
    question["indexationAN"]["analyses"]["analyse"] = "Un bÃ©nÃ©fice"
    question["textesQuestion"]["texteQuestion"]["texte"] = "le c&#339;ur"
    # the answer of that case has one, too
    reading = read(Record("x", "x", json.dumps(record).encode()))
    assert reading.question.titre == "Un bénéfice" and reading.question.texte == "le cœur"
    assert reading.repairs == {"mojibake": 1, "numeric references": 2}
    [remark] = reading.remarks
    assert remark.wrong == "question.indexationAN.analyses.analyse: mojibake"


@pytest.mark.shared
@pytest.mark.slow
def test_the_real_texts_are_repaired() -> None:
    """64 of the 113 answers hold letters by number, and no question does."""
    *remarks, report = check([REAL / "json-reconstructed"], Settings(), jobs=2)
    assert isinstance(report, BuildReport)
    assert remarks == [] and dict(report.repairs) == {"numeric references": 64}


@pytest.mark.parametrize(
    ("rows", "is_uneven"),
    [
        ("<tr><th colspan=2>a<tr><td>b<td>c", False),
        ("<tr><th colspan=2>a<tr><td>b<td>c<td>d", True),
        ("<tr><td rowspan=3>a<td>b<tr><td>c<tr><td>d", False),
        ("<tr><td rowspan=2>a<td>b<tr><td>c<tr><td>d", True),  # as a dropped rowspan leaves it
        ("<tr><td rowspan=0>a<td>b<tr><td>c<tr><td>d", False),  # to the end
        ("<tr><td rowspan=9>a<td>b<tbody><tr><td>c<td>d", False),  # not beyond its section
        ("<tr><td>a<td>b<tr><tr><td>c<td>d", False),
        ("<tr><td><table><tr><td>a</table><td>b<tr><td>c<td>d", False),
        ("<tr><td rowspan=999 colspan=999>a" * 2_000, True),
    ],
)
def test_tables_that_are_no_rectangles(rows: str, is_uneven: bool) -> None:
    html = clean_text(f"un <table>{rows}</table>").html or ""
    assert uneven_tables(html) == [1] * is_uneven


def test_a_table_that_is_no_rectangle_is_a_remark() -> None:
    plain = record(1)
    torn = plain.data.replace(b"<td>un</td>", b"<td>un</td></tr><tr><td>un</td>")
    wrongs = [f.wrong for f in read(replace(plain, data=torn)).remarks]
    assert wrongs == ["réponse: the rows of table 1 are not equally wide"]
    assert not read(plain).remarks
