"""The rows of the things that a search names: their names, where a deputy is elected, and what the
descriptions of a release tell of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType

from lod.base import packaged
from lod.base.tabular import group_by_key
from lod.base.tabular import rows as csv_rows
from lod.model.question import Question
from lod.pipeline.mapping.authorities import circonscription_name
from lod.pipeline.mapping.citations import eli_of
from lod.publish.search.described import Described, own_subject
from lod.publish.search.parameters import named_kinds
from lod.publish.search.words import composed
from lod.rdf.iris import Iris
from lod.reference.tables import names_by_person

# the columns of `chose`, from the second on
ThingRow = tuple[str, str, str, str, str, str, str, str, str, bool, str]


class ThingRows:
    """Collects where authors are elected, and joins it with what is told of things."""

    def __init__(
        self, iris: Iris, described: Mapping[str, Described] = MappingProxyType({})
    ) -> None:
        """`described` is IRI → what is told of a thing."""
        self._iris, self._described = iris, described
        self._names: dict[str, str] = {}  # IRI of an author → a name
        # IRI of an author → day, place and group of the newest question
        self._seats: dict[str, tuple[date, str, str]] = {}

    def add(self, q: Question) -> None:
        auteur = self._iris.auteur(q)
        if not auteur:
            return
        if q.auteur.nom:
            self._names.setdefault(auteur.value, q.auteur.nom)
        place = circonscription_name(q.circonscription) if q.circonscription else ""
        group = (q.groupe.libelle_long or q.groupe.libelle) if q.groupe else ""
        day = q.parution.jour if q.parution else date.min
        if day >= self._seats.get(auteur.value, (date.min,))[0]:
            self._seats[auteur.value] = (day, place, group)

    def rows(self, names: Mapping[str, str], texts: Mapping[str, str]) -> Iterator[ThingRow]:
        """Yield the rows of all things; `names` is IRI → what it is called, and `texts` the same by
        codes of cited texts.
        """
        order = named_kinds()
        named = []
        for iri, name in names.items():
            kind, _, code = iri.removeprefix(self._iris.base).partition("/")
            if iri.startswith(self._iris.base) and kind in order and "#" not in code:
                named.append((order.index(kind), code, name, iri))
        number = order.index("texte")
        named += [(number, code, name, eli_of(code)) for code, name in texts.items()]
        for number, code, name, iri in sorted(named):
            kind, told = order[number], self._described.get(iri, Described())
            _, place, group = self._seats.get(iri, (date.min, "", ""))
            detail = ", ".join(filter(None, (place, group)))
            others = dict.fromkeys(map(composed, filter(None, self._others(kind, code, iri, told))))
            others.pop(composed(name), None)
            yield (
                kind, code, composed(name), "\n".join(others), composed(place), composed(detail),
                told.start, told.end, " ".join(told.portfolios), told.helps,
                composed(told.function),
            )  # fmt: skip

    def _others(self, kind: str, code: str, iri: str, told: Described) -> Iterable[str]:
        """Yield the other names of a thing, and its code if people know it."""
        yield self._names.get(iri, "")
        is_office = kind == "ministere"
        yield from map(own_subject, (*told.names, *told.offices)) if is_office else told.names
        if kind == "depute":
            yield from names_by_person().get(code, ())
            yield code
        elif kind in ("departement", "circonscription"):
            yield code.upper()
        yield from english_names().get((kind, code), ())
        for portfolio in told.portfolios:
            yield from english_names().get(("portefeuille", portfolio), ())


@cache
def english_names() -> dict[tuple[str, str], tuple[str, ...]]:
    """Return (kind, end of the IRI) → English names, of what has none in the data."""
    known = csv_rows(packaged.ENGLISH_NAMES, "genre", "cle", "anglais")
    return group_by_key(((row["genre"], row["cle"]), row["anglais"]) for row in known)
