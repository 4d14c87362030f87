"""What suites of others say of what is served or exported, as the guide `outils` has it."""

import json
import os
import re
from collections.abc import Iterator

import pytest

from lod.base import packaged
from lod.base.settings import Settings
from lod.build import build
from tests.support.live import live
from tests.support.paths import ROOT, of_extensions
from tests.support.programs import need
from tests.support.server_data import free_port
from tests.support.suites import HERE, MODULES, VENV, Judge, JudgedSite, told

JUDGES = HERE / "judges"
PAGES = (  # that Lighthouse looks at, below the address of the site
    "", "index.en.html",
    "question/QANR5L15QE10186.html", "question/QANR5L15QE10186.en.html",
    "telechargements/index.html", "telechargements/index.en.html",
)  # fmt: skip
SCHEMES = "SELECT DISTINCT ?scheme { ?concept skos:inScheme ?scheme }"
SCHEME = """CONSTRUCT { ?s ?p ?o } {
  { BIND(?scheme AS ?s) } UNION { ?s skos:inScheme ?scheme }
  ?s ?p ?o FILTER(?p NOT IN (skos:inScheme, skos:topConceptOf) || ?o = ?scheme)
}"""
TYPES = dict(zip(PAGES, ("Dataset", "Dataset", "WebPage", "WebPage"), strict=False))  # schema.org


def redocly(site: JudgedSite) -> str:
    """Count the problems that its recommended rules find in the description of the API."""
    said = site.run_npm("redocly", "lint", site.openapi, "--extends=recommended", "--format=json")
    totals = json.loads(said)["totals"]
    return str(totals["errors"] + totals["warnings"])


def spectral(site: JudgedSite) -> str:
    """Count what its rules for OpenAPI find, warnings included."""
    rules = site.folder / "spectral.yaml"
    rules.write_text("extends: ['spectral:oas']\n", "utf-8")
    said = site.run_npm(
        "spectral", "lint", site.openapi, "--ruleset", rules, "--format=json", "--quiet"
    )
    return str(len(json.loads(said)))


def schemathesis(site: JudgedSite) -> str:
    """Count the failures of two thousand requests, good and bad, that it makes of the same file."""
    said = site.run_python(
        "schemathesis", "run", f"{site.url}api/openapi.json", "--url", site.url, "--workers=2",
        "--max-examples=8", "--phases=examples,coverage,fuzzing", "--generation-deterministic",
        "--continue-on-failure", "--no-color",
    )  # fmt: skip
    cases = re.search(r"^ *(\d+) generated, (.*)$", said, re.M)
    assert cases and int(cases[1]) > 1000, said
    failures = re.search(r"(\d+) unique failures?", cases[2])
    print(said)
    return failures[1] if failures else "0"


def lighthouse(site: JudgedSite) -> str:
    """Return the lowest score of the pages in accessibility, best practice and SEO."""
    lowest = dict.fromkeys(("accessibility", "best-practices", "seo"), 1.0)
    for page in PAGES:
        said = site.run_npm(
            "lighthouse", site.url + page, "--quiet", "--output=json",
            f"--only-categories={','.join(lowest)}", '--extra-headers={"Accept-Language": "fr"}',
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
            CHROME_PATH=need(os.environ.get("CHROMIUM", "chromium")),
        )  # fmt: skip
        report = json.loads(said)
        assert "runtimeError" not in report, report["runtimeError"]
        for name, category in report["categories"].items():
            lowest[name] = min(lowest[name], category["score"])
            for each in category["auditRefs"]:
                if each["weight"] and report["audits"][each["id"]]["score"] == 0:
                    print(page, each["id"])
    return " · ".join(f"{100 * score:.0f}" for score in lowest.values())


def structured_data(site: JudgedSite) -> str:
    """Count the pages that are of the type of schema.org that they should have."""
    asked = [word for path, type_ in TYPES.items() for word in (site.url + path, type_)]
    pages = json.loads(site.run_node(JUDGES / "structured.mjs", MODULES, *asked))
    print(pages)
    return f"{sum(not page['failed'] and bool(page['passed']) for page in pages)}/{len(pages)}"


def skosify(site: JudgedSite) -> str:
    """Count the warnings about the schemes of concepts, each with its concepts."""
    found = site.server.post(SCHEMES, Accept="text/csv").body.decode().split()[1:]
    assert len(found) > 10
    vocabulary, log = site.folder / "skos.ttl", site.folder / "skosify.log"
    for scheme in found:
        answer = site.server.post(SCHEME.replace("?scheme", f"<{scheme}>"), Accept="text/turtle")
        vocabulary.write_bytes(answer.body)
        site.run_python("skosify", vocabulary, "--to-format=turtle", f"--log={log}")  # adds to it
    print(log.read_text("utf-8"))
    return str(log.read_text("utf-8").count("WARNING"))


def endpoint(site: JudgedSite) -> str:
    """Count which of prefixes, classes, examples and shapes SIB's tools find at the endpoint."""
    said = site.run_python("python", JUDGES / "endpoint.py", site.server.sparql)
    counts = json.loads(said.splitlines()[-1])
    print(counts)
    return f"{sum(map(bool, counts.values()))}/{len(counts)}"


SUITES: dict[str, Judge] = {
    "@redocly/cli": redocly,
    "@stoplight/spectral-cli": spectral,
    "lighthouse": lighthouse,
    "schemathesis": schemathesis,
    "skosify": skosify,
    "sparql-llm": endpoint,
    "structured-data-testing-tool": structured_data,
}
for more in of_extensions("suites", "SUITES"):
    SUITES |= more


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JudgedSite]:
    """A release of the sample, whose base is the address of its server."""
    for program in ("python", "schemathesis"):
        need(VENV / "bin" / program)
    folder, port = tmp_path_factory.mktemp("suites"), free_port()
    settings = Settings(
        base=f"http://127.0.0.1:{port}/", editeur="L’Observatoire", contact="contact@example.org"
    )
    build([packaged.SAMPLE], folder / "out", settings, jobs=2, sample=True)
    with live(folder / "out", port=port) as server:
        yield JudgedSite(server, folder)


@pytest.mark.tool
@pytest.mark.parametrize("suite", SUITES)
def test_the_figure_is_that_of_the_guide(site: JudgedSite, suite: str) -> None:
    """What the suite finds is neither more nor less than what the guide says."""
    assert SUITES[suite](site) == told()[suite].figure


def test_the_guide_has_each_suite_as_it_is_pinned() -> None:
    """In both languages, with the version that is installed."""
    packages = json.loads((HERE / "package.json").read_text("utf-8"))["dependencies"]
    lock = (ROOT / ".ci/lock-suites.txt").read_text("utf-8")
    pinned = packages | dict(re.findall(r"^([\w-]+)==(\S+)", lock, re.M))
    rows = told()
    assert rows == told(".en") and rows.keys() == SUITES.keys()
    assert {name: row.version for name, row in rows.items()} == {n: pinned[n] for n in rows}
