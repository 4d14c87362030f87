"""Values about a whole release: what every page prints, names of resources, who refers to whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from msgspec import structs
from pyoxigraph import Literal, NamedNode, Triple

from lod.base.output_tree import OutputTree
from lod.base.settings import Settings
from lod.model.question import Question
from lod.rdf.iris import Iris
from lod.rdf.vocab import QP, SCHEMA_END_DATE, SCHEMA_START_DATE

NamedList = list[tuple[str, str]]  # resources: IRI and name


@dataclass(frozen=True, slots=True)
class Publication:
    """What every page prints of its release."""

    base: str  # where our IRIs begin; it ends with a slash
    publisher: str  # "" if nobody gives a name
    data_until: date  # the latest day of the data
    sample: bool = False  # it is made of the sample that comes with the program
    licence: str = Settings().licence  # an address

    def saved_properties(self) -> dict[str, str]:
        """Return what the server needs of it for the pages that it makes itself, as texts."""
        return {
            "base": self.base,
            "editeur": self.publisher,
            "donnees_au": self.data_until.isoformat(),
            "sample": "oui" if self.sample else "",
            "licence": self.licence,
        }

    @classmethod
    def saved(cls, properties: Mapping[str, str]) -> "Publication":
        """Return what was saved as `saved_properties`."""
        return cls(
            base=properties["base"],
            publisher=properties["editeur"],
            data_until=date.fromisoformat(properties["donnees_au"]),
            sample=bool(properties["sample"]),
            licence=properties["licence"],
        )

    def path(self, iri: str) -> str:
        """Return the path of the document of an IRI below the base, without extension."""
        return iri.removeprefix(self.base).partition("#")[0]


@dataclass(frozen=True, slots=True)
class CrossReferences:
    """What the document of a resource tells of others."""

    names: Mapping[str, Triple] = field(default_factory=dict)  # IRI → the triple that names it
    # answer → its questions, where it serves several; question → the later ones that recall it
    shared_answers: Mapping[str, NamedList] = field(default_factory=dict)
    recalled_by: Mapping[str, NamedList] = field(default_factory=dict)
    # question or answer → graph of an extension → what of it is about them
    mentions: Mapping[str, Mapping[str, NamedList]] = field(default_factory=dict)
    years: Mapping[str, str] = field(default_factory=dict)  # IRI of a ministry → « 2017–2020 »

    def name_of(self, iri: str) -> str:
        """Return what a resource is called; its IRI if nobody says.

        Many ministries have borne one name: theirs is followed by years.
        """
        found = self.names.get(iri)
        name = found.object.value if found and isinstance(found.object, Literal) else iri
        return f"{name} ({self.years[iri]})" if iri in self.years else name

    def as_published(self, q: Question, iris: Iris) -> Question:
        """Return a question without those that it recalls and that are not published."""
        here = (uid for uid in q.rappels if iris.question(uid).value in self.recalled_by)
        return structs.replace(q, rappels=tuple(here)) if q.rappels else q


@dataclass(frozen=True, slots=True)
class Site:
    """The site that a build writes."""

    publication: Publication  # what every page prints
    tree: OutputTree  # where files are written
    references: CrossReferences = CrossReferences()  # what documents tell of one another


def years_of_ministries(descriptions: Iterable[Triple]) -> dict[str, str]:
    """Return IRI of a ministry → the years in which it was there."""
    days: dict[str, dict[NamedNode, str]] = {}
    ministries = set()
    for s, p, o in descriptions:
        if p in (SCHEMA_START_DATE, SCHEMA_END_DATE):
            days.setdefault(s.value, {})[p] = o.value[:4]
        elif o == QP.Ministere:
            ministries.add(s.value)
    return {
        iri: _period(found[SCHEMA_START_DATE], found.get(SCHEMA_END_DATE))
        for iri, found in days.items()
        if iri in ministries
    }


def _period(first: str, last: str | None) -> str:
    """Return a period of years: « 2017–2020 », « 2022 », « depuis 2025 »."""
    if last is None:
        return f"depuis {first}"
    return first if first == last else f"{first}–{last}"
