"""Write the search index `recherche.db`, question by question; its tables are in `indexing.sql`.

It also has what a search names beside questions (deputies, places, ministries, headings …), with
all words that find them.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import cast

from pyoxigraph import NamedNode, Triple

from lod.base.durable import UNJOURNALED
from lod.base.packing import pack
from lod.model.question import Question, events_of
from lod.model.shown_title import headed_title
from lod.pipeline.mapping.authorities import circonscription_name
from lod.pipeline.mapping.citations import texts_cited_in
from lod.pipeline.mapping.question_triples import question_name
from lod.publish.publication import Output, Task, Workshop
from lod.publish.search.described import Described, described_things, thing_rows
from lod.publish.search.full_text import INDEX_FILE, VERSION
from lod.publish.search.parameters import facet_columns, named_kinds
from lod.publish.search.words import WORD, WordForms, WordMemo, composed, fold_word, stem_of
from lod.rdf import deadlines
from lod.rdf.iris import Iris, code_of
from lod.rdf.ontology import ontology, types
from lod.rdf.vocab import SKOS
from lod.reference.constituencies import Elected

SCHEMA = Path(__file__).with_suffix(".sql")
SEPARATOR = "\x1e"  # between the texts of a question; no text has it
IN_WORDS = ("auteur", "rubrique", "departement")  # facets by whose names questions are found
LabelOf = Callable[[str], str]  # IRI → its French name
WORDS = "INSERT INTO mots (rowid, titre, question, reponse, faits) VALUES (?, ?, ?, ?, ?)"
Values = Mapping[str, NamedNode]  # facet → the value of a question
# author, and where the newest question of the author is from; the last row of each author counts
SEATS = """
SELECT auteur.iri, coalesce(lieu.nom, ''), coalesce(groupe.nom, '')
FROM question JOIN valeur AS auteur ON auteur.id = question.auteur
LEFT JOIN valeur AS lieu ON lieu.id = question.circonscription
LEFT JOIN valeur AS groupe ON groupe.id = question.groupe
ORDER BY question.jour, question.uid
"""


@dataclass(frozen=True, slots=True)
class IndexContext:
    """What an index is made of beside questions."""

    iris: Iris
    label_of: LabelOf
    properties: Mapping[str, str]  # of the release
    names: Mapping[str, str] = field(default_factory=dict)  # IRI → what it is called, of all things
    described: Mapping[str, Described] = field(default_factory=dict)  # what else is told of them
    people: Sequence[Elected] = ()  # who are elected in constituencies


@contextmanager
def _written(path: Path, schema: str = "") -> Iterator[sqlite3.Connection]:
    """Open an index for one transaction, and count its rows for the planner of SQLite."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(UNJOURNALED + schema)
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")
        connection.execute("ANALYZE")


def write_index(path: Path, questions: Iterable[Question], context: IndexContext) -> None:
    """Write the index of the questions."""
    with _written(path, SCHEMA.read_text("utf-8")) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION}")
        facet_values, lexicon = FacetValues(connection, context), Lexicon(connection)
        for number, q in enumerate(questions, start=1):
            _add(connection, number, q, facet_values, lexicon)
        _write_things(connection, context)
        connection.execute("INSERT INTO mots (mots) VALUES ('optimize')")


def _write_things(connection: sqlite3.Connection, context: IndexContext) -> None:
    """Write what the index has beside questions, once these are written."""
    properties = sorted(context.properties.items())
    connection.executemany("INSERT INTO propriete VALUES (?, ?)", properties)
    texts = dict(connection.execute("SELECT cle, nom FROM valeur WHERE facette = 'texte'"))
    seats = {auteur: seat for auteur, *seat in connection.execute(SEATS)}
    seats |= _sitting(context.people, context.iris)
    things = thing_rows(context.iris, context.names, context.described, texts, seats)
    connection.executemany(f"INSERT INTO chose VALUES (NULL{', ?' * 11})", things)
    forms = WordForms()
    for (titre,) in connection.execute("SELECT titre FROM question"):
        forms.add(titre)
    connection.executemany("INSERT INTO forme VALUES (?, ?, ?)", forms.rows())


def _sitting(people: Iterable[Elected], iris: Iris) -> dict[str, list[str]]:
    """Return IRI of a deputy who is known to sit → names of the constituency and the group."""
    return {
        iris.reference("depute", p.acteur_ref).value: [circonscription_name(p.place), p.group]
        for p in people
        if p.as_of
    }


def _add(
    connection: sqlite3.Connection,
    number: int,
    q: Question,
    facet_values: "FacetValues",
    memo: WordMemo,
) -> None:
    """Write one question: its row, its texts compressed, and their stems."""
    facets = _add_row(connection, number, q, facet_values)
    several = ((number, value) for value in facet_values.several_of(q))
    connection.executemany("INSERT INTO valeur_multiple VALUES (?, ?)", several)
    _, *texts = map(composed, texts_of(q))
    packed = pack(SEPARATOR.join(texts).encode())
    connection.execute("INSERT INTO texte VALUES (?, ?)", (number, packed))
    words = _words(q, facets, facet_values.label_of, memo)
    connection.execute(WORDS, (number, *words))


def _add_row(
    connection: sqlite3.Connection, number: int, q: Question, facet_values: "FacetValues"
) -> Values:
    """Write the row of a question; return its facets."""
    day = q.parution.jour.isoformat() if q.parution else None
    event = next((event.day.isoformat() for event in events_of(q)), None)
    facets = dict(values_of(q, facet_values.iris))
    due = deadlines.echeance(q)
    days = (day, event, deadlines.delai_jours(q), due.isoformat() if due else None)
    values = (*days, *facet_values.numbers(facets))
    row = (number, q.uid, composed(headed_title(q)), question_name(q), *values)
    connection.execute(f"INSERT INTO question VALUES ({', '.join('?' * len(row))})", row)
    return facets


def _words(q: Question, facets: Values, label_of: LabelOf, memo: WordMemo) -> list[str]:
    """Return the stems of a question: of title, text, answers, and facts by which it is found, too
    (number, author, heading, place).
    """
    titre, question, *reponses = map(composed, texts_of(q))
    iris = [facets[facet].value for facet in IN_WORDS if facet in facets]
    known = [name for iri in iris if (name := label_of(iri)) != iri]
    facts = dict.fromkeys(filter(None, (str(q.numero), q.uid, q.auteur.nom, q.rubrique, *known)))
    texts = (titre, question, "\n".join(reponses), composed(" ".join(facts)))
    return [*map(memo.stems_of, texts)]


def texts_of(q: Question) -> Iterator[str]:
    """Yield the title, the question and each answer; "" for one that is missing."""
    yield headed_title(q)
    yield q.texte or ""
    yield from (r.texte or "" for r in q.reponses)


class Lexicon(WordMemo):
    """The stems of pieces of text; words whose stems do not begin with them go to the index."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection

    def __missing__(self, piece: str) -> str:
        pairs = ((fold_word(word), stem_of(word)) for word in WORD.findall(piece))
        longer = [(word, stem) for word, stem in pairs if not stem.startswith(word)]
        self._connection.executemany("INSERT OR IGNORE INTO lexique VALUES (?, ?)", longer)
        return super().__missing__(piece)


class FacetValues:
    """The numbers of the facet values; each value is written when it is first met."""

    def __init__(self, connection: sqlite3.Connection, context: IndexContext) -> None:
        self._connection = connection
        self.iris, self.label_of = context.iris, context.label_of
        self._ids: dict[tuple[str, str], int] = {}  # facet, IRI → number

    def numbers(self, values: Values) -> list[int | None]:
        """Return the number of each value of a question, or None, in the order of the columns."""
        return [
            self._id(facet, values[facet]) if facet in values else None for facet in facet_columns()
        ]

    def several_of(self, q: Question) -> list[int]:
        """Return the numbers of the values of facets of which a question may have several."""
        cited = texts_cited_in(q)
        return [self._id("texte", NamedNode(t.eli), t.code, t.name) for t in cited]

    def _id(self, facet: str, iri: NamedNode, code: str = "", name: str = "") -> int:
        """Return the number of a value; a new one is written, after its broader one. Code and name
        follow from the IRI unless they are given.
        """
        key = (facet, iri.value)
        if key not in self._ids:
            broader = broader_concepts().get(iri) if facet == "statut" else None
            broader_id = self._id(facet, broader) if broader else None
            written = self._connection.execute(
                "INSERT INTO valeur VALUES (NULL, ?, ?, ?, ?, ?)",
                (facet, code or self._code(facet, iri.value), iri.value,
                 name or self.label_of(iri.value), broader_id),
            )  # fmt: skip
            self._ids[key] = cast("int", written.lastrowid)
        return self._ids[key]

    def _code(self, facet: str, iri: str) -> str:
        """Return what stands for a value in an address, as in the tables: 2A for `…/2a`."""
        code = code_of(iri, self.iris.base)
        return code.upper() if facet == "departement" else code


def values_of(q: Question, iris: Iris) -> Iterator[tuple[str, NamedNode]]:
    """Yield (facet, value) for each facet that a question has, if it can have only one."""
    yield "type", types()[q.type]
    yield "legislature", iris.legislature(q.legislature)
    if state := deadlines.statut(q):
        yield "statut", state[0]
    if q.ministere_attributaire:
        yield "ministere", iris.ministere(q.ministere_attributaire)
    if q.rubrique:
        yield "rubrique", iris.rubrique(q.rubrique)
    if q.groupe:
        yield "groupe", iris.groupe(q, q.groupe)
    if auteur := iris.auteur(q):
        yield "auteur", auteur
    place = q.circonscription
    if place and place.departement:
        yield "departement", iris.departement(place.departement)
        yield "circonscription", iris.circonscription(place)


@cache
def broader_concepts() -> dict[NamedNode, NamedNode]:
    """Return concept → its broader concept, from the ontology."""
    return {
        t.subject: t.object
        for t in ontology()
        if t.predicate == SKOS.broader
        and isinstance(t.subject, NamedNode)
        and isinstance(t.object, NamedNode)
    }


class IndexOutput(Output):
    """The full-text index of all questions, and of what they refer to."""

    name = "full-text index"

    def __init__(self, descriptions: Collection[Triple], base: str, people: list[Elected]) -> None:
        self._described, self._people = described_things(descriptions, base), people

    def setup(self) -> Iterable[Task]:
        """Yield one task, which takes as long as all others together."""
        yield _write_index, (self._described, self._people)


def _write_index(shop: Workshop, item: tuple[Mapping[str, Described], list[Elected]]) -> None:
    site, name_of = shop.site, shop.site.references.name_of
    iris, target = Iris(site.publication.base), shop.questions.release / INDEX_FILE
    kinds = tuple(f"{iris.base}{kind}/" for kind in named_kinds())
    names = {i: name_of(i) for i in site.references.names if i.startswith(kinds)}
    context = IndexContext(iris, name_of, site.publication.saved_properties(), names, *item)

    write_index(target, (s.question for s in shop.questions.questions()), context)
