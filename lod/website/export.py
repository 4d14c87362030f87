"""A release as a folder for a host that only sends files: the site, and each document in each form.

A server makes those forms when they are asked for, from the store; here they are written.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from lod.base.parallel import batches, unordered
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish import release
from lod.publish.documents import every_document
from lod.publish.publication import Publication, Site
from lod.publish.publication_log import dated_files
from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import Construct, triples_about
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.search_index import SearchIndex
from lod.rdf.iris import is_resource, source_path
from lod.rdf.store import select
from lod.rdf.vocab import NAMESPACE
from lod.website.indexes.feeds import CITATIONS, feed_about
from lod.website.indexes.robots import pages
from lod.website.indexes.static_search import write_static_search
from lod.website.pages.kept_resources import ResourcePages
from lod.website.pages.problem_pages import MISSING, problem_page
from lod.website.pages.question_page import Beside, nothing_beside, question_page
from lod.website.rendering.language import languages_of, written_in
from lod.website.rendering.query_tables import Pictures, nothing_drawn
from lod.website.rendering.static_pages import StaticTree
from lod.website.rendering.templates import load_template, write_forms, write_page, write_translated

BATCH = 200  # documents in a task
MISSING_PAGE = "404.html"  # what most hosts of files send for an address that does not exist
Write = Callable[[Path, Site], object]
Document = tuple[str, str]  # its path; the page that shows it, "" if it has a page of its own
# each answer to one question alone, with that
ANSWERS = f"""
SELECT ?reponse (MIN(?q) AS ?question) WHERE {{ ?q <{NAMESPACE}reponse> ?reponse }}
GROUP BY ?reponse HAVING (COUNT(?q) = 1) ORDER BY ?reponse
"""


def export(
    folder: Path,
    target: Path,
    jobs: int,
    more: Iterable[Write] = (),
    pictures: Pictures = nothing_drawn,
    beside: Beside = nothing_beside,
) -> int:
    """Write the current release of a folder into another one; return the number of documents.

    Records and feeds are files there, too, the search page works alone, and what else needs a
    server leads to the published site. `more` is what
    extensions write besides, `pictures` what they draw, `beside` what they show on
    the pages of questions.

    Raises UsageError if that other folder has anything in it; after an error, nothing is there.
    """
    with (
        release.holding(release.current(folder)) as current,
        release.whole_or_nothing(target) as work,
    ):
        with closing(SearchIndex(current / INDEX_FILE)) as index:
            publication = replace(Publication.saved(index.properties), is_exported=True)
        site = Site(publication, StaticTree(work, base=publication.base))
        for entry in sorted((current / "site").iterdir()):
            site.tree.copy(entry, entry.name)
        write_static_search(site, current / INDEX_FILE)
        nothing = problem_page(
            site.publication, MISSING, "rien à cette adresse", is_explained=False
        )
        site.tree.write(MISSING_PAGE, nothing)
        for path, data in dated_files(current):
            site.tree.write(path, data)
        site.tree.copy(current / "dumps/service.ttl", "sparql.ttl")  # which a server makes
        for write in more:
            write(folder, site)
        with TemporaryDirectory() as answers:  # a release is never written to
            asked = QueryCache(current / "store", Path(answers))
            exporter = _Exporter(current, asked, site, pictures, beside)
            for sha256, data in exporter.questions.sources():
                site.tree.write(source_path(sha256), data)
            batched = batches(exporter.documents(), BATCH)
            return sum(count for _, count in unordered(exporter.write, batched, jobs))


@dataclass(frozen=True)
class _Exporter:
    """What a process needs to write documents."""

    release: Path
    asked: QueryCache
    site: Site  # that is written
    pictures: Pictures
    beside: Beside

    @property
    def questions(self) -> PublishedQuestions:
        return PublishedQuestions(self.release)

    @cached_property
    def index(self) -> SearchIndex:
        return SearchIndex(self.release / INDEX_FILE)

    def documents(self) -> Iterator[Document]:
        """Yield all documents with a page, then the answers that the page of a question shows."""
        base = self.site.publication.base
        yield from ((path, "") for path in pages(self.release, base) if is_resource(path))
        for row in select(self.asked.store, ANSWERS):
            path, question = (self.site.publication.path(row[n]) for n in ("reponse", "question"))
            yield path, f"../{question}.html#{path.rpartition('/')[2]}"

    def write(self, documents: list[Document]) -> int:
        """Write the forms of some documents; return how many documents these are."""
        publication, tree = self.site.publication, self.site.tree
        construct: Construct = self.asked.store.query  # type: ignore[assignment]  # of a CONSTRUCT
        for path, page in documents:
            triples = triples_about(construct, publication.base + path)
            write_forms(tree, path, **every_document(publication, path, triples))
            if feed := feed_about(path, self.questions, publication, self.index.name_of):
                write_forms(tree, path, atom=feed)
            if path.startswith("question/") and (stored := self.questions.of_uid(path[9:])):
                forms = CITATIONS.items()
                cited = {form: write(stored.question, publication) for form, (_, write) in forms}
                write_forms(tree, path, **cited)
                page_of = partial(
                    question_page, stored, self.questions, publication, construct, self.beside
                )
                write_translated(self.site, path, page_of)
            elif page:
                leading = load_template("renvoi.html")
                html = leading.render(base=publication.base, path=path, page=page)
                write_forms(tree, path, html=html.encode())
            else:
                self._write_pages(path)
        return len(documents)

    def _write_pages(self, path: str) -> None:
        """Write the pages about a resource in its languages."""
        pages = ResourcePages(self.release, self.site.publication, self.asked, self.pictures)
        for language in languages_of(path):
            with written_in(language):
                for page, html in pages.pages(path):
                    write_page(self.site, page, html)
