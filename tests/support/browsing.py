"""What a real browser sees of pages, and how the ways end that people go in it.

One Chromium looks at pages with axe, another goes the ways of `browser/journeys.mjs`, and those
of extensions. `.ci/run` installs what they need.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from lod.base.tabular import rows
from lod.publish.release import current
from tests.support.live import live
from tests.support.paths import TESTS
from tests.support.patience import HANG, patience
from tests.support.programs import MODULES, browser, need
from tests.support.releases import site_of
from tests.support.server_data import files_served

HERE = TESTS / "website" / "browser"
PAGES = [HERE / "pages.csv", *sorted(TESTS.glob("extensions/*/pages.csv"))]
LIBRARY = {"browser.mjs", "machine.mjs", "pages.mjs"}
OF_CORE = sorted(path for path in HERE.glob("*.mjs") if path.name not in LIBRARY)
PARCOURS = [*OF_CORE, *sorted(TESTS.glob("extensions/*/journeys.mjs"))]


@dataclass(frozen=True)
class Sites:
    """What the browser looks at, by the names of `pages.csv`."""

    releases: dict[str, Path]
    copies: dict[str, Path]


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


def look_at_pages(sites: Sites, *, every: bool = False) -> list[dict[str, Any]]:
    """Return what a browser sees of a page of each kind, or of every page."""
    folders = {name: site_of(current(out).resolve()) for name, out in sites.releases.items()}
    asked = [
        {"genre": f"{kind} {path}", "site": site, "chemin": path, "attendu": status}
        for kind, site, path, status in kinds(folders, every=every)
    ]
    work = {"pages": asked, "essais": 3 if every else 0}
    seen: list[dict[str, Any]] = browse(sites, work, every=every)["pages"]
    assert len(seen) == len(asked)
    return seen


def follow_journeys(sites: Sites, *, every: bool = False) -> list[dict[str, Any]]:
    """Return how each journey ends; at night on all machines."""
    work = {"parcours": [*map(str, PARCOURS)]}
    ends: list[dict[str, Any]] = browse(sites, work, every=every)["parcours"]
    return ends


def browse(sites: Sites, work: dict[str, Any], *, every: bool) -> Any:
    """Return what `browser.mjs` tells of its work, while the sites are served."""
    node, chromium = need("node"), browser()
    need(MODULES / "axe-core")
    with ExitStack() as stack:
        served = {name: stack.enter_context(live(out)).url for name, out in sites.releases.items()}
        for name, files in sites.copies.items():
            served[name] = f"http://127.0.0.1:{stack.enter_context(files_served(files))}/"
        served["serveur"] = served["echantillon"]
        served["disque"] = f"{sites.copies['statique'].as_uri()}/"
        run = subprocess.run(
            [node, HERE / "browser.mjs", MODULES],
            input=json.dumps({"pages": [], "parcours": [], "adresses": served, **work}),
            capture_output=True, text=True, timeout=patience(HANG), check=False,
            env={**os.environ, "CHROMIUM": chromium, "NUIT": str(int(every))},
        )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)
