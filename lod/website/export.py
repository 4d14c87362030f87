"""A release as a folder for a host that only sends files: the site, and each document in the forms
that are asked for.

A server makes those forms when they are asked for, from the store; here they are written.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from pyoxigraph import Triple

from lod.base.durable import HeldFile
from lod.base.errors import UsageError
from lod.base.parallel import batches, unordered
from lod.pipeline.questions.question_db import PublishedQuestions, StoredQuestion
from lod.publish import release
from lod.publish.documents import every_document
from lod.publish.publication import CrossReferences, Publication, Site
from lod.publish.publication_log import dated_files
from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import Construct, in_order, stated, triples_about
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.search_index import SearchIndex
from lod.rdf.iris import Iris, document_of, is_resource, source_path
from lod.rdf.serialize import DATA_FORMS
from lod.rdf.serialize import triples as parsed
from lod.rdf.store import open_store, select
from lod.rdf.vocab import NAMESPACE, QP, RDFS
from lod.website.indexes.feeds import CITATIONS, feed_about
from lod.website.indexes.robots import pages
from lod.website.indexes.static_search import write_static_search
from lod.website.pages.kept_resources import ResourcePages
from lod.website.pages.problem_pages import MISSING, problem_page
from lod.website.pages.question_page import Beside, nothing_beside, question_page, references_of
from lod.website.rendering.language import FRENCH, LANGUAGES, languages_of, written_in
from lod.website.rendering.query_tables import Pictures, nothing_drawn
from lod.website.rendering.static_pages import StaticTree
from lod.website.rendering.templates import load_template, write_forms, write_page

BATCH = 200  # documents in a task
MISSING_PAGE = "404.html"  # what most hosts of files send for an address that does not exist
Write = Callable[[Path, Site], object]
Document = tuple[str, str]  # its path; the page that shows it, "" if it has a page of its own
PAGE, ANSWERS, RECORDS, FEED, FOLDERS = "html", "reponses", "sources", "atom", "iri"
# what may be written of a release, beside the site itself; and what is unless somebody says
FORMS = (PAGE, *DATA_FORMS, FEED, *CITATIONS, RECORDS, ANSWERS)
USUAL = (PAGE, "ttl")
SMALL = 2_000  # questions up to which pages are in every language, and each IRI has a folder
# each answer to one question alone, with that
SINGLE_ANSWERS = f"""
SELECT ?reponse (MIN(?q) AS ?question) WHERE {{ ?q <{NAMESPACE}reponse> ?reponse }}
GROUP BY ?reponse HAVING (COUNT(?q) = 1) ORDER BY ?reponse
"""


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a release is written, and who answers what files cannot."""

    forms: frozenset[str]
    languages: tuple[str, ...]
    server: str = ""  # the address of a server; "" if there is none
    # path that a server answers → the page of the copy whose script answers it
    answered: Mapping[str, str] = field(default_factory=dict)

    @property
    def left_out(self) -> frozenset[str]:
        return frozenset(FORMS) - self.forms


def selected(
    folder: Path, forms: str, languages: str, server: str, answered: Mapping[str, str]
) -> Selection:
    """Return what the options of a command ask for: names with commas between, "" for what fits
    the size of the current release. Raise UsageError for a name that is unknown.
    """
    with release.holding(release.current(folder)) as current:
        is_small = PublishedQuestions(current).count() <= SMALL
    usual = (*USUAL, FOLDERS) if is_small else USUAL
    spoken = tuple(LANGUAGES) if is_small else (FRENCH,)
    asked = ",".join(FORMS) if forms == "all" else forms
    return Selection(
        frozenset(_names("--forms", asked, (*FORMS, FOLDERS), PAGE) or usual),
        _names("--languages", languages, tuple(LANGUAGES), FRENCH) or spoken,
        server,
        answered,
    )


def _names(option: str, stated: str, known: tuple[str, ...], needed: str) -> tuple[str, ...]:
    """Return the names of an option in the order in which they are known; () if none is stated."""
    names = {name.strip() for name in stated.split(",")} - {""}
    if unknown := sorted(names.difference(known)):
        raise UsageError(f"{option}: « {unknown[0]} » is unknown; choose of {', '.join(known)}")
    if names and needed not in names:
        raise UsageError(f"{option}: {needed} is always written; name it, too")
    return tuple(name for name in known if name in names)


def export(
    folder: Path,
    target: Path,
    jobs: int,
    selection: Selection,
    more: Iterable[Write] = (),
    pictures: Pictures = nothing_drawn,
    beside: Beside = nothing_beside,
) -> int:
    """Write the current release of a folder into another one; return the number of documents.

    The search page works alone; what else needs a server is answered by that of the selection, or
    is not shown. `more` is what extensions write besides, `pictures` what they draw, `beside` what
    they show on the pages of questions.

    Raises UsageError if that other folder has anything in it; after an error, nothing is there.
    """
    with (
        release.holding(release.current(folder)) as current,
        release.whole_or_nothing(target) as work,
    ):
        with closing(SearchIndex(current / INDEX_FILE)) as index:
            saved = Publication.saved(index.properties)
        publication = replace(saved, is_exported=True, left_out=selection.left_out)
        tree = StaticTree(
            work, saved.base, selection.languages, selection.server, selection.answered
        )
        site = Site(publication, tree)
        moved = {} if ANSWERS in selection.forms else _moved(current, saved)
        leading = replace(tree, moved=moved)
        for entry in sorted((current / "site").iterdir()):
            leading.copy(entry, entry.name)
        write_static_search(site, current / INDEX_FILE)
        nothing = problem_page(
            site.publication, MISSING, "rien à cette adresse", is_explained=False
        )
        tree.write(MISSING_PAGE, nothing)
        for path, data in dated_files(current):
            tree.write(path, data)
        tree.copy(current / "dumps/service.ttl", "sparql.ttl")  # which a server makes
        for write in more:
            write(folder, site)
        with TemporaryDirectory() as answers:  # a release is never written to
            asked = QueryCache(current / "store", Path(answers))
            exporter = _Exporter(current, asked, site, selection, pictures, beside)
            if RECORDS in selection.forms:
                for sha256, data in exporter.questions.sources():
                    tree.write(source_path(sha256), data)
            batched = batches(exporter.documents(), BATCH)
            return sum(count for _, count in unordered(exporter.write, batched, jobs))


def _moved(folder: Path, publication: Publication) -> dict[str, str]:
    """Return page of an answer to one question alone → the place where that question shows it."""
    return {f"{answer}.html": place for answer, place in _single_answers(folder, publication)}


def _single_answers(folder: Path, publication: Publication) -> Iterator[tuple[str, str]]:
    store = open_store(folder / "store")
    for row in select(store, SINGLE_ANSWERS):
        answer, question = (publication.path(row[name]) for name in ("reponse", "question"))
        yield answer, f"{question}.html#{answer.rpartition('/')[2]}"


def weight(folder: Path) -> tuple[int, int]:
    """Return how many files are in a folder, and their bytes."""
    sizes = [os.lstat(f"{here}/{name}").st_size for here, _, names in os.walk(folder)
             for name in names]  # fmt: skip
    return len(sizes), sum(sizes)


@dataclass(frozen=True)
class _HeldQuestions(PublishedQuestions):
    """The same, whose file is opened once, for a process that asks it very often."""

    @cached_property
    def _held(self) -> HeldFile:
        return HeldFile(self.path)

    @contextmanager
    def connected(self) -> Iterator[sqlite3.Connection]:
        yield self._held.connection


@dataclass(frozen=True)
class _Exporter:
    """What a process needs to write documents."""

    release: Path
    asked: QueryCache
    site: Site  # that is written
    selection: Selection
    pictures: Pictures
    beside: Beside

    @cached_property
    def questions(self) -> PublishedQuestions:
        return _HeldQuestions(self.release)

    @cached_property
    def index(self) -> SearchIndex:
        return SearchIndex(self.release / INDEX_FILE)

    @property
    def _construct(self) -> Construct:
        return self.asked.store.query  # type: ignore[return-value]  # of a CONSTRUCT

    def documents(self) -> Iterator[Document]:
        """Yield all documents with a page, then the answers that the page of a question shows."""
        base = self.site.publication.base
        yield from ((path, "") for path in pages(self.release, base) if is_resource(path))
        if ANSWERS in self.selection.forms:
            for path, place in _single_answers(self.release, self.site.publication):
                yield path, f"../{place}"

    def write(self, documents: list[Document]) -> int:
        """Write the forms of some documents; return how many documents these are."""
        paths = (PurePosixPath(path) for path, _ in documents)
        questions = [*self.questions.of_uids(p.name for p in paths if p.parent.name == "question")]
        iris = Iris(self.site.publication.base)
        references = references_of(questions, iris, self._construct)
        by_path = {f"question/{stored.uid}": stored for stored in questions}
        for path, page in documents:
            stored = by_path.get(path)
            self._write_data(path, stored, references)
            if page:
                self._write_leading(path, path, page)
            else:
                self._write_pages(path, stored, references)
            if FOLDERS in self.selection.forms:
                self._write_leading(f"{path}/index", path, f"../{path.rpartition('/')[2]}.html")
        return len(documents)

    def _write_data(
        self, path: str, stored: StoredQuestion | None, references: CrossReferences
    ) -> None:
        """Write the forms of a document that are not its page."""
        publication, tree, forms = self.site.publication, self.site.tree, self.selection.forms
        if forms.intersection(DATA_FORMS):
            about = publication.base + path
            if ANSWERS in forms:
                triples = triples_about(self._construct, about)
            elif stored:  # its answers have no document of their own
                said = self._said(stored, references)
                triples = [t for t in said if t.predicate != QP.texteHtml]
            else:
                triples = [t for t in triples_about(self._construct, about)
                           if not self._is_named_elsewhere(t, about)]  # fmt: skip
            write_forms(tree, path, **every_document(publication, path, triples))
        name_of = self.index.name_of
        if FEED in forms and (feed := feed_about(path, self.questions, publication, name_of)):
            write_forms(tree, path, atom=feed)
        for form, (_, write) in CITATIONS.items() if stored else ():
            if stored and form in forms:
                write_forms(tree, path, **{form: write(stored.question, publication)})

    def _said(self, stored: StoredQuestion, references: CrossReferences) -> Iterator[Triple]:
        """Yield what a question and its answers state, as the release keeps it; an answer that an
        earlier question states too, as the store has it.
        """
        iris = Iris(self.site.publication.base)
        question = iris.question(stored.uid)
        recalled = references.as_published(stored.question, iris).rappels
        recalls = [Triple(question, QP.rappelle, iris.question(uid)) for uid in recalled]
        for text in stored.texts:
            if text.iri in stored.stated_before:
                yield from stated(self.asked.store, text.iri)
            else:
                more = recalls if text.iri == question.value else []
                yield from in_order({*parsed(text.nt), *more}, text.iri)

    def _is_named_elsewhere(self, triple: Triple, about: str) -> bool:
        """Tell whether a triple is the name of what has a document of its own."""
        subject, ours = str(triple.subject)[1:-1], (self.site.publication.base, NAMESPACE)
        is_name = triple.predicate == RDFS.label and subject.startswith(ours)
        return is_name and document_of(subject) != about

    def _write_leading(self, at: str, path: str, page: str) -> None:
        """Write a page that leads from the IRI of a document to the page that shows it."""
        base = self.site.publication.base
        html = load_template("renvoi.html").render(base=base, path=path, page=page)
        write_forms(self.site.tree, at, html=html.encode())

    def _write_pages(
        self, path: str, stored: StoredQuestion | None, references: CrossReferences
    ) -> None:
        """Write the pages about a resource in its languages; `references` are of questions."""
        publication = self.site.publication
        pages = ResourcePages(self.questions, publication, self.asked, self.pictures)
        for language in languages_of(path):
            if language not in self.selection.languages:
                continue
            with written_in(language):
                if stored:
                    html = question_page(
                        stored,
                        self.questions,
                        publication,
                        self._construct,
                        self.beside,
                        references,
                    )
                    write_page(self.site, path, html)
                    continue
                for page, html in pages.pages(path):
                    write_page(self.site, page, html)
