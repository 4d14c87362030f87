"""What the search takes from the descriptions of a release: every name; the days of ministries and
groups; the portfolios of a ministry, and whether it helps another one.

The rows of the index also have where a deputy is elected.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from pyoxigraph import BlankNode, NamedNode, Triple

from lod.base import packaged
from lod.base.tabular import group_by_key
from lod.base.tabular import rows as csv_rows
from lod.model.text import fold
from lod.pipeline.mapping.citations import eli_of
from lod.publish.publication import years_of
from lod.publish.search.parameters import named_kinds
from lod.publish.search.words import composed
from lod.rdf.iris import Iris, code_of
from lod.rdf.vocab import ORG, QP, SCHEMA, SKOS
from lod.reference.tables import legislature_on, names_by_person, portefeuilles

# the columns of `chose`, from the second on
ThingRow = tuple[str, str, str, str, str, str, str, str, str, bool, str]
NAMED = (SKOS.prefLabel, SKOS.altLabel)
DAYS = {SCHEMA.startDate: "start", SCHEMA.endDate: "end"}
# « auprès du ministre de la santé, chargé des retraites » is about pensions, not about health
_BESIDE = re.compile(r"\baupres d.*?(?=\b(?:en )?charge|$)")
_HELPS = re.compile(r"\b(?:aupres d|deleguee?|delegation|secretaire|secretariat)\b")
# folded words that say that an office is meant, in French and English
OFFICE_WORDS = frozenset((
    "ministre", "ministres", "ministere", "ministeres", "secretaire", "secretaires", "secretariat",
    "secretariats", "minister", "ministers", "ministry", "ministries", "secretary", "secretaries",
))  # fmt: skip
# what stands after such a word, and says no more
RANK_WORDS = frozenset((
    "etat", "delegue", "deleguee", "delegues", "deleguees", "charge", "chargee", "charges",
    "chargees", "state", "delegate",
))  # fmt: skip
_RANK = re.compile(
    rf"\b({'|'.join(sorted(OFFICE_WORDS))})"
    rf"(?: (?:(?:d|en|of) )?(?:{'|'.join(sorted(RANK_WORDS))})\b)+"
)


@dataclass(slots=True)
class Described:
    """What the descriptions state of one thing."""

    names: list[str] = field(default_factory=list)
    offices: list[str] = field(default_factory=list)  # what its ministers were called
    start: str = ""  # first and last day in ISO form; "" if none is stated
    end: str = ""
    portfolios: list[str] = field(default_factory=list)  # ends of their IRIs
    function: str = ""  # the last one of who held office

    @property
    def years(self) -> tuple[str, str]:
        """The first and the last year; "" for one that is not stated."""
        return self.start[:4], self.end[:4]

    @property
    def helps(self) -> bool:
        """Whether its minister helps another one, as a secretary of state does."""
        return any(_HELPS.search(fold(name)) for name in self.names)


def described_things(descriptions: Collection[Triple], base: str) -> dict[str, Described]:
    """Return IRI → what the descriptions state of it."""
    things: dict[str, Described] = defaultdict(Described)
    for s, p, o in descriptions:
        if not isinstance(s, NamedNode) or isinstance(o, BlankNode | Triple):
            continue
        iri, _, part = s.value.removeprefix(base).partition("#")
        if part:
            if p == QP.libelle:  # of a minister
                things[base + iri].offices.append(o.value)
        elif p in NAMED:
            things[s.value].names.append(o.value)
        elif p in DAYS:
            setattr(things[s.value], DAYS[p], o.value)
        elif p == ORG.classification and iri.startswith("ministere/"):
            things[s.value].portfolios.append(code_of(o.value, base))
    for person, function in last_functions(descriptions).items():
        things[person].function = function
    return dict(things)


def last_functions(descriptions: Iterable[Triple]) -> dict[str, str]:
    """Return IRI of a person → the function in the last ministry that the person held."""
    offices: dict[str, dict[NamedNode, str]] = {}
    for s, p, o in descriptions:
        if "#ministre-" in s.value:
            offices.setdefault(s.value, {})[p] = o.value
    in_order = sorted(offices.values(), key=lambda held: (held[SCHEMA.startDate], held[QP.libelle]))
    return {held[ORG.member]: held[QP.libelle] for held in in_order}


def offices_said(folded: str) -> str:
    """Return a folded text in which an office is one word, whatever its rank.

    >>> offices_said("ministre d etat charge de la ville"), offices_said("reforme de l etat")
    ('ministre de la ville', 'reforme de l etat')
    """
    return _RANK.sub(r"\1", folded)


def own_subject(name: str) -> str:
    """Return what a ministry is about by one of its names, folded; nothing of the one it helps.

    >>> own_subject("Ministère délégué auprès de la ministre de la santé, chargé de l’autonomie")
    'de l autonomie'
    >>> own_subject("Garde des sceaux, ministre de la justice")
    'garde des sceaux de la justice'
    """
    folded = offices_said(_BESIDE.sub("", fold(name)))
    left_out = OFFICE_WORDS | RANK_WORDS - {"etat", "state"}
    return " ".join(word for word in folded.split() if word not in left_out)


def thing_rows(
    iris: Iris, names: Mapping[str, str], described: Mapping[str, Described],
    texts: Mapping[str, str], seats: Mapping[str, Iterable[str]],
) -> Iterator[ThingRow]:  # fmt: skip
    """Yield the rows of all things; `names` is IRI → what it is called, `texts` the same by codes
    of cited texts, and `seats` IRI of an author → names of the constituency and the group.
    """
    order = named_kinds()
    named = []
    for iri, name in names.items():
        kind, _, code = iri.removeprefix(iris.base).partition("/")
        if iri.startswith(iris.base) and kind in order and "#" not in code:
            named.append((order.index(kind), code, name, iri))
    number = order.index("texte")
    named += [(number, code, name, eli_of(code)) for code, name in texts.items()]
    for number, code, name, iri in sorted(named):
        kind, about = order[number], described.get(iri, Described())
        place, group = seats.get(iri, ("", ""))
        detail = ", ".join(filter(None, (place, group)))
        if kind == "groupe":
            detail = _days_of_group(about)
        other_names = dict.fromkeys(map(composed, filter(None, _other_names(kind, code, about))))
        other_names.pop(composed(name), None)
        yield (
            kind, code, composed(name), "\n".join(other_names), composed(place), composed(detail),
            about.start, about.end, " ".join(about.portfolios), about.helps,
            composed(about.function),
        )  # fmt: skip


def _days_of_group(group: Described) -> str:
    """Return in French the legislature of a group and its years; "" if no day is stated.

    >>> _days_of_group(Described(start="2022-06-28", end="2024-06-09"))
    '16e législature, 2022–2024'
    """
    if not group.start:
        return ""
    number, years = legislature_on(date.fromisoformat(group.start)), years_of(*group.years)
    return f"{number}e législature, {years}" if number else years


def _other_names(kind: str, code: str, thing: Described) -> Iterator[str]:
    """Yield the other names of a thing, and its code if people know it."""
    is_office = kind == "ministere"
    yield from map(own_subject, (*thing.names, *thing.offices)) if is_office else thing.names
    if kind == "depute":
        yield from names_by_person().get(code, ())
        yield code
    elif kind in ("departement", "circonscription"):
        yield code.upper()
    yield from english_names().get((kind, code), ())
    for portfolio in thing.portfolios:
        yield portefeuilles()[portfolio].anglais
        yield from english_names().get(("portefeuille", portfolio), ())


@cache
def english_names() -> dict[tuple[str, str], tuple[str, ...]]:
    """Return (kind, end of the IRI) → English names beside the one that the data has."""
    known = csv_rows(packaged.SITE / "noms-anglais.csv", "genre", "cle", "anglais")
    return group_by_key(((row["genre"], row["cle"]), row["anglais"]) for row in known)
