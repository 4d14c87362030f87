"""What a search names beside questions: deputies, places, ministries, headings …, as rows of the
table `chose` of the index, with all words that find them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache

from pyoxigraph import NamedNode

from lod.base import packaged
from lod.base.tabular import rows as csv_rows
from lod.model.question import Question
from lod.pipeline.mapping.authorities import circonscription_name
from lod.pipeline.mapping.citations import eli_of, texts_cited_in
from lod.publish.search.words import composed
from lod.rdf.iris import Iris
from lod.reference.tables import names_by_person

Row = tuple[str, str, str, str, str, str]  # the columns of `chose`, from the second on


@cache
def kinds() -> dict[str, dict[str, str]]:
    """Return the kinds of what a search names, in the order in which they are shown, each with the
    facet that filters by it, its name, and whether it is found by the names of this table, as
    `site/genres.csv` has them.
    """
    return {row["genre"]: row for row in csv_rows(packaged.THING_KINDS)}


@cache
def named_kinds() -> tuple[str, ...]:
    """Return the kinds of the rows of this table."""
    return tuple(kind for kind, row in kinds().items() if row["nommee"] == "oui")


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

    def rows(self, names: Mapping[str, str]) -> Iterator[Row]:
        """Yield the rows of all things; `names` is IRI → what it is called."""
        order = named_kinds()
        found = []
        for iri, name in names.items():
            kind, _, code = iri.removeprefix(self._iris.base).partition("/")
            if iri.startswith(self._iris.base) and kind in order and "#" not in code:
                found.append((order.index(kind), code, name, iri))
        number = order.index("texte")
        found += [(number, code, name, eli_of(code)) for code, name in self._texts.items()]
        for number, code, name, iri in sorted(found):
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
