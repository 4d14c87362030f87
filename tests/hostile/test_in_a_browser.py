"""Hostile texts go the whole way of a record to a browser without CSP: nothing runs."""

import json
import os
import random
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from lod.base import packaged
from lod.base.inputs import Record
from lod.base.settings import Settings
from lod.build import build
from lod.publish.release import current
from lod.rdf.vocab import PREFIXES
from lod.sources.forms import read
from tests.support.hostile_html import ATTRIBUTES, ELSEWHERE, MARKED, RAN, every_frame, hostile
from tests.support.live import Live, live
from tests.support.paths import GOOD, of_extensions
from tests.support.patience import HANG
from tests.support.programs import MODULES, absent, browser, need
from tests.support.releases import site_of

SCRIPT = Path(__file__).parent / "browser.mjs"
TEXTS = 1_500  # records that are read; each text is shown as it is, and normalised
PUBLISHED = 24  # records of the release, whose lists have each of the titles
QUESTION = "question/QANR5L17QE90001"
WORD = "zinzolin"  # in each title, to be searched for
LITERALS = (
    f"<img src=x onerror={RAN}>",
    f"<script>{RAN}</script>",
    f"<svg onload={RAN}></svg>",
    f"&lt;img src=x onerror={RAN}&gt;",
    f"&amp;<img src={ELSEWHERE}i.png>",
    f"<p style=\"background:url('{ELSEWHERE}p.png')\">&amp;</p>",
    f'<i id="x" name="y" title="<img src=x onerror={RAN}>">&</i>',
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;<img src=x onerror={RAN}>">',
    f"<em>\u0338<img src=x onerror={RAN}>",
    f"\uff1cimg src=x onerror={RAN}\uff1e\u2028",
    "{{ autre }} {{lien}}",
    "x\" id=\"y' name='z",
)
LINKS = (
    f"http://x.invalid/'onclick='{RAN}'style='background:url({ELSEWHERE}s.png)",
    "http://x.invalid/?id=",
    "http://x.invalid/?name=",
    f"javascript:{RAN}",
    f"data:text/html,%3Cscript%3E{RAN}%3C/script%3E",
    f"{PREFIXES['qp']}titre",
)
pytestmark = pytest.mark.tool


def record(number: int, question: list[str], answer: str, title: str) -> bytes:
    """Return a record with these texts, as the Assemblée publishes one."""
    made = json.loads(GOOD.read_text("utf-8"))
    q = made["question"]
    q["uid"], q["identifiant"]["numero"] = f"QANR5L17QE{number}", str(number)
    part = q["textesQuestion"]["texteQuestion"]
    q["textesQuestion"]["texteQuestion"] = [part | {"texte": text} for text in question]
    q["textesReponse"]["texteReponse"]["texte"] = answer
    q["indexationAN"]["analyses"]["analyse"] = title
    q["cloture"]["libelleCloture"] = q["indexationAN"]["teteAnalyse"] = title
    return json.dumps(made).encode()


def cleaned() -> Iterator[str]:
    """Yield what is published as `qp:texteHtml` of many hostile records."""
    texts = iter(hostile(TEXTS * 3, 7))
    for number, (first, second, answer) in enumerate(zip(texts, texts, texts, strict=True)):
        data = record(90_001 + number, [first, second], answer, "x")
        question = read(Record("x", "x", data)).question
        yield from filter(None, [question.texte_html, *(r.texte_html for r in question.reponses)])


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of hostile records."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "in").mkdir()
    rng, texts = random.Random(11), list(every_frame())
    for number in range(PUBLISHED):
        first, *others = rng.sample(texts, 3)
        mark = rng.choice(MARKED).replace("@", ATTRIBUTES[number % len(ATTRIBUTES)])
        title = f"{WORD} {rng.choice(LITERALS)}"
        data = record(90_001 + number, [mark + first, others[0]], mark + others[1], title)
        (folder / "in" / f"{number}.json").write_bytes(data)
    report = build([folder / "in"], folder / "out", Settings())
    assert report.published == PUBLISHED
    return folder / "out"


def table_query() -> str:
    """Return a query whose result holds hostile literals, with and without type, and links."""
    typed = "http://x.invalid/?id="
    values = [json.dumps(text, ensure_ascii=False) for text in LITERALS]
    rows = [f"({text}{more} <{LINKS[n % len(LINKS)]}> 7)"
            for n, text in enumerate(values) for more in ("", "@fr", f"^^<{typed}>")]  # fmt: skip
    return f"SELECT * {{ VALUES (?texte ?lien ?autre) {{ {' '.join(rows)} }} }}"


def holding(server: Live, site: Path, extension: str) -> list[str]:
    """Return the address of one file of each kind that names a hostile record, or answers it."""
    kinds: dict[tuple[str, str], Path] = {}
    for path in sorted(site.rglob(f"*.{extension}")):
        here = path.relative_to(site)
        if path.parent.name == "reponse" or WORD in path.read_text("utf-8"):
            kinds.setdefault((here.parts[0], path.suffixes[0]), here)
    return [f"{server.url}{quote(str(here))}" for here in kinds.values()]


def addresses(server: Live, site: Path) -> list[str]:
    """Return the pages that show hostile texts."""
    said = f"?s <{PREFIXES['qp']}texteHtml> ?html"
    html, graph = f"SELECT * {{ {said} }}", f"CONSTRUCT WHERE {{ {said} }}"
    bad = f"SELECT * {{ {LITERALS[0]} }} #"
    asked = [urlencode({"query": q, "format": "html"}) for q in (html, graph, table_query(), bad)]
    return [
        *holding(server, site, "html"),
        f"{server.url}{QUESTION}.html",
        f"{server.url}recherche.html?q={WORD}",
        f"{server.url}recherche.html?{urlencode({'q': f'{WORD} {LITERALS[0]}'})}",
        *(f"{server.url}sparql?{query}" for query in asked),
        *(server.url + page for pages in of_extensions("attacks", "PAGES") for page in pages),
    ]


@pytest.fixture(scope="module")
def seen(release: Path) -> dict[str, Any]:
    """What the browser has seen."""
    node, chromium = need("node"), browser()
    need(MODULES / "playwright-core")
    if not packaged.scripts():
        absent(".ci/vendor has not brought it: this was NOT tried")
    site = site_of(current(release).resolve())
    with live(release) as server:
        asked = {
            "texts": list(cleaned()),
            "pages": addresses(server, site),
            "feeds": [*holding(server, site, "atom"), f"{server.url}{QUESTION}.atom"],
            "sparql": f"{server.url}sparql.html",
            "query": table_query(),
        }
        run = subprocess.run(
            [node, SCRIPT, MODULES], input=json.dumps(asked), capture_output=True, text=True,
            timeout=HANG, check=False, env={**os.environ, "CHROMIUM": chromium},
        )  # fmt: skip
    assert run.returncode == 0, run.stderr
    Path("/tmp/browser.log").write_text(run.stderr)
    found: dict[str, Any] = json.loads(run.stdout)
    return found | {"asked": asked}


def test_nothing_runs(seen: dict[str, Any]) -> None:
    """On no page and in no text: no handler, no dialog, no address that only the record has."""
    assert seen["frames"] >= len({*seen["asked"]["texts"]}) > 1000
    assert len(seen["opened"]) == len(seen["asked"]["pages"]) > 20
    assert seen["feeds"] == len(seen["asked"]["feeds"]) >= 2
    assert (seen["ran"], seen["dialogs"], seen["elsewhere"]) == ([], [], [])
    assert seen["structure"] == []


def test_results_are_text(seen: dict[str, Any]) -> None:
    """The editor shows literals as they are, in each view, and makes links to the web only."""
    views = seen["views"]
    shown = [text for text in views["table"] if text != "7"]
    assert shown == [text for text in LITERALS for _ in range(3)][: len(shown)] and len(shown) > 20
    assert set(views["elements"]) <= {"div", "span", "a", "sup"}
    ends = ("", "@fr", "^^http://x.invalid/?id=")
    whole = [re.sub('[<>]|"', "", text) for text in views["whole"]]
    assert {re.sub('[<>]|"', "", text + end) for text in LITERALS for end in ends} >= {
        text for text in whole if not text.startswith("7")
    }
    assert views["links"] and all(re.match("https?://", link) for link in views["links"])
    assert "{{ autre }} {{lien}}" in views["csv"]
    # a query in an address is filled in, and not run before somebody asks for it
    assert (views["unasked"], views["filled"]) == (0, table_query())
