"""Places: communes, postal codes and consular posts that a search leads to their deputies, and the
page « Trouver mon député ».

`tables.py`: constituencies of communes; `communes.py`, `constituencies.py`: the tables that are
added to the search index (`places.sql`), and what reads them; `finder.py`: what a search finds and
tells; `static_files.py`: the same for an export; `page.py`: the page.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lod.extensions import Extension
from lod.publish.draft import Draft
from lod.publish.publication import Last, Once, Output, Site

if TYPE_CHECKING:
    from lod.publish.search.more_things import MoreThings
    from lod.publish.search.search_index import SearchIndex


def _outputs(draft: Draft) -> Iterator[Output]:
    from lod.extensions.places.finder import write_places
    from lod.extensions.places.page import write_page
    from lod.publish.search.full_text import INDEX_FILE
    from lod.rdf.iris import Iris
    from lod.reference.constituencies import elected

    publication = draft.site.publication
    people = elected(draft.plan.tables.directory, publication.data_until)
    as_of = max((person.as_of for person in people if person.as_of), default=None)
    yield Once(partial(write_page, as_of))
    yield Last(write_places, draft.plan.work / INDEX_FILE, people, Iris(publication.base))


def _named(index: "SearchIndex") -> "Iterable[MoreThings]":
    from lod.extensions.places.finder import finders

    return finders(index)


def _beside() -> Mapping[str, Callable[..., Mapping[str, Any]]]:
    from lod.extensions.places.finder import beside_results

    return {"recherche": beside_results}


def _exported(folder: Path, site: Site) -> None:
    from lod.extensions.places.static_files import write_static_places

    write_static_places(folder, site)


EXTENSION = Extension(
    purpose="from a commune or a postal code to its deputy, in searches and on a page",
    outputs=_outputs,
    named=_named,
    beside=_beside,
    exported=_exported,
)
