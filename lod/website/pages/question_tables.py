"""The tables about the questions of a resource, counted from the facts of its questions.

Each gives the rows of a query of `site/queries`, which the page prints below its table; a test
compares all. To ask the store about each resource takes forty times as long; to ask it once about
all, two seconds a query for 45,000 questions, also if few have changed, and LIMIT counts for all.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pyoxigraph import Literal, NamedNode, Triple

from lod.pipeline.questions.question_memo import QuestionFacts
from lod.publish.publication import CrossReferences
from lod.rdf.store import Row
from lod.rdf.vocab import NAMESPACE, ORG, QP
from lod.website.pages.offices import MONTHS, NO_OFFICE, OFFICES, Held, month_rows, office_rows

MOST, MOST_LATE = 12, 20  # rows of a table of the most frequent values, of the late questions
LATE = f"{NAMESPACE}statut-en-attente-hors-delai"
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
    "attendues": QP.enAttente,
    "dans_le_delai": QP.reponduesDansDelai,
    "hors_delai": QP.reponduesHorsDelai,
    "en_retard": QP.enAttenteHorsDelai,
    "mediane": QP.delaiMedian,
    "moyenne": QP.delaiMoyen,
}
Facts = Iterable[QuestionFacts]
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class ResourceDetails:
    """What tables say of resources besides their names; by their IRIs."""

    governments: Mapping[str, str] = field(default_factory=dict)  # ministry → government
    numbers: Mapping[str, int] = field(default_factory=dict)  # constituency, legislature → number
    legislatures: Mapping[str, str] = field(default_factory=dict)  # group → legislature


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
        self,
        query: str,
        iri: str,
        triples: list[Triple],
        about: list[QuestionFacts],
        held: Held = NO_OFFICE,
    ) -> list[Row] | None:
        """Return the rows that a query about a resource gives; None if it must be asked.

        `triples` are in its document; `about` are the questions that are about it in any way;
        `held` are the offices of a person.
        """
        if query == FIGURES:
            return self.figures(iri, triples)
        if query == OFFICES:
            return list(office_rows(held, self.name))
        if query == MONTHS:
            return list(month_rows(held))
        make = TABLES.get(query)
        if make is None:
            return None
        if iri.rpartition("/")[0].endswith("/ministere"):  # those that it has to answer
            about = [facts for facts in about if facts.ministere == iri]
        return list(make(self, about))

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

    def years(self, about: Facts) -> Iterator[Row]:
        found = counted((facts.parution[:4], facts) for facts in about if facts.parution)
        for year in sorted(found, key=int):
            yield {"annee": str(int(year)), **found[year].all()}

    def authors(self, about: Facts) -> Iterator[Row]:
        for iri, tally in self._most(counted((f.auteur, f) for f in about)):
            yield {"depute": iri, "auteur": self.name(iri), **tally.answered()}

    def subjects(self, about: Facts) -> Iterator[Row]:
        for iri, tally in self._most(counted((f.rubrique, f) for f in about)):
            yield {"rubrique": iri, "sujet": self.name(iri), **tally.answered()}

    def ministries(self, about: Facts) -> Iterator[Row]:
        for iri, tally in self._most(counted((f.ministere, f) for f in about)):
            government = self.name(self.details.governments.get(iri, ""))
            named = {"charge": iri, "ministere": self.name(iri), "gouvernement": government}
            yield named | tally.answered()

    def groups(self, about: Facts) -> Iterator[Row]:
        found = counted((f.groupe, f) for f in about if f.groupe in self.details.legislatures)

        def place(iri: str) -> tuple[int, int, str, str]:
            return -self._legislature(iri), -found[iri].posees, self.name(iri), iri

        for iri in sorted(found, key=place):
            head = {"legislature": str(self._legislature(iri)), "adresse": iri}
            yield {**head, "groupe": self.name(iri), **found[iri].answered()}

    def constituencies(self, about: Facts) -> Iterator[Row]:
        found = counted((f.circonscription, f) for f in about)
        for iri in sorted(found, key=lambda iri: (self.details.numbers[iri], iri)):
            yield {"lieu": iri, "circonscription": self.name(iri), **found[iri].answered()}

    def elected(self, about: Facts) -> Iterator[Row]:
        placed = (f for f in about if f.circonscription and f.auteur)
        found = counted(((f.legislature, f.circonscription, f.auteur), f) for f in placed)

        def place(key: tuple[int, str, str]) -> tuple[int, int, int, str, str]:
            legislature, where, who = key
            number = self.details.numbers[where]
            return -legislature, number, -found[key].posees, self.name(who), who

        for key in sorted(found, key=place):
            legislature, where, who = key
            named = {"depute": who, "auteur": self.name(who)}
            named |= {"lieu": where, "circonscription": self.name(where)}
            yield {**named, "legislature": str(legislature), **found[key].answered()}

    def reasons(self, about: Facts) -> Iterator[Row]:
        found = Counter(f.motif for f in about if f.motif)
        for iri in sorted(found, key=lambda iri: (-found[iri], self.name(iri), iri)):
            yield {"adresse": iri, "motif": self.name(iri), "retirees": str(found[iri])}

    def delays(self, about: Facts) -> Iterator[Row]:
        days = (f.delai for f in about if f.type == "QE" and f.delai is not None)
        found = Counter(next(name for most, name in PERIODS if n <= most) for n in days)
        for _, name in PERIODS:
            if found[name]:
                yield {"tranche": name, "reponses": str(found[name])}

    def late(self, about: Facts) -> Iterator[Row]:
        found = [f for f in about if f.statut == LATE and f.titre and f.auteur]
        for f in sorted(found, key=lambda f: (f.limite, f.iri))[:MOST_LATE]:
            named = {"question": f.iri, "titre": f.titre, "depute": f.auteur}
            days = {"parution": f.parution, "limite": f.limite}
            yield {**named, "auteur": self.name(f.auteur), **days}

    def careers(self, about: Facts) -> Iterator[Row]:
        found: dict[tuple[int, str, str], list[str]] = defaultdict(list)
        for f in about:
            if f.parution:
                found[f.legislature, f.groupe, f.circonscription].append(f.parution)
        rows = [
            {
                "legislature": str(legislature),
                "adresse": group,
                "groupe": self.name(group),
                "lieu": place,
                "circonscription": self.name(place),
                "premiere": min(days),
                "derniere": max(days),
                "posees": str(len(days)),
            }
            for (legislature, group, place), days in found.items()
        ]
        return iter(sorted(rows, key=lambda row: (row["premiere"], row["groupe"], row["lieu"])))

    def _legislature(self, group: str) -> int:
        return self.details.numbers[self.details.legislatures[group]]

    def _most(self, found: Mapping[str, "Tally"]) -> list[tuple[str, "Tally"]]:
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
    retirees: int = 0  # and not answered

    def answered(self) -> Row:
        return {"posees": str(self.posees), "repondues": str(self.repondues)}

    def all(self) -> Row:
        open_ = self.posees - self.repondues - self.retirees
        return {**self.answered(), "sans_reponse": str(open_), "retirees": str(self.retirees)}


def counted(keyed: Iterable[tuple[Key, QuestionFacts]]) -> dict[Key, Tally]:
    """Return key → tally of its questions; questions whose key is "" are not counted."""
    found: dict[Key, Tally] = defaultdict(Tally)
    for key, facts in keyed:
        if key:
            tally = found[key]
            tally.posees += 1
            if facts.reponse:
                tally.repondues += 1
            elif facts.retrait:
                tally.retirees += 1
    return found


# query → what yields its rows
TABLES: dict[str, Callable[[TableMaker, list[QuestionFacts]], Iterator[Row]]] = {
    "fiche-annees": TableMaker.years,
    "fiche-auteurs": TableMaker.authors,
    "fiche-circonscriptions": TableMaker.constituencies,
    "fiche-elus": TableMaker.elected,
    "fiche-delais": TableMaker.delays,
    "fiche-groupes": TableMaker.groups,
    "fiche-ministeres": TableMaker.ministries,
    "fiche-parcours": TableMaker.careers,
    "fiche-retard": TableMaker.late,
    "fiche-retraits": TableMaker.reasons,
    "fiche-sujets": TableMaker.subjects,
}
