"""The site in a real browser: accessible, narrow, quick, to itself; and what people do there.

One Chromium looks at a page of each kind (`browser/pages.csv`) with axe, then goes the ways of
`browser/journeys.mjs`, and those of extensions; the tests read what it has seen. `.ci/run` installs
what it needs.
"""

import json
import os
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from lod.base.tabular import rows
from lod.pipeline.report.build_report import BuildReport
from lod.publish.release import current
from lod.publish.search.words import WORD, composed, fold_word
from lod.website.indexes.static_search import file_of_word
from tests.support.live import live
from tests.support.paths import ROOT, TESTS
from tests.support.patience import HANG, patience
from tests.support.programs import MODULES, browser, need
from tests.support.releases import site_of
from tests.support.server_data import files_served

HERE = TESTS / "website" / "browser"
PAGES = [HERE / "pages.csv", *sorted(TESTS.glob("extensions/*/pages.csv"))]
LIBRARY = {"browser.mjs", "machine.mjs", "pages.mjs"}
OF_CORE = sorted(path for path in HERE.glob("*.mjs") if path.name not in LIBRARY)
PARCOURS = [*OF_CORE, *sorted(TESTS.glob("extensions/*/journeys.mjs"))]
PREMIER_TRAIT = 1000  # milliseconds
pytestmark = pytest.mark.tool


def journeys(paths: list[Path] = PARCOURS) -> list[str]:
    """The journeys, as their files export them."""
    texts = (path.read_text("utf-8") for path in paths)
    return [
        name for text in texts for name in re.findall(r"^export async function (\w+)", text, re.M)
    ]


def kinds(sites: dict[str, Path], *, every: bool) -> Iterator[tuple[str, str, str, int]]:
    """Yield (kind, release, path, status); English pages wait for the night."""
    for row in chain.from_iterable(map(rows, PAGES)):
        version, path = row["version"], row["chemin"]
        if ".en." in path and not every:
            continue
        paths = [path]
        if "*" in path:
            paths = sorted(str(p.relative_to(sites[version])) for p in sites[version].glob(path))
            assert paths, f"no page of the kind « {row['genre']} »"
        for each in paths if every else paths[:1]:
            yield row["genre"], version, each, int(row["statut"])


def look(
    folders: dict[str, Path], static: dict[str, Path], journeys: list[Path], *, every: bool
) -> dict[str, Any]:
    """Return what a browser sees of the pages, and how each journey ends."""
    node, chromium = need("node"), browser()
    need(MODULES / "axe-core")
    sites = {name: site_of(current(folder).resolve()) for name, folder in folders.items()}
    with ExitStack() as stack:
        bases = {
            **{name: stack.enter_context(live(folder)).url for name, folder in folders.items()},
            **{name: f"http://127.0.0.1:{stack.enter_context(files_served(files))}/"
               for name, files in static.items()},
        }  # fmt: skip
        asked = [
            {"genre": f"{genre} {path}", "adresse": bases[version] + path, "attendu": status}
            for genre, version, path, status in kinds(sites, every=every)
        ]
        adresses = {"serveur": bases["echantillon"], "disque": f"{static['statique'].as_uri()}/"}
        work = {
            "pages": asked, "parcours": [*map(str, journeys)], "adresses": bases | adresses,
            "essais": 3 if every else 0,
        }  # fmt: skip
        run = subprocess.run(
            [node, HERE / "browser.mjs", MODULES],
            input=json.dumps(work), capture_output=True, text=True, timeout=patience(HANG),
            check=False, env={**os.environ, "CHROMIUM": chromium, "NUIT": str(int(every))},
        )  # fmt: skip
    assert run.returncode == 0, run.stderr
    seen: dict[str, Any] = json.loads(run.stdout)
    for page, wanted in zip(seen["pages"], asked, strict=True):
        page["attendu"] = wanted["attendu"]
    return seen


@pytest.fixture(scope="module")
def folders(sample: Path, mixture: tuple[Path, BuildReport], vies: Path) -> dict[str, Path]:
    return {"echantillon": sample, "melange": mixture[0], "vies": vies}


@pytest.fixture(scope="module")
def static(sample_files: Path, vies_files: Path) -> dict[str, Path]:
    return {"statique": sample_files, "copie": vies_files}


@pytest.fixture(scope="module")
def seen(folders: dict[str, Path], static: dict[str, Path]) -> dict[str, Any]:
    """What the browser has seen of a page of each kind, and how each journey ended."""
    return look(folders, static, PARCOURS, every=False)


def told(seen: dict[str, Any], what: str) -> list[str]:
    """What was seen of the pages under one name, a line each."""
    return [f"{p['genre']}: {line}" for p in seen["pages"] for line in p.get(what, ["not seen"])]


def test_every_kind_opens(seen: dict[str, Any]) -> None:
    """Each kind of page is there, with the status that it should have."""
    assert len(seen["pages"]) >= 40
    failed = [(p["genre"], p.get("statut"), p.get("echec")) for p in seen["pages"]
              if p.get("statut") != p["attendu"] or "echec" in p]  # fmt: skip
    assert not failed


def test_axe(seen: dict[str, Any]) -> None:
    """No page has a fault that axe can see, light or dark, wide or narrow."""
    assert not told(seen, "violations")


def test_no_page_is_wider_than_the_window(seen: dict[str, Any]) -> None:
    """At 320 pixels, and at 1280, nobody has to scroll sideways, and no cell lies over another."""
    assert not told(seen, "debordements")


def test_pages_keep_to_themselves(seen: dict[str, Any]) -> None:
    """Nobody else is asked for anything, no cookie is left, the console stays empty."""
    assert not told(seen, "ailleurs")
    assert not told(seen, "temoins")
    refusals = re.compile(r"the server responded with a status of 4\d\d")
    said = [(p["genre"], line) for p in seen["pages"] for line in p.get("console", [])
            if p["attendu"] == 200 or not refusals.search(line)]  # fmt: skip
    assert not said


def test_every_page(folders: dict[str, Path], static: dict[str, Path]) -> None:
    """At night: every page of a pattern, seen within a second; each journey on all machines."""
    seen = look(folders, static, PARCOURS, every=True)
    assert len(seen["pages"]) > 100
    for test in (
        test_every_kind_opens, test_axe, test_no_page_is_wider_than_the_window,
        test_pages_keep_to_themselves,
    ):  # fmt: skip
        test(seen)
    late = [(p["genre"], p["trait"]) for p in seen["pages"] if p["trait"] >= PREMIER_TRAIT]
    assert not late
    assert not [(p["nom"], p["echec"]) for p in seen["parcours"] if p["echec"]]


@pytest.mark.parametrize("nom", journeys())
def test_journey(seen: dict[str, Any], nom: str) -> None:
    """What people do can be done."""
    [echec] = [p["echec"] for p in seen["parcours"] if p["nom"] == nom]
    assert not echec, echec


def test_journeys_are_found() -> None:
    """None is lost between the file and the tests."""
    assert len(journeys(OF_CORE)) == 35 and len({*journeys()}) == len(journeys())


def test_the_script_folds_as_the_index_does() -> None:
    """A word typed is folded, cut and looked for as the index was written."""
    letters = "".join(map(chr, (*range(0xA0, 0x250), *range(0x1E00, 0x1F00))))
    words = ["Hôpital", "Œuvres", "QANR5L15QE43349", "43349", "l’école", "COVID-19", "½", "été",
             *filter(str.isalnum, letters)]  # fmt: skip
    words = [unicodedata.normalize("NFD", word) for word in words] + words
    script = (ROOT / "site/static/recherche.js").read_text("utf-8")
    pure = script[
        script.index("// as lod/model/text.py folds") : script.index("// a word, and what")
    ]
    asked = (
        f'const AUTRES = "autres", MOTS = 99, outils = new Set();\n{pure}\n'
        f"const mots = {json.dumps(words)};\n"
        "console.log(JSON.stringify(mots.map((w) => motsDe(w).map((m) => [m, cle(m)]))));"
    )
    run = subprocess.run([need("node"), "-e", asked], capture_output=True, text=True, check=True)
    expected = [
        [
            [mot, file_of_word(mot)]
            for mot in dict.fromkeys(map(fold_word, WORD.findall(composed(word))))
            if mot
        ]
        for word in words
    ]
    assert json.loads(run.stdout) == expected
