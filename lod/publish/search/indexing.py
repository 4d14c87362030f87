"""Write the search index `recherche.db`, question by question; its tables are in `indexing.sql`.

It also has what a search names beside questions (deputies, places, ministries, headings …), with
all words that find them.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from pyoxigraph import NamedNode

from lod.base.packing import pack
from lod.model.question import Question, events_of
from lod.pipeline.mapping.authorities import circonscription_name
from lod.pipeline.mapping.citations import eli_of, texts_cited_in
from lod.pipeline.mapping.question_triples import question_name
from lod.publish.publication import Output, Task, Workshop
from lod.publish.search.communes import write_communes
from lod.publish.search.parameters import facet_columns, named_kinds
from lod.publish.search.words import WORD, WordForms, WordMemo, composed, fold_word, stem_of
from lod.rdf import deadlines
from lod.rdf.iris import Iris, code_of
from lod.rdf.ontology import ontology, types
from lod.rdf.vocab import SKOS_BROADER
from lod.reference.tables import names_by_person

INDEX_FILE = "recherche.db"
VERSION = 5  # of the tables: an index of another version is not read
SCHEMA = Path(__file__).with_suffix(".sql")
SEPARATOR = "\x1e"  # between the texts of a question; no text has it
IN_WORDS = ("auteur", "rubrique", "departement")  # facets by whose names questions are found
LabelOf = Callable[[str], str]  # IRI → its French name
Values = Mapping[str, NamedNode]  # facet → the value of a question
ThingRow = tuple[str, str, str, str, str, str]  # the columns of `chose`, from the second on


def write_index(
    path: Path,
    questions: Iterable[Question],
    iris: Iris,
    label_of: LabelOf,
    properties: dict[str, str],
    names: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write the index of the questions; `properties` are of the release, and `names` is
    IRI → what it is called, of all that a search may name beside questions.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(SCHEMA.read_text("utf-8"))
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("BEGIN")
        facet_values, lexicon = FacetValues(connection, iris, label_of), Lexicon(connection)
        things, forms = ThingRows(iris), WordForms()
        connection.executemany("INSERT INTO propriete VALUES (?, ?)", sorted(properties.items()))
        for number, q in enumerate(questions, start=1):
            _add(connection, number, q, facet_values, lexicon)
            things.add(q)
            forms.add(q.titre or "")
        things_written = "INSERT INTO chose VALUES (NULL, ?, ?, ?, ?, ?, ?)"
        connection.executemany(things_written, things.rows(names))
        places = "SELECT cle FROM chose WHERE genre = 'departement'"
        write_communes(connection, [code for (code,) in connection.execute(places)])
        connection.executemany("INSERT INTO forme VALUES (?, ?, ?)", forms.rows())
        connection.execute("INSERT INTO mots (mots) VALUES ('optimize')")
        connection.execute("COMMIT")
        connection.execute("ANALYZE")


def _add(
    connection: sqlite3.Connection,
    number: int,
    q: Question,
    facet_values: "FacetValues",
    memo: WordMemo,
) -> None:
    """Write one question: its row, its texts compressed, and their stems."""
    titre, question, *reponses = (composed(text) for text in texts_of(q))
    day = q.parution.jour.isoformat() if q.parution else None
    event = next((event.day.isoformat() for event in events_of(q)), None)
    facets = dict(values_of(q, facet_values.iris))
    values = (day, event, deadlines.delai_jours(q), *facet_values.numbers(facets))
    row = (number, q.uid, titre, question_name(q), *values)
    connection.execute(f"INSERT INTO question VALUES ({', '.join('?' * len(row))})", row)
    several = ((number, value) for value in facet_values.several_of(q))
    connection.executemany("INSERT INTO valeur_multiple VALUES (?, ?)", several)
    packed = pack(SEPARATOR.join([question, *reponses]).encode())
    connection.execute("INSERT INTO texte VALUES (?, ?)", (number, packed))
    texts = (titre, question, "\n".join(reponses), facet_values.in_words(q, facets))
    words = map(memo.stems_of, texts)
    insert = "INSERT INTO mots (rowid, titre, question, reponse, faits) VALUES (?, ?, ?, ?, ?)"
    connection.execute(insert, (number, *words))


def texts_of(q: Question) -> Iterator[str]:
    """Yield the title, the question and each answer; "" for one that is missing."""
    yield q.titre or ""
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

    def __init__(self, connection: sqlite3.Connection, iris: Iris, label_of: LabelOf) -> None:
        self._connection, self.iris, self._label_of = connection, iris, label_of
        self._ids: dict[tuple[str, str], int] = {}  # (facet, IRI) → number

    def numbers(self, values: Values) -> list[int | None]:
        """Return the numbers of the values of a question, in the order of the columns; None for no
        value.
        """
        return [
            self._id(facet, values[facet]) if facet in values else None for facet in facet_columns()
        ]

    def several_of(self, q: Question) -> list[int]:
        """Return the numbers of the values of facets of which a question may have several."""
        cited = texts_cited_in(q)
        return [self._id("texte", NamedNode(t.eli), t.code, t.name) for t in cited]

    def _id(self, facet: str, iri: NamedNode, code: str = "", name: str = "") -> int:
        """Return the number of a value, which is written if it is new, after its broader one; code
        and name are found by its IRI, unless they are given.
        """
        key = (facet, iri.value)
        if key not in self._ids:
            broader = broader_concepts().get(iri) if facet == "statut" else None
            broader_id = self._id(facet, broader) if broader else None
            self._ids[key] = len(self._ids) + 1
            self._connection.execute(
                "INSERT INTO valeur VALUES (?, ?, ?, ?, ?, ?)",
                (self._ids[key], facet, code or self._code(facet, iri.value), iri.value,
                 name or self._label_of(iri.value), broader_id),
            )  # fmt: skip
        return self._ids[key]

    def in_words(self, q: Question, values: Values) -> str:
        """Return what a question is found by beside its texts: number, author, heading, place."""
        iris = [values[facet].value for facet in IN_WORDS if facet in values]
        known = [name for iri in iris if (name := self._label_of(iri)) != iri]
        words = (str(q.numero), q.uid, q.auteur.nom, q.rubrique, *known)
        return composed(" ".join(dict.fromkeys(filter(None, words))))

    def _code(self, facet: str, iri: str) -> str:
        """Return what stands for a value in an address, as in the tables: 2A for `…/2a`."""
        code = code_of(iri, self.iris.base)
        return code.upper() if facet == "departement" else code


def values_of(q: Question, iris: Iris) -> Iterator[tuple[str, NamedNode]]:
    """Yield (facet, value) for each facet of which a question has a value, but at most one."""
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
        if t.predicate == SKOS_BROADER
        and isinstance(t.subject, NamedNode)
        and isinstance(t.object, NamedNode)
    }


class IndexOutput(Output):
    """The full-text index of all questions."""

    def setup(self) -> Iterable[Task]:
        """Write it in one task: it takes as long as all else."""
        yield _write_index, None


def _write_index(shop: Workshop, _: None) -> None:
    site, name_of = shop.site, shop.site.references.name_of
    questions = (stored.question for stored in shop.questions.questions())
    properties = site.publication.saved_properties()
    iris, target = Iris(site.publication.base), shop.questions.release / INDEX_FILE
    kinds = tuple(f"{iris.base}{kind}/" for kind in named_kinds())
    names = {i: name_of(i) for i in site.references.names if i.startswith(kinds)}
    write_index(target, questions, iris, name_of, properties, names)


class ThingRows:
    """Collects what questions say of the things that they name."""

    def __init__(self, iris: Iris) -> None:
        self._iris = iris
        self._names: dict[str, dict[str, None]] = {}  # IRI → other names
        # IRI of an author → day, place and group of the newest question
        self._seats: dict[str, tuple[date, str, str]] = {}
        self._texts: dict[str, str] = {}  # code of a cited text → its name

    def add(self, q: Question) -> None:
        """Take in what a question says."""
        iris, auteur = self._iris, self._iris.auteur(q)
        if auteur:
            self._also(auteur, q.auteur.nom)
        for ministere in filter(None, (q.ministere_attributaire, q.ministere_interroge)):
            self._also(iris.ministere(ministere), *ministere.libelles)
        self._texts |= {text.code: text.name for text in texts_cited_in(q)}
        if q.groupe:
            self._also(iris.groupe(q, q.groupe), *q.groupe.libelles)
        place = circonscription_name(q.circonscription) if q.circonscription else ""
        group = q.groupe.libelle if q.groupe else ""
        day = q.parution.jour if q.parution else date.min
        if auteur and day >= self._seats.get(auteur.value, (date.min,))[0]:
            self._seats[auteur.value] = (day, place, group)

    def _also(self, iri: NamedNode, *names: str | None) -> None:
        self._names.setdefault(iri.value, {}).update((n, None) for n in names if n)

    def rows(self, names: Mapping[str, str]) -> Iterator[ThingRow]:
        """Yield the rows of all things; `names` is IRI → what it is called."""
        order = named_kinds()
        named = []
        for iri, name in names.items():
            kind, _, code = iri.removeprefix(self._iris.base).partition("/")
            if iri.startswith(self._iris.base) and kind in order and "#" not in code:
                named.append((order.index(kind), code, name, iri))
        number = order.index("texte")
        named += [(number, code, name, eli_of(code)) for code, name in self._texts.items()]
        for number, code, name, iri in sorted(named):
            kind = order[number]
            _, place, group = self._seats.get(iri, (date.min, "", ""))
            detail = ", ".join(filter(None, (place, group)))
            others = dict.fromkeys(map(composed, self._others(kind, code, iri)))
            others.pop(composed(name), None)
            yield kind, code, composed(name), "\n".join(others), composed(place), composed(detail)

    def _others(self, kind: str, code: str, iri: str) -> Iterable[str]:
        """Yield the other names of a thing, and its code if people know it."""
        yield from self._names.get(iri, ())
        if kind == "depute":
            yield from names_by_person().get(code, ())
            yield code
        elif kind in ("departement", "circonscription"):
            yield code.upper()
