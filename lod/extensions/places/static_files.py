"""Communes and who is elected, for the search of an export: small files that its script reads."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from lod.base import packaged
from lod.extensions.places.communes import ASKING
from lod.extensions.places.constituencies import LATEST
from lod.extensions.places.finder import PlaceFinder
from lod.extensions.places.tables import number_of
from lod.publish import release
from lod.publish.publication import Site
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.parameters import SearchRequest
from lod.publish.search.search_index import SearchIndex
from lod.website.indexes.static_search import PREFIX, IndexScripts, Row
from lod.website.rendering.language import LANGUAGES, translated, written_in
from lod.website.rendering.templates import load_template

SCRIPTS = packaged.SITE / packaged.EXTENSIONS / "places" / "static"
COMMON = ("saint", "sainte")
KINDS = ("arrondissements", "cantons", "communes déléguées")  # of parts of communes


def write_static_places(folder: Path, site: Site) -> None:
    """Write the files that `static/lieux.js` reads, into the folder of an export."""
    site.tree.copy(SCRIPTS, "static")
    path, scripts = release.current(folder) / INDEX_FILE, IndexScripts(site.tree)
    macros: Any = load_template("commune_macros.html").module
    with closing(SearchIndex(path)) as index:
        finder = PlaceFinder(index)
        communes = scripts.write_all("communes", communes_by_file(finder))
        for language, end in LANGUAGES.items():
            with written_in(language):
                told = {
                    "communes": communes,
                    "elus": scripts.write_all(f"elus{end}", elected_by_file(finder)),
                    "demandent": sorted(ASKING),
                    "unDe": macros.un_de("{n}"),
                    "natures": {kind: translated(kind) for kind in KINDS},
                    "note": macros.carte_electorale(finder.constituencies.as_of),
                }
                scripts.write(f"lieux{end}", told)


def communes_by_file(finder: PlaceFinder) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (file, communes with their departments and constituencies), sorted, the largest first.

    « Saint » and « Sainte », with which too many begin, do not name a file unless they are alone.
    """
    index = finder.index
    # name, end of the IRI of the department, postal codes, numbers of constituencies, and the parts
    # of the commune that vote in each, if they are known
    files: dict[str, list[Row]] = {}
    places = index.things.departements()
    with index.connection() as connection:
        for commune, name, codes in finder.communes.in_order(connection):
            place = commune.page.partition("/")[2]
            numbers = " ".join(str(number_of(code)) for code in commune.constituencies)
            parts = [c.part for c in finder.constituencies.of(commune) if c.part]
            row = [commune.name, place, " ".join(codes), numbers, *([parts] if parts else [])]
            telling = next((w for w in name.split() if w not in COMMON), name)
            for key in dict.fromkeys(word[:PREFIX] for word in (telling, *codes)):
                files.setdefault(key, []).append(row)
    for key, rows in sorted(files.items()):
        yield (
            key,
            {"lieux": {p: places[p] for p in sorted({row[1] for row in rows})}, "fiches": rows},
        )


def elected_by_file(finder: PlaceFinder) -> Iterator[tuple[str, dict[int, list[str]]]]:
    """Yield (end of the IRI of a department, number of a constituency → HTML of its name, of its
    deputies, and of the newest questions of the only one), in the language of the moment.
    """
    index = finder.index
    newest: dict[int, list[int]] = {}  # value of an author → ids of questions
    for number in index.find(SearchRequest(tri="date")):
        of_author = newest.setdefault(index.columns["auteur"][number], [])
        of_author += [number] if len(of_author) < LATEST else []
    keys = {value.key: number for number, value in index.facet_values.items()
            if value.facet == "auteur"}  # fmt: skip
    macros: Any = load_template("commune_macros.html").module
    as_of = finder.constituencies.as_of
    for place in index.things.departements():
        of_place = {}
        for c in finder.constituencies.within(place):
            latest = [newest.get(keys.get(d.key, 0), []) for d in c.deputies]
            hits = list(index.hits(latest[0])) if len(latest) == 1 else []
            questions = macros.questions(hits, "", True) if len(latest) == 1 else ""
            name, people = macros.circonscription(c, ""), macros.elus_de(c, "", as_of, True)
            of_place[c.number] = [str(html).strip() for html in (name, people, questions)]
        if of_place:
            yield place, of_place
