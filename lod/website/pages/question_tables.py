"""The tables about the questions of a resource, counted by SQL on their facts.

Their titles are in `site/fiches.csv`. To ask the store about each resource takes forty times as
long; to ask it once about all, two seconds a query for 45,000 questions, and LIMIT counts for all.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from pyoxigraph import Literal, NamedNode, Triple

from lod.base import packaged
from lod.base.tabular import rows
from lod.pipeline.questions.fact_queries import FactQueries
from lod.publish.publication import CrossReferences
from lod.publish.query_catalogue import CatalogueQuery, all_queries
from lod.rdf.store import Row
from lod.rdf.vocab import NAMESPACE, ORG, QP
from lod.website.pages.offices import MONTHS, OFFICES, Held, month_rows, office_rows

# of a ministry, those that it has to answer
TO_ANSWER = "FROM (SELECT * FROM liste WHERE ministere = ?1)"
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
    (None, "plus d’un an"),
)


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
    """What makes the tables of resources: questions, names, and what else they say of resources."""

    queries: FactQueries
    references: CrossReferences
    details: ResourceDetails

    def rows(self, name: str, iri: str, held: Held) -> list[Row] | None:
        """Return the rows of a table about a resource, `held` being the offices of a person; None
        if a query gives them.
        """
        if name == OFFICES:
            return list(office_rows(held, self.name))
        if name == MONTHS:
            return list(month_rows(held))
        if table := TABLES.get(name):
            is_ministry = iri.rpartition("/")[0].endswith("/ministere")
            counts = table.query.replace("FROM liste", TO_ANSWER) if is_ministry else table.query
            return [*table.rows(self, self.queries.counted(counts, iri))]
        return None

    def name(self, iri: str) -> str:
        """Return the French name of a resource, as triples state it."""
        label = self.references.names.get(iri)
        return label.object.value if label and isinstance(label.object, Literal) else ""

    def as_counted(self, counted: Iterable[Row]) -> Iterable[Row]:
        return counted

    def authors(self, counted: Iterable[Row]) -> Iterable[Row]:
        return self._most(self._named(counted, depute="auteur"), "auteur", "depute")

    def subjects(self, counted: Iterable[Row]) -> Iterable[Row]:
        return self._most(self._named(counted, rubrique="sujet"), "sujet", "rubrique")

    def ministries(self, counted: Iterable[Row]) -> Iterable[Row]:
        for row in self._most(self._named(counted, charge="ministere"), "ministere", "charge"):
            government = self.details.governments.get(row["charge"], "")
            named = {"charge": row["charge"], "ministere": row["ministere"]}
            yield {**named, "gouvernement": self.name(government), **row}

    def groups(self, counted: Iterable[Row]) -> Iterable[Row]:
        rows = [
            {"legislature": str(self.details.numbers[legislature]), **row}
            for row in self._named(counted, adresse="groupe")
            if (legislature := self.details.legislatures.get(row["adresse"]))
        ]
        return sorted(rows, key=lambda r: (-int(r["legislature"]), *_first(r, "groupe", "adresse")))

    def constituencies(self, counted: Iterable[Row]) -> Iterable[Row]:
        named = self._named(counted, lieu="circonscription")
        return sorted(named, key=lambda row: (self.details.numbers[row["lieu"]], row["lieu"]))

    def elected(self, counted: Iterable[Row]) -> Iterable[Row]:
        def place(row: Row) -> tuple[Any, ...]:
            number = self.details.numbers[row["lieu"]]
            return -int(row["legislature"]), number, *_first(row, "auteur", "depute")

        return sorted(self._named(counted, depute="auteur", lieu="circonscription"), key=place)

    def reasons(self, counted: Iterable[Row]) -> Iterable[Row]:
        named = self._named(counted, adresse="motif")
        return sorted(named, key=lambda row: (-int(row["retirees"]), row["motif"], row["adresse"]))

    def delays(self, counted: Iterable[Row]) -> Iterable[Row]:
        return ({**row, "tranche": PERIODS[int(row["tranche"])][1]} for row in counted)

    def late(self, counted: Iterable[Row]) -> Iterable[Row]:
        return self._named(counted, depute="auteur")

    def careers(self, counted: Iterable[Row]) -> Iterable[Row]:
        named = self._named(counted, adresse="groupe", lieu="circonscription")
        return sorted(named, key=itemgetter("premiere", "groupe", "lieu", "adresse"))

    def _named(self, counted: Iterable[Row], **columns: str) -> Iterator[Row]:
        """Yield rows with names beside IRIs: column of an IRI → column of the name."""
        for row in counted:
            pairs = (
                [(column, value), (columns[column], self.name(value))]
                if column in columns
                else [(column, value)]
                for column, value in row.items()
            )
            yield dict(chain.from_iterable(pairs))

    def _most(self, named: Iterable[Row], name: str, iri: str) -> list[Row]:
        """Return the named resources with the most questions; equal ones stand by name."""
        return sorted(filter(itemgetter(name), named), key=lambda r: _first(r, name, iri))[:MOST]


def _first(row: Row, name: str, iri: str) -> tuple[int, str, str]:
    """Return the place of a resource among others: by questions, then by name."""
    return -int(row["posees"]), row[name], row[iri]


@cache
def tables_of_kind(kind: str) -> tuple[CatalogueQuery, ...]:
    """Return the heads of the tables on the pages of a kind of resource, in their order: queries,
    and counts.
    """
    heads = (*all_queries().values(), *counted_tables())
    some = (head for head in heads if kind in head.page_kinds)
    return tuple(sorted(some, key=lambda head: (head.rank, head.name)))


@cache
def counted_tables() -> tuple[CatalogueQuery, ...]:
    """Return the heads of the tables that no query gives."""
    return tuple(
        CatalogueQuery(
            name=row["nom"],
            title=row["titre"],
            text="",
            heading=row["court"],
            page_kinds=tuple(row["fiche"].split()),
            rank=int(row["rang"]),
            image=row["image"],
            caveat=row["piege"],
            near=all_queries()[row["proche"]],
        )
        for row in rows(packaged.RESOURCE_TABLES)
    )


class Table(NamedTuple):
    """A table: the query that counts, on `liste`, and what its rows become."""

    query: str
    rows: Callable[[TableMaker, Iterable[Row]], Iterable[Row]]


def _by(columns: str, beside: str = "") -> str:
    """Return the query that counts questions by columns, « auteur AS depute », of which none is
    empty, and by others, which may be.
    """
    keys = [column.partition(" AS ")[0] for column in columns.split(", ")]
    known = " AND ".join(f"{key} > ''" for key in keys)
    return (
        f"SELECT {columns}{beside}, count(*) AS posees, sum(reponse > '') AS repondues "
        f"FROM liste WHERE {known} GROUP BY {', '.join(keys)}{beside}"
    )


YEAR = "CAST(substr(parution, 1, 4) AS INTEGER)"
ENDED = "".join(
    f", sum(substr(statut, 1, {len(begins)}) = '{begins}') AS {column}"
    for column, begins in OUTCOMES.items()
)
TABLES = {  # name in `site/fiches.csv` → its table
    "fiche-annees": Table(
        f"SELECT {YEAR} AS annee, count(*) AS posees, sum(reponse > '') AS repondues{ENDED} "
        "FROM liste WHERE parution > '' GROUP BY 1 ORDER BY 1",
        TableMaker.as_counted,
    ),
    "fiche-auteurs": Table(_by("auteur AS depute"), TableMaker.authors),
    "fiche-circonscriptions": Table(_by("circonscription AS lieu"), TableMaker.constituencies),
    "fiche-elus": Table(
        _by("auteur AS depute, circonscription AS lieu", ", legislature"), TableMaker.elected
    ),
    "fiche-delais": Table(
        f"SELECT {' + '.join(f'(delai > {most})' for most, _ in PERIODS[:-1])} AS tranche, "
        "count(*) AS reponses FROM liste "
        "WHERE type = 'QE' AND delai IS NOT NULL GROUP BY 1 ORDER BY 1",
        TableMaker.delays,
    ),
    "fiche-groupes": Table(_by("groupe AS adresse"), TableMaker.groups),
    "fiche-ministeres": Table(_by("ministere AS charge"), TableMaker.ministries),
    "fiche-parcours": Table(
        "SELECT legislature, groupe AS adresse, circonscription AS lieu, min(parution) AS premiere,"
        " max(parution) AS derniere, count(*) AS posees "
        "FROM liste WHERE parution > '' GROUP BY 1, 2, 3",
        TableMaker.careers,
    ),
    "fiche-retard": Table(
        "SELECT iri AS question, titre, auteur AS depute, parution, limite FROM liste "
        f"WHERE statut = '{LATE}' AND titre > '' AND auteur > '' "
        f"ORDER BY limite, iri LIMIT {MOST_LATE}",
        TableMaker.late,
    ),
    "fiche-retraits": Table(
        "SELECT motif AS adresse, count(*) AS retirees FROM liste WHERE motif > '' GROUP BY motif",
        TableMaker.reasons,
    ),
    "fiche-sujets": Table(_by("rubrique"), TableMaker.subjects),
}
