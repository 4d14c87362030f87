"""Values about a whole release: what every page prints, names of resources, who refers to whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from pyoxigraph import Literal, Triple

from lod.base.output_tree import OutputTree
from lod.base.settings import Settings
from lod.model.question import Question
from lod.rdf.iris import Iris

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
        }

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

    def name_of(self, iri: str) -> str:
        """Return what a resource is called; its IRI if nobody says."""
        found = self.names.get(iri)
        return found.object.value if found and isinstance(found.object, Literal) else iri

    def as_published(self, q: Question, iris: Iris) -> Question:
        """Return a question without those that it recalls and that are not published."""
        here = (uid for uid in q.rappels if iris.question(uid).value in self.recalled_by)
        return replace(q, rappels=tuple(here)) if q.rappels else q


@dataclass(frozen=True, slots=True)
class Site:
    """The site that a build writes."""

    publication: Publication  # what every page prints
    tree: OutputTree  # where files are written
    references: CrossReferences = CrossReferences()  # what documents tell of one another
