"""The tables about the questions of a resource, counted in one pass over their facts.

Each gives the rows of a query of `site/queries`, which the page prints below its table; a test
compares all. To ask the store about each resource takes forty times as long; to ask it once about
all, two seconds a query for 45,000 questions, also if few have changed, and LIMIT counts for all.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from pyoxigraph import Literal, NamedNode, Triple

from lod.pipeline.questions.question_memo import QuestionFacts
from lod.publish.publication import CrossReferences
from lod.rdf.store import Row
from lod.rdf.vocab import NAMESPACE, ORG, QP
from lod.website.pages.offices import MONTHS, OFFICES, Held, month_rows, office_rows

MOST, MOST_LATE = 12, 20  # rows of a table of the most frequent values, of the late questions
LATE = f"{NAMESPACE}statut-en-attente-hors-delai"
OUTCOMES = {  # column → how the status begins of a question without an answer
    "attendues": f"{NAMESPACE}statut-en-attente",
    "retirees": f"{NAMESPACE}statut-retiree",
    "sans_reponse": f"{NAMESPACE}statut-sans-reponse",
    "suite_inconnue": f"{NAMESPACE}statut-suite-inconnue",
}
PERIODS = (  # days until the answer: at most, as the query names them
    (30, "moins d’un mois"),
    (61, "un à deux mois"),
    (92, "deux à trois mois"),
    (183, "trois à six mois"),
    (365, "six mois à un an"),
    (100_000, "plus d’un an"),
)
FIGURES = "fiche-chiffres"
MEASURES = {  # column of that query → property of an observation
    "posees": QP.posees,
    "repondues": QP.repondues,
    "retirees": QP.retirees,
    "sans_reponse": QP.sansReponse,
    "suite_inconnue": QP.suiteInconnue,
    "attendues": QP.enAttente,
    "dans_le_delai": QP.reponduesDansDelai,
    "hors_delai": QP.reponduesHorsDelai,
    "en_retard": QP.enAttenteHorsDelai,
    "mediane": QP.delaiMedian,
    "moyenne": QP.delaiMoyen,
}


@dataclass(frozen=True, slots=True)
class ResourceDetails:
    """What tables say of resources besides their names; by their IRIs."""

    governments: Mapping[str, str]  # ministry → government
    numbers: Mapping[str, int]  # constituency, legislature → number
    legislatures: Mapping[str, str]  # group → legislature


def details_of(described: Iterable[Triple]) -> ResourceDetails:
    """Return the details of the resources that some triples describe."""
    governments, numbers, legislatures = dict[str, str](), dict[str, int](), dict[str, str]()
    for s, p, o in described:
        if not isinstance(s, NamedNode):
            continue
        if p == ORG.subOrganizationOf and isinstance(o, NamedNode):
            governments[s.value] = o.value
        elif p == QP.numero and isinstance(o, Literal):
            numbers[s.value] = int(o.value)
        elif p == QP.legislature and isinstance(o, NamedNode):
            legislatures[s.value] = o.value
    return ResourceDetails(governments, numbers, legislatures)


@dataclass(frozen=True, slots=True)
class TableMaker:
    """What makes the tables of resources: names, and what else they say of resources."""

    references: CrossReferences
    details: ResourceDetails

    def rows(
        self, query: str, iri: str, triples: list[Triple], tallies: "Tallies", held: Held
    ) -> list[Row] | None:
        """Return the rows that a query about a resource gives; None if it must be asked.

        `triples` are in its document; `tallies` are of the questions about it; `held` are the
        offices of a person.
        """
        if query == FIGURES:
            return self.figures(iri, triples)
        if query == OFFICES:
            return list(office_rows(held, self.name))
        if query == MONTHS:
            return list(month_rows(held))
        table = TABLES.get(query)
        return None if table is None else [*table.rows(self, tallies[query])]

    def figures(self, iri: str, triples: list[Triple]) -> list[Row]:
        """Return the rows of `fiche-chiffres`: the statistics of a resource, as published."""
        cells: dict[str, dict[NamedNode, str]] = {}
        for s, p, o in triples:
            if s.value.startswith(f"{iri}#statistique"):
                cells.setdefault(s.value, {})[p] = o.value
        rows = [
            {
                "observation": cell,
                "legislature": str(self.details.numbers[said[QP.statistiqueLegislature]]),
                "type": self.name(said[QP.statistiqueType]),
                **{column: said.get(measure, "") for column, measure in MEASURES.items()},
            }
            for cell, said in cells.items()
        ]
        return sorted(rows, key=lambda r: (-int(r["legislature"]), -int(r["posees"]), r["type"]))

    def name(self, iri: str) -> str:
        """Return the French name of a resource, as triples state it."""
        found = self.references.names.get(iri)
        return found.object.value if found and isinstance(found.object, Literal) else ""

    def years(self, found: "Counts") -> Iterator[Row]:
        for year in sorted(found, key=int):
            yield {"annee": str(int(year)), **found[year].all()}

    def authors(self, found: "Counts") -> Iterator[Row]:
        for iri, tally in self._most(found):
            yield {"depute": iri, "auteur": self.name(iri), **tally.answered()}

    def subjects(self, found: "Counts") -> Iterator[Row]:
        for iri, tally in self._most(found):
            yield {"rubrique": iri, "sujet": self.name(iri), **tally.answered()}

    def ministries(self, found: "Counts") -> Iterator[Row]:
        for iri, tally in self._most(found):
            government = self.name(self.details.governments.get(iri, ""))
            named = {"charge": iri, "ministere": self.name(iri), "gouvernement": government}
            yield named | tally.answered()

    def groups(self, found: "Counts") -> Iterator[Row]:
        def place(iri: str) -> tuple[int, int, str, str]:
            return -self._legislature(iri), -found[iri].posees, self.name(iri), iri

        for iri in sorted(filter(self.details.legislatures.__contains__, found), key=place):
            head = {"legislature": str(self._legislature(iri)), "adresse": iri}
            yield {**head, "groupe": self.name(iri), **found[iri].answered()}

    def constituencies(self, found: "Counts") -> Iterator[Row]:
        for iri in sorted(found, key=lambda iri: (self.details.numbers[iri], iri)):
            yield {"lieu": iri, "circonscription": self.name(iri), **found[iri].answered()}

    def elected(self, found: "Counts") -> Iterator[Row]:
        def place(key: tuple[int, str, str]) -> tuple[int, int, int, str, str]:
            legislature, where, who = key
            number = self.details.numbers[where]
            return -legislature, number, -found[key].posees, self.name(who), who

        for key in sorted(found, key=place):
            legislature, where, who = key
            named = {"depute": who, "auteur": self.name(who)}
            named |= {"lieu": where, "circonscription": self.name(where)}
            yield {**named, "legislature": str(legislature), **found[key].answered()}

    def reasons(self, found: "Counts") -> Iterator[Row]:
        for iri in sorted(found, key=lambda iri: (-found[iri].posees, self.name(iri), iri)):
            yield {"adresse": iri, "motif": self.name(iri), "retirees": str(found[iri].posees)}

    def delays(self, found: "Counts") -> Iterator[Row]:
        for _, name in PERIODS:
            if name in found:
                yield {"tranche": name, "reponses": str(found[name].posees)}

    def late(self, found: "Counts") -> Iterator[Row]:
        for limite, iri, titre, auteur, parution in sorted(found)[:MOST_LATE]:
            named = {"question": iri, "titre": titre, "depute": auteur}
            yield {**named, "auteur": self.name(auteur), "parution": parution, "limite": limite}

    def careers(self, found: "Counts") -> Iterator[Row]:
        days: dict[tuple[int, str, str], dict[str, int]] = defaultdict(dict)
        for (*seat, day), tally in found.items():
            days[tuple(seat)][day] = tally.posees
        rows = [
            {
                "legislature": str(legislature),
                "adresse": group,
                "groupe": self.name(group),
                "lieu": place,
                "circonscription": self.name(place),
                "premiere": min(asked),
                "derniere": max(asked),
                "posees": str(sum(asked.values())),
            }
            for (legislature, group, place), asked in days.items()
        ]
        return iter(sorted(rows, key=lambda row: (row["premiere"], row["groupe"], row["lieu"])))

    def _legislature(self, group: str) -> int:
        return self.details.numbers[self.details.legislatures[group]]

    def _most(self, found: "Counts") -> list[tuple[str, "Tally"]]:
        """Return the named resources with the most questions; equal ones stand by name."""

        def place(one: tuple[str, Tally]) -> tuple[int, str, str]:
            return -one[1].posees, self.name(one[0]), one[0]

        named = (one for one in found.items() if self.name(one[0]))
        return sorted(named, key=place)[:MOST]


@dataclass(slots=True)
class Tally:
    """How many questions were asked, and what became of them."""

    posees: int = 0
    repondues: int = 0
    open_: Counter[str] = field(default_factory=Counter)  # column → those without an answer

    def add(self, facts: QuestionFacts) -> None:
        self.posees += 1
        self.repondues += bool(facts.reponse)
        for column, begins in OUTCOMES.items():
            self.open_[column] += (facts.statut or "").startswith(begins)

    def answered(self) -> Row:
        return {"posees": str(self.posees), "repondues": str(self.repondues)}

    def all(self) -> Row:
        return {**self.answered(), **{column: str(self.open_[column]) for column in OUTCOMES}}


Counts: TypeAlias = Mapping[Any, Tally]  # key of a row → tally of its questions
Tallies = Mapping[str, Counts]  # by query


class Table(NamedTuple):
    """A table: the key of the row that counts a question, "" for none; and its rows."""

    key: Callable[[QuestionFacts], Hashable]
    rows: Callable[[TableMaker, Counts], Iterator[Row]]


def tallies_of(iri: str, queries: Iterable[str], about: Iterable[QuestionFacts]) -> Tallies:
    """Return query → its counts, of those that are in TABLES; `about` are the questions that are
    about a resource in any way, which may be ten thousand: only keys and tallies stay in memory.
    """
    found = {query: defaultdict[Any, Tally](Tally) for query in queries if query in TABLES}
    keys = [(TABLES[query].key, counts) for query, counts in found.items()]
    is_ministry = iri.rpartition("/")[0].endswith("/ministere")
    for facts in about if found else ():
        if is_ministry and facts.ministere != iri:
            continue  # it does not have to answer this one
        for key_of, counts in keys:
            if key := key_of(facts):
                counts[key].add(facts)
    return found


def _seat(f: QuestionFacts) -> Hashable:
    is_known = f.circonscription and f.auteur
    return (f.legislature, f.circonscription, f.auteur) if is_known else ""


def _period(f: QuestionFacts) -> str:
    if f.type != "QE" or f.delai is None:
        return ""
    return next(name for most, name in PERIODS if f.delai <= most)


def _late(f: QuestionFacts) -> Hashable:
    is_late = f.statut == LATE and f.titre and f.auteur
    return (f.limite, f.iri, f.titre, f.auteur, f.parution) if is_late else ""


def _career(f: QuestionFacts) -> Hashable:
    return (f.legislature, f.groupe, f.circonscription, f.parution) if f.parution else ""


TABLES = {  # query → its table
    "fiche-annees": Table(lambda f: f.parution[:4], TableMaker.years),
    "fiche-auteurs": Table(lambda f: f.auteur, TableMaker.authors),
    "fiche-circonscriptions": Table(lambda f: f.circonscription, TableMaker.constituencies),
    "fiche-elus": Table(_seat, TableMaker.elected),
    "fiche-delais": Table(_period, TableMaker.delays),
    "fiche-groupes": Table(lambda f: f.groupe, TableMaker.groups),
    "fiche-ministeres": Table(lambda f: f.ministere, TableMaker.ministries),
    "fiche-parcours": Table(_career, TableMaker.careers),
    "fiche-retard": Table(_late, TableMaker.late),
    "fiche-retraits": Table(lambda f: f.motif, TableMaker.reasons),
    "fiche-sujets": Table(lambda f: f.rubrique, TableMaker.subjects),
}
