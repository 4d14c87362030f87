"""The pages of an export that answer by themselves: SPARQL, the search, what is missing."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lod.base import packaged
from lod.extensions.static_app.facts import FactFile, answered_questions, write_answers, write_facts
from lod.extensions.static_app.search_file import write_search_file
from lod.publish import release
from lod.publish.dumps import QUADS
from lod.publish.publication import Site
from lod.publish.search.full_text import INDEX_FILE
from lod.server.common.csp import EDITOR, Policy, header_value
from lod.server.limits import WorkerLimits
from lod.website.export import MISSING_PAGE
from lod.website.pages.problem_pages import PROBLEMS
from lod.website.rendering.language import LANGUAGES, written_in
from lod.website.rendering.templates import common_values, load_template

OWN = packaged.SITE / packaged.EXTENSIONS / "static_app" / "static"
SCRIPTS = "static/copie"  # where the scripts stand in an export
ENGINE = ("moteur.js", "oxigraph/web.js", "oxigraph/web_bg.wasm")
KEEPING = "garder.js"  # the script of pages that a browser keeps, by what stands at the root:
KEEPER = "hors-ligne.js"
FACTS = "faits"
HEAD_END, MAIN_SCRIPT = "</head>", re.compile(r'<script defer src="static/sparql.js">')
# a page of a host that sends no headers states its policy itself, and no frame-ancestors; after its
# style sheets, since who checks a page without its address does not know them as its own
WORKING: Policy = {k: v for k, v in EDITOR.items() if k != "frame-ancestors"} | {
    "script-src": "'self' 'wasm-unsafe-eval'", "worker-src": "'self'",
}  # fmt: skip

POLICY = f'<meta http-equiv="Content-Security-Policy" content="{header_value(WORKING)}">'
SEARCH = "recherche"
SEARCH_SCRIPT = '<script src="static/recherche.js" defer></script>'
OWN_SPARQL, OWN_SEARCH = (KEEPING, "sparql-copie.js"), (KEEPING, "recherche-copie.js")


def write_app(folder: Path, site: Site) -> None:
    """Write facts and scripts, and have the pages use them; nothing without the engine."""
    scripts = packaged.scripts_of_copies()
    for name, path in scripts.items():
        site.tree.copy(path, f"static/{name}")
    site.tree.copy(OWN, SCRIPTS)
    current, base = release.current(folder), site.publication.base
    quads = current / "dumps" / QUADS
    answers = answered_questions(quads, base)
    if "reponses" in site.publication.left_out:
        write_answers(answers, site.tree)
    _lead_on(site)
    if scripts:
        site.tree.copy(OWN / KEEPER, KEEPER)
        _answer_sparql(site, write_facts(quads, site.tree.folder / FACTS, base, answers))
        _search_texts(site, write_search_file(current / INDEX_FILE, site.tree.folder / SEARCH))


def _lead_on(site: Site) -> None:
    """Have the page of what is missing lead to the page of an IRI."""
    root = urlsplit(site.publication.base).path or "/"
    script = f'<script src="{root}{SCRIPTS}/adresse-copie.js" defer></script>\n'
    _change(site, MISSING_PAGE, lambda page: page.replace(HEAD_END, script + HEAD_END, 1))


def _answer_sparql(site: Site, files: list[FactFile]) -> None:
    """Have the page of SPARQL answer in each language."""
    base, limits = site.publication.base, WorkerLimits()
    service = re.compile(rf"<p>(?:(?!</p>).)*<code>{re.escape(base)}sparql</code>.*?</p>", re.S)
    script = _scripts(OWN_SPARQL)
    for language, end in LANGUAGES.items():
        with written_in(language):
            data: dict[str, Any] = {
                "base": base,
                "dossier": f"{FACTS}/",
                "fichiers": [file.as_json() for file in files],
                "moteurs": [f"{SCRIPTS}/{name}" for name in ENGINE],
                "octets": limits.size,
                "problemes": {slug: kind.said() for slug, kind in PROBLEMS.items()},
                "secondes": limits.seconds,
            }
            values = common_values("", site.publication, language)
            panel = load_template("sparql_copie.html").render(values, donnees=data, fichiers=files)

        def answering(page: str, panel: str = panel) -> str:
            page = service.sub(lambda _: panel, page, count=1)
            page = page.replace(HEAD_END, f"{POLICY}\n{HEAD_END}", 1)
            return MAIN_SCRIPT.sub(lambda tag: script + tag[0], page, count=1)

        _change(site, f"sparql{end}.html", answering)


def _search_texts(site: Site, index: dict[str, Any]) -> None:
    """Have the page of the search find what the server would, in each language."""
    scripts = _scripts(OWN_SEARCH)
    for language, end in LANGUAGES.items():
        with written_in(language):
            parts: Any = load_template("recherche_copie.html").module
            moteur = f"{SCRIPTS}/recherche-moteur.js"
            orders = str(parts.dans_le_formulaire())
            results = str(parts.avant_les_resultats({"index": index, "moteur": moteur}))

        def searching(page: str, orders: str = orders, results: str = results) -> str:
            page = page.replace("</form>\n<noscript>", f"{orders}</form>\n<noscript>", 1)
            page = page.replace('<section id="resultats"', f'{results}<section id="resultats"', 1)
            page = page.replace(SEARCH_SCRIPT, f"{scripts}{SEARCH_SCRIPT}", 1)
            return page.replace(HEAD_END, f"{POLICY}\n{HEAD_END}", 1)

        _change(site, f"recherche{end}.html", searching)


def _scripts(names: Iterable[str]) -> str:
    return "".join(f'<script defer src="{SCRIPTS}/{name}"></script>\n' for name in names)


def _change(site: Site, path: str, change: Any) -> None:
    """Write a page anew that is there."""
    file = site.tree.folder / path
    if file.is_file():
        site.tree.write(path, change(file.read_text("utf-8")).encode())
