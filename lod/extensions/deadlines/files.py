"""Pages, calendar, JSON and feed of what is due: written by a build and an export, or served."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import groupby

from lod.base.tabular import csv_line, indented_json
from lod.extensions.deadlines.due import (
    FLAGGED,
    KINDS,
    LATER,
    PATH,
    SOON,
    STATES,
    TO_FLAG,
    WITHIN_DAYS,
    Deadlines,
    DueQuestion,
    due_questions,
    of_all,
    read_due,
    subjects,
)
from lod.extensions.deadlines.due_calendar import MOST, calendar
from lod.model.dates import midnight_utc
from lod.pipeline.mapping.question_triples import question_name_of
from lod.publish.publication import Publication, Site
from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import query_text
from lod.website.indexes.feeds import FeedEntry, feed
from lod.website.rendering import language
from lod.website.rendering.templates import (
    ListPage,
    list_pages,
    render,
    said,
    typeset,
    write_translated,
)

QUERY = "echeances"
SHOWN = 25  # questions of a state on the first page
PER_PAGE = 100  # questions on a page of a list
ENTRIES = 50  # of a feed
LISTED = ("ministere", "groupe")  # kinds with a table on the page of all; deputies are too many
TITLE = "Échéances"
FORMS = {"csv": "text/csv", "json": "application/json", "atom": "application/atom+xml"}
CALENDAR = "ics", "text/calendar"  # there is one in each language, as of the page
# state (without LATER) → title and sentence of an entry of the feed
ENTRY_TEXTS = {
    WITHIN_DAYS: ("Échéance proche", "La réponse est attendue pour le {jour}."),
    TO_FLAG: (
        "Échéance passée",
        "La réponse était attendue pour le {jour} : un groupe peut signaler la question.",
    ),
    FLAGGED: (
        "Échéance passée après signalement",
        "La question a été signalée, et la réponse était attendue pour le {jour}.",
    ),
}


@dataclass(frozen=True, slots=True)
class DayOfList:
    """The questions of a list that are due on one day."""

    day: str
    days_left: int  # from the last day of the data on; below 0 if the day is past
    questions: list[DueQuestion]


def write_deadlines(site: Site, query_cache: QueryCache) -> None:
    """Write the first page of what is due with its other forms, among them the table."""
    rows = query_cache.all_rows(query_text(QUERY))
    due = due_questions(rows, site.publication.data_until, site.references.name_of)
    _write_first(site, of_all(due))


def write_subjects(site: Site) -> None:
    """Write the pages that a server makes on request, from the table of the site."""
    due = read_due(site.tree.folder / f"{PATH}.csv")
    _write_lists(site, of_all(due))
    for kind in KINDS:
        for deadlines in subjects(due, kind):
            _write_first(site, deadlines)
            _write_lists(site, deadlines)


def _write_first(site: Site, deadlines: Deadlines) -> None:
    write_translated(site, deadlines.path, lambda: first_page(deadlines, site.publication))
    for code, end in language.LANGUAGES.items():
        with language.written_in(code):
            text = form_of(deadlines, CALENDAR[0], site.publication)
        site.tree.write(f"{deadlines.path}{end}.{CALENDAR[0]}", text)
    for form in FORMS:
        site.tree.write(f"{deadlines.path}.{form}", form_of(deadlines, form, site.publication))


def _write_lists(site: Site, deadlines: Deadlines) -> None:
    for state in STATES:
        for part in list_parts(deadlines, state):
            page = partial(list_page, deadlines, state, part, site.publication)
            write_translated(site, part.path, page)


def form_of(deadlines: Deadlines, form: str, publication: Publication) -> bytes:
    """Return what is due as CALENDAR or in one of FORMS."""
    if form == "csv":
        return b"".join(map(csv_line, (DueQuestion._fields, *deadlines.due)))
    if form == "json":
        return _json(deadlines, publication)
    title = _title(deadlines)
    if form == "atom":
        path, entries = deadlines.path, feed_entries(deadlines, publication)
        return feed(publication, path, title, entries)
    return calendar(deadlines, title, publication)


def _title(deadlines: Deadlines) -> str:
    title = said(TITLE)
    return (
        f"{title}{language.colon()} {language.data_name(deadlines.name)}"
        if deadlines.name
        else title
    )


def _json(deadlines: Deadlines, publication: Publication) -> bytes:
    subject = {"iri": deadlines.iri, "nom": deadlines.name} if deadlines.iri else None
    rows = [{name: cell or None for name, cell in d._asdict().items()} for d in deadlines.due]
    day = publication.data_until.isoformat()
    return indented_json({"donnees_au": day, "sujet": subject, "echeances": rows})


def feed_entries(deadlines: Deadlines, publication: Publication) -> list[FeedEntry]:
    """Return the newest entries: one when the day of a question is near, one when it is past."""
    entries = [_entry(row) for row in deadlines.due if row.etat != LATER]
    return sorted(entries, key=lambda entry: (entry.updated, entry.iri), reverse=True)[:ENTRIES]


def _entry(row: DueQuestion) -> FeedEntry:
    due = date.fromisoformat(row.echeance)
    if row.etat == WITHIN_DAYS:  # but not before the question was published, or flagged
        known = date.fromisoformat(row.signalement or row.parution)
        updated = max(due - timedelta(SOON), known)
    else:
        updated = due + timedelta(1)
    title, sentence = ENTRY_TEXTS[row.etat]
    day, name = language.iso_text(row.echeance), question_name_of(row.uid)
    scheme, slash, term = row.ministere_iri.rpartition("/")
    return FeedEntry(
        f"{row.question}#echeance-{row.echeance}-{row.etat}",
        f"{title}\u00a0: {row.titre or name}",
        midnight_utc(updated),
        f"{row.question}.html",
        typeset(f"{sentence.format(jour=day)} {name}, posée par {row.auteur}."),
        "dateLimiteSignalement" if row.signalement else "dateLimite",
        TITLE,
        scheme + slash,
        term,
        row.ministere,
    )


def list_parts(deadlines: Deadlines, state: str) -> Iterator[ListPage[DueQuestion]]:
    """Yield the pages of the list of a state; none if the first page has all of it."""
    rows = deadlines.in_state(state)
    if len(rows) > SHOWN:
        yield from list_pages(f"{deadlines.path}/{state}", rows, PER_PAGE)


def by_day(rows: list[DueQuestion], publication: Publication) -> list[DayOfList]:
    """Return the questions of a list by their due days, in the order of the list."""
    return [
        DayOfList(day, (date.fromisoformat(day) - publication.data_until).days, [*questions])
        for day, questions in groupby(rows, key=lambda row: row.echeance)
    ]


def first_page(deadlines: Deadlines, publication: Publication) -> bytes:
    """Return the page of what is due: for each state the number, and the nearest questions."""
    counts = deadlines.counts()
    lists = [
        (state, counts[state], by_day(deadlines.in_state(state)[:SHOWN], publication))
        for state in STATES
    ]
    tables = [] if deadlines.iri else [(kind, subjects_table(deadlines, kind)) for kind in LISTED]
    return render(
        "echeances.html",
        publication,
        deadlines.path,
        sujet=deadlines,
        titre=_title(deadlines),
        etats=STATES,
        listes=lists,
        montrees=SHOWN,
        tables=tables,
        au_plus=MOST,
        requete=query_text(QUERY),
    )


def subjects_table(deadlines: Deadlines, kind: str) -> list[tuple[Deadlines, dict[str, int]]]:
    """Return the resources of a kind with their numbers by state, first those with most in the
    first state.
    """
    rows = [(subject, subject.counts()) for subject in subjects(deadlines.due, kind)]
    return sorted(rows, key=lambda row: [-count for count in row[1].values()])


def list_page(
    deadlines: Deadlines, state: str, part: ListPage[DueQuestion], publication: Publication
) -> bytes:
    return render(
        "echeances_liste.html",
        publication,
        part.path,
        sujet=deadlines,
        titre=_title(deadlines),
        intitule=STATES[state],
        jours=by_day([*part.rows], publication),
        feuillet=part,
        nombre=deadlines.counts()[state],
    )
