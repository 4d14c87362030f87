"""The pages of questions of a release, as a server and an export make them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.publication import Publication
from lod.publish.release import current
from lod.publish.search.indexing import INDEX_FILE
from lod.publish.search.search_index import SearchIndex
from lod.rdf.store import open_store
from lod.website.pages.question_page import question_page


def page_of(folder: Path, uid: str) -> str:
    """Return the French page of a question of the current release of a folder."""
    return next(pages_of(current(folder), uid))[1].decode()


def pages_of(release: Path, *uids: str) -> Iterator[tuple[str, bytes]]:
    """Yield the path below the site, and the French page, of some questions of a release; of all of
    them, in their order, if none is named.
    """
    questions, store = PublishedQuestions(release), open_store(release / "store")
    with closing(SearchIndex(release / INDEX_FILE)) as index:
        publication = Publication.saved(index.properties)
    for stored in questions.of_uids(uids) if uids else questions.questions():
        page = question_page(stored, questions, publication, store.query)  # type: ignore[arg-type]  # a CONSTRUCT
        yield f"question/{stored.uid}.html", page
