"""What the outputs of a build are given, and the interface that they share.

They are given what every page prints, names of resources and who refers to whom, where to write,
the questions, and answers to queries. An output is set up, finished, closed; the first two steps
may yield tasks, which processes do while the build goes on. The loop is in `website/outputs.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from msgspec import structs
from pyoxigraph import Literal, NamedNode, Triple

from lod.base.in_hand import named
from lod.base.output_tree import OutputTree
from lod.base.settings import Settings
from lod.model.question import Question
from lod.pipeline.questions.previous import Previous
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.query_cache import QueryCache
from lod.rdf.iris import Iris
from lod.rdf.vocab import QP, RDFS, SCHEMA

NamedList = list[tuple[str, str]]  # resources: IRI and name
Task = tuple[Callable[[Any, Any], object], Any]  # a function of workshop and item, and the item


@dataclass(frozen=True, slots=True)
class Publication:
    """What every page prints of its release."""

    base: str  # where our IRIs begin; it ends with a slash
    publisher: str  # "" if nobody gives a name
    data_until: date  # the latest day of the data
    sample: bool = False  # it is made of the sample that comes with the program
    licence: str = Settings().licence  # an address
    report: str = ""  # mail or https address to which readers report errors
    is_exported: bool = False  # for a host that only sends files: nothing is made on request
    left_out: frozenset[str] = frozenset()  # forms of documents that an export does not have

    def saved_properties(self) -> dict[str, str]:
        """Return what the server needs of it for the pages that it makes itself, as texts."""
        return {
            "base": self.base,
            "editeur": self.publisher,
            "donnees_au": self.data_until.isoformat(),
            "sample": "oui" if self.sample else "",
            "licence": self.licence,
            "signaler": self.report,
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
            report=properties.get("signaler", ""),
        )

    def path(self, iri: str) -> str:
        """Return the path of the document of an IRI below the base, without extension."""
        return iri.removeprefix(self.base).partition("#")[0]


@dataclass(frozen=True, slots=True)
class CrossReferences:
    """What the document of a resource tells of other resources."""

    names: Mapping[str, Triple] = field(default_factory=dict)  # IRI → the triple that names it
    # answer → its questions, where it serves several; question → the later ones that recall it
    shared_answers: Mapping[str, NamedList] = field(default_factory=dict)
    recalled_by: Mapping[str, NamedList] = field(default_factory=dict)
    # question or answer → graph of an extension → resources of it about them
    mentions: Mapping[str, Mapping[str, NamedList]] = field(default_factory=dict)
    years: Mapping[str, str] = field(default_factory=dict)  # IRI of a ministry → « 2017–2020 »
    # path of the page of a resource → what reviewed files of extensions add to it
    annotations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def name_of(self, iri: str) -> str:
        """Return the name of a resource, or its IRI if it has none.

        Several ministries may have one name, so years follow it.
        """
        named = self.names.get(iri)
        name = named.object.value if named and isinstance(named.object, Literal) else iri
        return f"{name} ({self.years[iri]})" if iri in self.years else name

    def as_published(self, q: Question, iris: Iris) -> Question:
        """Return a question without those that it recalls and that are not published."""
        published = (uid for uid in q.rappels if iris.question(uid).value in self.recalled_by)
        return structs.replace(q, rappels=tuple(published)) if q.rappels else q


@dataclass(frozen=True, slots=True)
class Site:
    """The site that a build writes."""

    publication: Publication  # what every page prints
    tree: OutputTree  # where files are written
    references: CrossReferences = CrossReferences()  # what documents tell of one another


def french_names(triples: Iterable[Triple]) -> dict[str, Triple]:
    """Return IRI → the first triple that gives its French name; terms have an English one, too."""
    names: dict[str, Triple] = {}
    for triple in triples:
        is_french = getattr(triple.object, "language", None) == "fr"
        if triple.predicate == RDFS.label and is_french and isinstance(triple.subject, NamedNode):
            names.setdefault(triple.subject.value, triple)
    return names


def years_of_ministries(descriptions: Iterable[Triple]) -> dict[str, str]:
    """Return IRI of a ministry → the years in which it was there."""
    days: dict[str, dict[NamedNode, str]] = {}
    ministries = set()
    for s, p, o in descriptions:
        if p in (SCHEMA.startDate, SCHEMA.endDate):
            days.setdefault(s.value, {})[p] = o.value[:4]
        elif o == QP.Ministere:
            ministries.add(s.value)
    return {
        iri: years_of(of_iri[SCHEMA.startDate], of_iri.get(SCHEMA.endDate))
        for iri, of_iri in days.items()
        if iri in ministries
    }


def years_of(first: str, last: str | None) -> str:
    """Return a period of years: « 2017–2020 », « 2022 », « depuis 2025 »."""
    if not last:
        return f"depuis {first}"
    return first if first == last else f"{first}–{last}"


@dataclass(frozen=True)
class Workshop:
    """What a process is given once, to do tasks with."""

    site: Site
    questions: PublishedQuestions
    query_cache: QueryCache  # opens the store for each process by itself
    previous: Previous  # the release before

    def do(self, called: tuple[str, Task]) -> None:
        """Do one task, which comes with its name."""
        _, (function, item) = called
        with named():
            function(self, item)


class Output:
    """An output that does nothing: each takes the steps that it needs."""

    # shown to the person who waits: the name of what is set up; the stage, if closing takes long
    name, stage = "", ""

    def setup(self) -> Iterable[Task]:
        """Yield what can be done at once."""
        return ()

    def finish(self) -> Iterable[Task]:
        """Yield what can be done once the outputs before are finished."""
        return ()

    def close(self) -> None:
        """Write what needs all tasks to be done, and the outputs before to be closed."""


class Each(Output):
    """An output of one task for each of some items, once the outputs before are finished."""

    def __init__(self, function: Callable[[Any, Any], object], items: Iterable[Any]) -> None:
        self._function, self._items = function, items

    def finish(self) -> Iterable[Task]:
        return ((self._function, item) for item in self._items)


class Once(Output):
    """An output of one task, once the outputs before are finished."""

    def __init__(self, write: Callable[[Site, QueryCache], object]) -> None:
        self._write = write

    def finish(self) -> Iterable[Task]:
        yield _write_once, self._write


def _write_once(shop: Workshop, write: Callable[[Site, QueryCache], object]) -> None:
    write(shop.site, shop.query_cache)


class Last(Output):
    """An output that one function writes, when all outputs before it are there."""

    def __init__(self, write: Callable[..., object], *arguments: object, stage: str = "") -> None:
        self._write, self._arguments, self.stage = write, arguments, stage

    def close(self) -> None:
        self._write(*self._arguments)
