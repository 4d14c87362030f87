"""Write the search index `recherche.db`, question by question; its tables are in `indexing.sql`.

It also has what a search names beside questions (deputies, places, ministries, headings …), with
all words that find them.
"""

import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import count
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
from lod.pipeline.questions.previous import DAMAGED, ChangedQuestions
from lod.pipeline.questions.question_db import PublishedQuestions
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
# the arguments of the format take words out, or put them in
WORDS = "INSERT INTO mots ({}rowid, titre, question, reponse, faits) VALUES ({}?, ?, ?, ?, ?)"
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


def amend_index(
    path: Path, changed: ChangedQuestions, questions: PublishedQuestions, context: IndexContext
) -> bool:
    """Write the index from that of the release before and the questions that have changed since: it
    finds the same as one by `write_index`, under other numbers. Return whether that could be done.
    """
    with suppress(*DAMAGED):
        shutil.copyfile(changed.earlier.release / INDEX_FILE, path)
        with _written(path) as connection:
            facet_values, lexicon = FacetValues(connection, context), Lexicon(connection)
            numbers: dict[str, int] = dict(connection.execute("SELECT uid, id FROM question"))
            free = count(len(numbers) + 1)
            remade = _take_out(connection, changed, facet_values, lexicon)
            for stored in questions.of_uids(sorted(remade | changed.here)):
                q, uid = stored.question, stored.uid
                if uid in remade or uid not in numbers:
                    number = numbers[uid] if uid in numbers else next(free)
                    _add(connection, number, q, facet_values, lexicon)
                else:
                    _put_row(connection, numbers[uid], q, facet_values)
            facet_values.tidy()
            _write_things(connection, context)
        return True
    path.unlink(missing_ok=True)
    return False


def _write_things(connection: sqlite3.Connection, context: IndexContext) -> None:
    """Replace what the index has beside questions, once these are written."""
    for table in ("propriete", "chose", "forme"):
        connection.execute(f"DELETE FROM {table}")
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


def _take_out(
    connection: sqlite3.Connection, changed: ChangedQuestions, facet_values: "FacetValues",
    memo: WordMemo,
) -> set[str]:  # fmt: skip
    """Remove from the earlier index the questions that are made of something else now, or that are
    found by a name that has changed; return their uids.
    """
    names = dict(connection.execute("SELECT iri, nom FROM valeur"))
    is_renamed = " OR ".join(f"{name} IN (SELECT value FROM json_each(:ids))" for name in IN_WORDS)
    select, ids = f"SELECT uid FROM question WHERE {is_renamed}", str(facet_values.rename())
    uids = changed.replaced.union(u for (u,) in connection.execute(select, {"ids": ids}))
    for stored in changed.earlier.of_uids(sorted(uids)):
        q = stored.question
        own = connection.execute("SELECT id FROM question WHERE uid = ?", (q.uid,)).fetchone()
        words = _words(q, dict(values_of(q, facet_values.iris)), names.__getitem__, memo)
        connection.execute(WORDS.format("mots, ", "'delete', "), (*own, *words))
        connection.execute("DELETE FROM texte WHERE id = ?", own)
        connection.execute("DELETE FROM valeur_multiple WHERE question = ?", own)
    return uids


def _add(
    connection: sqlite3.Connection,
    number: int,
    q: Question,
    facet_values: "FacetValues",
    memo: WordMemo,
) -> None:
    """Write one question: its row, its texts compressed, and their stems."""
    facets = _put_row(connection, number, q, facet_values)
    several = ((number, value) for value in facet_values.several_of(q))
    connection.executemany("INSERT INTO valeur_multiple VALUES (?, ?)", several)
    _, *texts = map(composed, texts_of(q))
    packed = pack(SEPARATOR.join(texts).encode())
    connection.execute("INSERT INTO texte VALUES (?, ?)", (number, packed))
    words = _words(q, facets, facet_values.label_of, memo)
    connection.execute(WORDS.format("", ""), (number, *words))


def _put_row(
    connection: sqlite3.Connection, number: int, q: Question, facet_values: "FacetValues"
) -> Values:
    """Write the row of a question, in place of an earlier one; return its facets."""
    day = q.parution.jour.isoformat() if q.parution else None
    event = next((event.day.isoformat() for event in events_of(q)), None)
    facets = dict(values_of(q, facet_values.iris))
    due = deadlines.echeance(q)
    days = (day, event, deadlines.delai_jours(q), due.isoformat() if due else None)
    values = (*days, *facet_values.numbers(facets))
    row = (number, q.uid, composed(headed_title(q)), question_name(q), *values)
    connection.execute(f"REPLACE INTO question VALUES ({', '.join('?' * len(row))})", row)
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
        known = connection.execute("SELECT facette, iri, id FROM valeur")
        self._ids: dict[tuple[str, str], int] = {
            (facet, iri): number for facet, iri, number in known
        }

    def rename(self) -> list[int]:
        """Give each known value its present name; return the numbers of those renamed."""
        known = self._connection.execute("SELECT facette, iri, nom, id FROM valeur")
        renamed = [
            (name, number)
            for facet, iri, before, number in known
            if facet in facet_columns() and (name := self.label_of(iri)) != before
        ]
        self._connection.executemany("UPDATE valeur SET nom = ? WHERE id = ?", renamed)
        return [number for _, number in renamed]

    def tidy(self) -> None:
        """Remove the values that no question has any more, and no narrower value."""
        used = [f"SELECT {name} FROM question" for name in facet_columns()]
        used += ["SELECT valeur FROM valeur_multiple", "SELECT large FROM valeur"]
        kept = f"WITH used (n) AS ({' UNION '.join(used)}) SELECT n FROM used WHERE n IS NOT NULL"
        while self._connection.execute(f"DELETE FROM valeur WHERE id NOT IN ({kept})").rowcount:
            pass

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

    if not (shop.changed and amend_index(target, shop.changed, shop.questions, context)):
        write_index(target, (s.question for s in shop.questions.questions()), context)
