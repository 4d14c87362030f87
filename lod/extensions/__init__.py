"""The table of extensions, and the value EXTENSION by which each adds itself to the core.

An extension imports the core, which imports none of them; no extension imports another. To take
one off, delete its line below and the folders of its name: `extensions/NAME` in `lod`, `site`,
`ontology`, `shapes` and `tests`, where they exist.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concurrent.futures import Future

    from click import Group

    from lod.pipeline.reading.given import Mark
    from lod.pipeline.settling.settle import MakeGraph
    from lod.publish.draft import Draft
    from lod.publish.publication import Output, Site
    from lod.publish.publication_log import Follower
    from lod.publish.search.more_things import MoreThings
    from lod.publish.search.search_index import SearchIndex
    from lod.server.engine.current_release import ServedRelease
    from lod.server.routes.context import Tool
    from lod.website.rendering.query_tables import Picture, QueryTable

NAMES: tuple[str, ...] = (
    "fetch",  # lod fetch: the official archives, downloaded
    "charts",  # /images: the rows of a query as a chart or a map
    "common_texts",  # /textes-communs: passages that questions share, also with texts elsewhere
    "places",  # /trouver-mon-depute, in searches: from a commune or a postal code to its deputy
    "stores",  # `lod serve --store`: a SPARQL store elsewhere answers
    "stream",  # /publications: each state of each question, to keep a copy up to date
    "comparison",  # /comparer: two deputies, groups or ministries side by side
    "deadlines",  # /echeances: which answers are due, as pages and as a calendar
    "assistants",  # /mcp, `lod mcp`: tools for language models
    "model_pages",  # def.html, formes.html: ontology and shapes for people
    "reconciliation",  # /reconciliation: from the names in a table to IRIs (OpenRefine)
    "spark",  # python -m lod.extensions.spark: the conversion of a build on a cluster
    "wikidata",  # lod link: asks Wikidata which items are our deputies
    "already_asked",  # /deja-posee, /verifier: questions alike; is a sentence in the record?
    "static_app",  # in an export: SPARQL and the search of the server, in the browser
    "debates",  # lod build --debates: questions in the official record of their sitting
    "alerts",  # lod alerts: what is new, by e-mail, to those whom the publisher has in a file
    "barometer",  # /barometre: each week of the data, with a picture to share
    "eurovoc",  # a named graph: broader terms and domains of the descriptors of EuroVoc
    "deposit",  # an export as archives ask for it: RO-Crate … Last: it describes the others
)


def _nothing(*_: object) -> tuple[()]:
    return ()


@dataclass(frozen=True, slots=True)
class FilesOfOption:
    """Files that are given by an option, or stand among the records."""

    help: str  # of the option
    mark: "Mark"  # tells them by their beginning


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """What one extension adds; its functions import what they need when they are called."""

    purpose: str  # in one line
    reviewed: tuple[
        str, ...
    ] = ()  # names of the files that it reads in the folder of reviewed files
    # option of `lod build` → the files, folders and archives that its graphs are made of
    inputs: "Mapping[str, FilesOfOption]" = field(default_factory=dict)
    # folder of reviewed files, which it reads at once → what makes its graphs of a release, called
    # when all questions are settled
    graphs: "Callable[[Path | None], Iterable[MakeGraph]]" = _nothing
    # folder of reviewed files → what they add to pages of resources, for its templates there: path
    # of the page → name → value, made of texts, numbers, lists and dictionaries
    annotations: "Callable[[Path | None], Mapping[str, Mapping[str, Any]]]" = lambda _: {}
    outputs: "Callable[[Draft], Iterable[Output]]" = _nothing  # what a build writes for it
    routes: str = ""  # the module whose `blueprint` a server registers
    store_paths: tuple[str, ...] = ()  # beginnings of the paths whose answers come from the store
    # begins, in threads of its own, to read a release that a server opens, for its answers
    opened: "Callable[[ServedRelease], Iterable[Future[Any]]]" = _nothing
    # what else a search names, beside the things of an index that is opened
    named: "Callable[[SearchIndex], Iterable[MoreThings]]" = _nothing
    search_paths: tuple[str, ...] = ()  # the same, of paths that wait in the lane of searches
    tools: "Callable[[], Iterable[Tool]]" = _nothing  # functions that a language model may call
    pictures: "Callable[[QueryTable], Iterable[Picture]]" = _nothing  # of such rows
    # page of the core → function of the values of the page, for its template of additions there
    beside: "Callable[[], Mapping[str, Callable[..., Mapping[str, Any]]]]" = dict
    # what is written beside the releases when one becomes current
    followers: "Callable[[], Iterable[Follower]]" = _nothing
    exported: "Callable[[Path, Site], object]" = _nothing  # writes what `lod export` adds
    # path that a server answers → page of an export whose script answers it there
    answered: "Mapping[str, str]" = field(default_factory=dict)
    commands: "Callable[[Group], object]" = _nothing  # adds commands and options to `lod`


@cache
def extensions() -> tuple[Extension, ...]:
    """Return all extensions, in the order of the table."""
    return tuple(import_module(f"{__name__}.{name}").EXTENSION for name in NAMES)


def pictures(rows: "QueryTable") -> "list[Picture]":
    """Return what extensions draw of rows; a function of a module, so that it can be pickled."""
    return [picture for extension in extensions() for picture in extension.pictures(rows)]


def followers() -> "list[Follower]":
    return [follower for extension in extensions() for follower in extension.followers()]


def answered() -> dict[str, str]:
    """Return path that a server answers → page of an export whose script answers it there."""
    return {path: page for e in extensions() for path, page in e.answered.items()}


def add_things(index: "SearchIndex") -> None:
    """Have an index name what extensions know, too."""
    index.more = [more for extension in extensions() for more in extension.named(index)]


def begin_reading(release: "ServedRelease") -> "list[Future[Any]]":
    """Begin to read what extensions answer from in a release that a server opens."""
    if release.search_index:
        add_things(release.search_index)
    return [reading for extension in extensions() for reading in extension.opened(release)]


def reviewed() -> "list[str]":
    """Return the names of the files that extensions read in the folder of reviewed files."""
    return [name for extension in extensions() for name in extension.reviewed]


def inputs() -> "dict[str, FilesOfOption]":
    """Return option of `lod build` → the files that graphs of extensions are made of."""
    return {name: files for extension in extensions() for name, files in extension.inputs.items()}


def marks() -> "dict[str, Mark]":
    """Return option of `lod build` → what tells its files among the records."""
    return {name: files.mark for name, files in inputs().items()}


def graphs(revue: Path | None) -> "list[MakeGraph]":
    """Return what makes the graphs of extensions; `revue` is the folder of reviewed files. Raises
    UsageError for a wrong one.
    """
    return [make for extension in extensions() for make in extension.graphs(revue)]


def annotations(revue: Path | None) -> dict[str, dict[str, Any]]:
    """Return path of a page → what reviewed files of extensions add to it; raise UsageError for a
    wrong one.
    """
    merged: dict[str, dict[str, Any]] = {}
    for extension in extensions():
        for path, values in extension.annotations(revue).items():
            merged.setdefault(path, {}).update(values)
    return merged


def beside(page: str, *sources: Any) -> dict[str, Any]:
    """Return what the additions of extensions to a page of the core print, by name; `sources` are
    what the page itself is made of.
    """
    values: dict[str, Any] = {}
    for extension in extensions():
        if make := extension.beside().get(page):
            values |= make(*sources)
    return values
