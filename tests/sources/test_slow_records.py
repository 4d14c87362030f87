"""Records of 2.5 MB on which a parser takes the square of their length are bounded."""

import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lod.base.inputs import Record
from lod.base.json_lines import Lines
from lod.model import safe_html
from lod.model.dates import read_date
from lod.model.safe_html import check_markup, check_tags, normalized, outline
from lod.model.text import clean_text, fold
from lod.sources.forms import read_record
from tests.support.paths import CASES, GOOD
from tests.support.programs import returned

pytestmark = pytest.mark.slow

SIZE = 2_500_000  # bytes
SECONDS = 15  # of processor; most take one or two, and took more than a hundred
TAG = "with more than 200 attributes, or without end"
DEEP = "more than 500 elements inside one another"
SIGNS = "more than 50000 references"
NAME = "a name of more than 1000 characters"
ACCENTS = "a letter with more than 1000 accents"


def repeated(piece: str) -> str:
    return piece * (SIZE // len(piece.encode()))


def counted(piece: str) -> str:
    """Return a piece again and again, each with a number of its own in place of `#`."""
    return "".join(piece.replace("#", str(n)) for n in range(SIZE // (len(piece) + 5)))


def tag_of(piece: str) -> str:
    return f"<b {counted(piece)}>x</b>"


TEXTS: dict[str, tuple[Callable[[], str], str]] = {  # text in HTML → what is said of it
    "attributes": (lambda: tag_of('a#="" '), TAG),
    "namespaces": (lambda: tag_of('xmlns:a#="u" '), TAG),
    "nested elements": (lambda: repeated("<div>x"), DEEP),
    "elements with other ends": (lambda: repeated("<div></b>"), DEEP),
    "fonts": (lambda: counted("<font color=#><p>"), DEEP),
    "fonts in each block": (
        lambda: "<p>" + counted("<font color=#>")[:5_000] + repeated("<p>x"), "or never closed",
    ),
    "tables in tables": (lambda: repeated("<table>x<b>"), DEEP),
    "ampersands": (lambda: "<b>x</b>" + repeated("&"), SIGNS),
    "references": (lambda: "<b>x</b>" + repeated("&nbsp;"), SIGNS),
    "no-break spaces": (lambda: "<b>x</b>" + repeated("\u00a0"), SIGNS),
    "guillemets": (lambda: "<b>x</b>" + repeated("«»"), SIGNS),
    "accents": (lambda: "a" + repeated("\u0301\u0323\u0315\u0327"), ACCENTS),
    "accents as references": (lambda: "a" + repeated("&#769;&#803;"), ACCENTS),
    "signs made of accents": (lambda: "a" + repeated("\u0f73"), ACCENTS),
}  # fmt: skip


def json_record(**more: object) -> str:
    record = json.loads(GOOD.read_text("utf-8"))
    text = record["question"]["textesQuestion"]["texteQuestion"]
    text["texte"] = more.pop("texte", text["texte"])
    record["question"] |= more
    return json.dumps(record, ensure_ascii=False)


def page(before: str, added: str) -> str:
    """Return a page of a case, with something added after the first place of its text."""
    form = {"<quest>": "page_fiche/answered", "<h3>Texte de la question</h3>": "page_2012/answered"}
    case = CASES / form.get(before, "page_recent/html_answered")
    text = (case / "source.html").read_text("utf-8")
    assert before in text
    return text.replace(before, before + added, 1)


RECORDS: dict[str, tuple[Callable[[], str], str]] = {  # record → what is said of it
    "page of attributes": (lambda: page("<quest>", tag_of('a#="" ')), TAG),
    "page of namespaces": (
        lambda: page("<h3>Texte de la question</h3>", tag_of('xmlns:a#=""')), TAG,
    ),
    "labels that no line has": (
        lambda: page("<h2>Données clés</h2>", "".join(
            f"<p><b>x&#121;{n}z :</b> w<i></i>{n}w</p>\n" for n in range(4_000)
        ) + f"<!--{'q' * 120}-->\n" * 14_000), "read",
    ),
    "many unknown fields": (lambda: json_record(a="x" * SIZE, b=[{"c": "d"}] * 4_900), "read"),
    "many unknown fields after others": (
        lambda: json_record(a=[{"b": []}] * 200_000, b=[{"c": "d"}] * 4_900), "read",
    ),
    "a name of points": (lambda: json_record(**{"a[1]." * (SIZE // 5): "x"}), NAME),
    "many names": (lambda: json_record(**{f"k{n}.x": "y" for n in range(4_900)}), "read"),
    "a number": (lambda: json_record(a=1).replace('"a": 1', '"a": ' + "9" * SIZE), ""),
    "a large exponent": (lambda: json_record(a=1).replace('"a": 1', '"a": 1e' + "9" * SIZE), ""),
    "nested lists": (
        lambda: json_record(a=1).replace('"a": 1', f'"a": {"[" * 10**6}{"]" * 10**6}'),
        "not complete JSON",
    ),
}  # fmt: skip


def read_file(path: str) -> str:
    found = read_record(Record(path, "x", Path(path).read_bytes()))
    return "read" if found.reading else str(found.reasons[0])


def said_of(record: str, path: Path) -> str:
    """Return `read`, or the remark about a record; fail if it takes too long."""
    path.write_text(record, "utf-8")
    return returned(__name__, "read_file", SECONDS, path)


@pytest.mark.parametrize("name", TEXTS)
def test_texts(name: str, tmp_path: Path) -> None:
    """A text that no question has is refused, with file, line, what is wrong and what to do."""
    make, message = TEXTS[name]
    said = said_of(json_record(texte=make()), tmp_path / "x.json")
    place, remedy = rf"{tmp_path}/x\.json:\d+: ", "; correct it, or teach the reader"
    assert re.fullmatch(f"{place}.*{message}.*{remedy}", said) and len(said) < 500, said


@pytest.mark.parametrize("name", RECORDS)
def test_records(name: str, tmp_path: Path) -> None:
    """A record that is long in another way is refused too, or read in the end."""
    make, message = RECORDS[name]
    said = said_of(make(), tmp_path / "x.html")
    assert message in said and "\n" not in said and len(said) < 500, said


@pytest.mark.parametrize("name", ["attributes", "namespaces"])
def test_xml(name: str, tmp_path: Path) -> None:
    """Attributes of one tag are counted before the parser of XML compares them."""
    whole = (CASES / "an_xml/answered/source.xml").read_text("utf-8")
    text = TEXTS[name][0]()
    assert TAG in said_of(whole.replace("<texte>", f"<texte>{text}", 1), tmp_path / "x.xml")
    assert TAG in said_of(whole.replace("<uid>", f"{text}<uid>", 1), tmp_path / "x.xml")


@pytest.mark.parametrize(
    "text",
    [
        "<p>" + "<b>x</b> « y »\u00a0&amp; " * 10_000,
        "</p><p>x" * 50_000,
        "<table>" + "<tr><td align=center colspan=2\">x<td>y" * 10_000 + "</table>",
        "<p>le taux <5 % et " + "x " * 10_000 + "<b",
        "si a <b et c >d, <a href='/x?a=b&c=d' title=\"«\">x</a><br/>" * 400,
        "x <b " * 20 + "y" * 6_000,
        "<ul>" * 400 + "<li>x" * 10_000,
        "<i>" + "<p>x</p>" * 20_000,
        "a\u0301\u0323" * 100_000,
        "<b style=\"x\">" * 200 + "x" * 10_000,
    ],
)  # fmt: skip
def test_long_texts_are_read(text: str) -> None:
    assert len(text) > safe_html.SHORT
    assert clean_text(text).plain
    assert outline(text) and fold(text)


def test_short_texts_may_have_anything() -> None:
    """They take no time; the bounds hold for longer ones."""
    short = f"<b {' '.join(f'a{n}' for n in range(900))}>" + "<div>" * 60
    assert len(short) < safe_html.SHORT and clean_text(f"{short}x").plain == "x"
    check_tags(short * 10)
    with pytest.raises(ValueError, match="200 attributes"):
        check_markup(short * 2)
    with pytest.raises(ValueError, match="200 attributes"):
        check_tags(short * 100)


def test_a_tag_cannot_hide() -> None:
    """Quotes, comments and scripts do not keep a tag with many attributes from being seen."""
    many = " ".join(f"a{n}" for n in range(100_000))
    for before in (
        "<b ",
        '<!-- <b x="--><c y=">" ',
        "<script><b x='</script><c y='>' ",
        '<b "><c ',
        "<b x='",
        '<b x="<b>" ',
        '<b x=y"z ',
        '<b/x="/>" ',
        "<b x = '>' ",
        '<title><b x="</title><c "> ',
    ):
        with pytest.raises(ValueError, match="200 attributes"):
            check_markup(f"{before}{many}>x")


def test_accents_on_one_letter() -> None:
    """A long text is put into a normal form if a letter has up to a thousand accents."""
    for form in ("NFC", "NFKD"):
        assert normalized(form, "a" * 6_000 + "\u0301" * 999)
        with pytest.raises(ValueError, match="1000 accents"):
            normalized(form, "a" * 6_000 + "\u0301" * 1_000)
    for read_it in (fold, read_date, clean_text):
        with pytest.raises(ValueError, match="1000 accents"):
            read_it("a" + "\u0301" * 6_000)


@settings(deadline=None)  # others may work as well
@given(before=st.integers(0, 7_000), accents=st.integers(900, 1_100), after=st.integers(0, 7_000),
       mark=st.sampled_from("\u0301\u0323\u0f73\u20d0\U0001d165"))  # fmt: skip
def test_a_run_of_accents_anywhere(before: int, accents: int, after: int, mark: str) -> None:
    """It is refused wherever it stands if it is too long; what it stands among does not count."""
    text = "é" * before + mark * accents + "≥" * after
    if len(text) > safe_html.SHORT and accents >= safe_html.ACCENTS:
        with pytest.raises(ValueError, match="1000 accents"):
            normalized("NFC", text)
    else:
        assert normalized("NFC", text) == unicodedata.normalize("NFC", text)


def test_the_line_of_each_value() -> None:
    """It is right in any order of asking, and where there is no such value that of one above."""
    record = {"a": [{"b": n, "c": [n, n]} for n in range(50)], "d": {"e": {}, "f": []}, "g": [[1]]}
    text = json.dumps(record, indent=1)
    lines = text.splitlines()
    labels = [f"a[{n}].b" for n in range(50)]
    for order in (labels, labels[::-1], labels[::7] + labels[::3]):
        found = Lines(text)
        for label in order:
            assert lines[found.line_of(label) - 1].strip() == f'"b": {label[2:-3]},'
    found = Lines(text)
    for label, line in (
        ("d.e.x", '"e": {},'), ("d.f[3]", '"f": []'), ("d.x", '"d": {'), ("x", "{"),
        ("a[50].b", '"a": ['), ("a[7].x", "{"), ("g", '"g": ['), ("d.e", '"e": {},'),
        ("a[999999999999]", '"a": ['), ("a[1].c[1]", "1"),
    ):  # fmt: skip
        assert lines[found.line_of(label) - 1].strip() == line, label
