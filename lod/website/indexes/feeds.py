"""Atom feeds of the events of questions (RFC 4287), and citations of questions (BibTeX, RIS)."""

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import NamedTuple

from lod.base import packaged
from lod.model.dates import french_date, midnight_utc
from lod.model.question import Question, QuestionEvent, events_of
from lod.model.shown_title import headed_title, title_of
from lod.pipeline.mapping.question_triples import question_name
from lod.pipeline.questions.fact_queries import (
    FOLLOWED_KINDS,
    MOST_OF_ALL,
    MOST_OF_RESOURCE,
    FactQueries,
)
from lod.pipeline.questions.question_db import PublishedQuestions, StoredQuestion
from lod.publish.publication import Publication
from lod.rdf.iris import Iris
from lod.rdf.vocab import NAMESPACE
from lod.website.rendering.templates import load_template

FEED_OF_ALL = "flux"  # the path of the feed of all questions
NameOf = Callable[[str], str]  # IRI of a resource → what it is called
DEFAULT_PUBLISHER = "Questions parlementaires"  # where the publisher gives no name
# characters that XML 1.0 cannot contain
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


BODY, JOURNAL = "Assemblée nationale", "Journal officiel"
SPECIAL = re.compile(r"([\\{}$&#^_%~])")  # characters that TeX reads as commands
TEX = {
    "\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    # BibTeX counts a brace, escaped or not
    "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event, as `site/flux.toml` describes it."""

    classe: str  # the name of its class in the ontology
    nom: str
    phrase: str  # the sentence of an entry, with places for day, page and detail


class FeedEntry(NamedTuple):
    """An entry of a feed; a tuple, which the template unpacks, for speed."""

    iri: str
    title: str
    updated: str  # an instant in UTC
    page: str  # the absolute address of the page
    sentence: str
    event_class: str
    kind_name: str
    ministere_scheme: str = ""  # the IRI of the ministry in charge up to its last slash
    ministere: str = ""  # the rest of that IRI
    ministere_name: str = ""
    more_kinds: tuple[tuple[str, str], ...] = ()  # class and name of the other events of that day


@cache
def event_kinds() -> dict[str, EventKind]:
    described = tomllib.loads((packaged.SITE / "flux.toml").read_text("utf-8"))
    return {name: EventKind(**values) for name, values in described.items()}


def feed_entries(q: Question, iris: Iris, name_of: NameOf) -> list[FeedEntry]:
    """Return an entry for each day on which something happened to a question, the newest first.

    Its id is that of the newest event of the day: if another event of that day becomes known later,
    readers of feeds tell it.
    """
    iri, name = iris.question(q.uid).value, question_name(q)
    title, subject = _clean(title_of(q) or name), _subject(q, name, iris, name_of)
    ministere, known = _ministere_category(q, iris, name_of), event_kinds()
    entries = []
    for day, some in groupby(events_of(q), key=lambda event: event.day):
        newest, *before = some
        told = [*reversed(before), newest]
        kind, kinds = known[newest.kind], list(dict.fromkeys(known[e.kind] for e in told))
        sentences = " ".join(_sentence(event, known[event.kind]) for event in told)
        others = dict.fromkeys((k.classe, k.nom) for k in kinds if k.classe != kind.classe)
        entries.append(
            FeedEntry(
                f"{iri}#{newest.anchor}",
                f"{_enumerated([k.nom for k in kinds])}\u00a0: {title}",
                midnight_utc(day),
                f"{iri}.html",
                f"{sentences} {subject}",
                kind.classe,
                kind.nom,
                *ministere,
                (*others,),
            )
        )
    return entries


def _enumerated(names: list[str]) -> str:
    """Return names as one.

    >>> _enumerated(["Publication", "Attribution", "Réponse"])
    'Publication, attribution et réponse'
    """
    first, *rest = names
    *middle, last = [first, *(name.lower() for name in rest)]
    return f"{', '.join(middle)} et {last}" if middle else last


def _sentence(event: QuestionEvent, kind: EventKind) -> str:
    place = f", page\u00a0{event.page}" if event.page else ""
    detail = _clean(event.detail)
    return kind.phrase.format(jour=french_date(event.day), lieu=place, detail=detail)


def _subject(q: Question, name: str, iris: Iris, name_of: NameOf) -> str:
    """Return a phrase that identifies a question: its name, its author, its heading."""
    iri = iris.auteur(q)
    auteur = f", posée par {name_of(iri.value)}" if iri else ""
    rubrique = f"\u00a0; rubrique «\u00a0{q.rubrique}\u00a0»" if q.rubrique else ""
    return _clean(f"{name}{auteur}{rubrique}.")


def _ministere_category(q: Question, iris: Iris, name_of: NameOf) -> tuple[str, str, str]:
    """Return the ministry in charge as the last three fields of a FeedEntry."""
    in_charge = q.ministere_attributaire or q.ministere_interroge
    if not in_charge:
        return "", "", ""
    iri = iris.ministere(in_charge).value
    scheme, slash, term = iri.rpartition("/")
    return scheme + slash, term, _clean(name_of(iri))


def _clean(text: str) -> str:
    return _IMPOSSIBLE.sub("", text)


def feed_about(
    path: str, questions: PublishedQuestions, publication: Publication, name_of: NameOf
) -> bytes | None:
    """Return the feed of a question or of a followed resource; None if there is none at its path.

    `path` leads to its document, below the base, without extension.
    """
    iris, (kind, _, name) = Iris(publication.base), path.partition("/")
    if kind == "question":
        stored = questions.of_uid(name)
        if stored is None:
            return None
        q = stored.question
        name, shown = question_name(q), title_of(q)
        title = f"{name}\u00a0: {shown}" if shown else name
        return feed(publication, path, title, feed_entries(q, iris, name_of))
    if kind not in FOLLOWED_KINDS:
        return None
    iri = publication.base + path
    entries = newest_entries(FactQueries(questions).newest(iri), MOST_OF_RESOURCE, iris, name_of)
    return feed(publication, path, name_of(iri), entries)


def feed_of_all(questions: PublishedQuestions, publication: Publication, name_of: NameOf) -> bytes:
    newest, iris = FactQueries(questions).newest_of_all(), Iris(publication.base)
    entries = newest_entries(newest, MOST_OF_ALL, iris, name_of)
    return feed(publication, FEED_OF_ALL, "Questions parlementaires", entries, page="index")


def newest_entries(
    newest: Iterable[StoredQuestion], most: int, iris: Iris, name_of: NameOf
) -> list[FeedEntry]:
    """Return the newest entries about some questions, the newest first."""
    keyed = [
        (entry.updated, stored.uid, -place, entry)
        for stored in newest
        for place, entry in enumerate(feed_entries(stored.question, iris, name_of))
    ]
    return [entry for *_, entry in sorted(keyed, reverse=True)[:most]]


def feed_of_search(
    address: str,
    page: str,
    q: str,
    questions: Iterable[StoredQuestion],
    publication: Publication,
    name_of: NameOf,
) -> bytes:
    """Return the feed of what a search finds. `address` of the feed and `page` of the search are
    below the base; `questions` are the questions with the newest events.
    """
    entries = newest_entries(questions, MOST_OF_RESOURCE, Iris(publication.base), name_of)
    title = f"Recherche\u00a0: {q}" if q else "Recherche"
    return feed(publication, "", title, entries, page=page, address=address)


def feed(
    publication: Publication,
    path: str,
    title: str,
    entries: list[FeedEntry],
    *,
    page: str = "",
    address: str = "",
    namespace: str = NAMESPACE,
) -> bytes:
    """Return a feed; one without entries is as old as the data.

    `path` of the feed and of its page is below the base, without extension; `page` is the path of
    the page if it differs. If `address` is given, the feed has that address and `page` is whole.
    `namespace` has the classes of its events.
    """
    text = load_template("flux.atom").render(
        base=publication.base,
        adresse=address or f"{path}.atom",
        titre=_clean(title),
        page=page if address else f"{page or path}.html",
        espace=namespace,
        licence=publication.licence,
        auteur=publication.publisher or DEFAULT_PUBLISHER,
        maj=entries[0].updated if entries else midnight_utc(publication.data_until),
        entrees=entries,
    )
    return text.encode()


def bibtex(q: Question, publication: Publication) -> bytes:
    """Return the citation as an entry of BibTeX."""
    fields = {
        "author": _tex(_author(q)),
        "title": f"{{{_tex(_title(q))}}}",
        "howpublished": _tex(JOURNAL if q.parution else BODY),
        "note": _tex(_place(q)),
        "language": "french",
        "url": _iri(q, publication),
    }
    if q.parution:
        fields |= {"year": f"{q.parution.jour:%Y}", "month": f"{q.parution.jour.month}"}
    lines = (f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{q.uid},\n{''.join(lines)}}}\n".encode()


def ris(q: Question, publication: Publication) -> bytes:
    """Return the citation as a record of RIS, whose lines end with CR LF."""
    jo = q.parution
    tags = (
        ("TY", "GOVDOC"),
        ("AU", _author(q)),
        ("TI", _title(q)),
        ("T2", JOURNAL if jo else ""),
        ("DA", f"{jo.jour:%Y/%m/%d}" if jo else ""),
        ("SP", f"{jo.page}" if jo and jo.page else ""),
        ("IS", jo.numero or "" if jo else ""),
        ("PB", BODY),
        ("N1", _place(q)),
        ("LA", "fr"),
        ("UR", _iri(q, publication)),
    )
    lines = (f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in tags if value)
    return f"{''.join(lines)}ER  - \r\n".encode()


CITATIONS = {  # extension → media type, and what writes it
    "bib": ("application/x-bibtex", bibtex),
    "ris": ("application/x-research-info-systems", ris),
}


def _iri(q: Question, publication: Publication) -> str:
    return Iris(publication.base).question(q.uid).value


def _title(q: Question) -> str:
    return headed_title(q) or question_name(q)


def _author(q: Question) -> str:
    """Return the author as « Family name, First name »: the first word is the first name."""
    first, _, last = (q.auteur.nom or "").partition(" ")
    return f"{last}, {first}" if last else first


def _place(q: Question) -> str:
    """Return number and legislature of the question, and its page in the JO; of an oral question,
    whose author has not said all of the transcript, who answers in it.
    """
    page = f", p. {q.parution.page}" if q.parution and q.parution.page else ""
    said = (f"échange, réponse de {r.repondants}" if r.repondants else "compte rendu"
            for r in q.reponses if q.est_orale)  # fmt: skip
    return "; ".join((f"{question_name(q)}{page}", *said))


def _tex(text: str) -> str:
    return SPECIAL.sub(lambda match: TEX.get(match[0], f"\\{match[0]}"), text)
