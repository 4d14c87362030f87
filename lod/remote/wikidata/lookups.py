"""What we ask Wikidata, and what comes of each answer; the queries are files that run as they are.

A query of the folder `requetes` has examples where ours go: after `VALUES ?variable`, and as days.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pyoxigraph import Literal

from lod.base import packaged
from lod.base.errors import LodError
from lod.rdf.vocab import PREFIXES
from lod.reference.link_tables import WikidataFact
from lod.remote.wikidata.fact import read_fact
from lod.remote.wikidata.halving import halved
from lod.remote.wikidata.item import (
    ITEM,
    UNKNOWN_VALUE,
    WikidataItem,
    birth_day,
    identifier,
    qid,
    rank,
)
from lod.remote.wikidata.query_service import LATER, QueryService, Row, TooMuchError

KNOWN = 150  # items or numbers a query; services refuse a list of 400
TERMS = 2  # legislatures a query: some 10,000 rows
MONTHS = 12
BOUND = re.compile(r'"\d{4}-\d\d-\d\d(?=T00:00:00Z")')


def identifier_pairs(client: QueryService, refs: Collection[str]) -> list[tuple[str, str]]:
    """Return every (item, value of P4123): of all items, or if that is too much, of `refs`.

    A value is as it stands there: whether it is a number of the Assemblée is not decided here.
    """
    try:
        rows = client.select(query_text("identifiants"))
    except TooMuchError:
        rows = list(
            halved(
                sorted(refs), KNOWN,
                lambda batch: client.select(query_text("identifiants-connus", an=map(literal_term, batch))),
            )
        )  # fmt: skip
    found = {
        (qid(row.get("item", "")), row.get("an", ""))
        for row in rows
        if not UNKNOWN_VALUE.match(row.get("an", ""))
    }
    pairs = sorted((pair for pair in found if all(pair)), key=lambda pair: (rank(pair[0]), pair[1]))
    if not pairs:
        client.forget(query_text("identifiants"))
        raise LodError(f"{client.endpoint}: no item bears P4123; is this Wikidata?")
    return pairs


def legislatures(client: QueryService) -> dict[int, str]:
    """Return number → item; a number that two items claim has none."""
    found: dict[int, set[str]] = defaultdict(set)
    for row in whole(client, query_text("legislatures")):
        name, number = qid(row.get("item", "")), row.get("numero", "")
        if name and re.fullmatch(r"[1-9]\d?", number, re.ASCII):
            found[int(number)].add(name)
    return {number: items.pop() for number, items in sorted(found.items()) if len(items) == 1}


def deputies_of(client: QueryService, numbers: Mapping[int, str]) -> list[WikidataItem]:
    """Return who sat in these legislatures, given as number → item."""
    by_item = {name: number for number, name in numbers.items()}
    return grouped(
        halved(
            numbers.values(), TERMS,
            lambda batch: client.select(query_text("deputes", legislature=map(wd, batch))),
        ),
        by_item,
    )  # fmt: skip


def born_in(client: QueryService, years: Iterable[int]) -> list[WikidataItem]:
    """Return the French politicians born in these years, as far as Wikidata knows the year."""
    months = [(year, month) for year in sorted(set(years)) for month in range(1, MONTHS + 1)]
    # a year, a half, a quarter, a month: no batch goes over the end of a year
    return grouped(halved(months, MONTHS, lambda batch: client.select(between(batch))))


def describe_items(client: QueryService, qids: Iterable[str]) -> list[WikidataItem]:
    """Return what items say of persons; one that says nothing at all is there without names."""
    return grouped(asked(client, "elements", qids))


def redirections(client: QueryService, qids: Iterable[str]) -> dict[str, str | None]:
    """Return item → the one that it was merged into, or None if it was deleted; others are absent.

    Items are merged with what had been merged into them: a target is no redirection.
    """
    wanted = set(qids)
    found = {
        qid(row.get("item", "")): qid(row.get("cible", ""))
        for row in asked(client, "redirections", wanted)
    }
    return {name: found.get(name) for name in sorted(wanted, key=rank) if found.get(name) != ""}


def facts_about(client: QueryService, qids: Iterable[str]) -> list[WikidataFact]:
    """Return what people ask Wikidata for: gender, birth, image, party, website; sorted."""
    origin = (client.endpoint, client.day.isoformat())
    found = {known for row in asked(client, "faits", qids) if (known := read_fact(row, *origin))}
    return sorted(found, key=lambda known: (rank(known.qid), known.propriete, known.valeur))


def asked(client: QueryService, name: str, qids: Iterable[str]) -> Iterator[Row]:
    """Yield the rows of a query about items, however many there are."""
    items = sorted(set(map(wd, qids)), key=lambda term: int(term.partition("Q")[2]))
    return halved(items, KNOWN, lambda batch: client.select(query_text(name, item=batch)))


def whole(client: QueryService, query: str) -> list[Row]:
    """Return the rows of a query that cannot ask for less; raise LodError if that is too much."""
    try:
        return client.select(query)
    except TooMuchError as error:
        raise LodError(f"{error}; {LATER}") from error


def query_text(name: str, **values: Iterable[str]) -> str:
    """Return a query of the folder, about these terms instead of its examples."""
    text = (packaged.WIKIDATA_QUERIES / f"{name}.rq").read_text("utf-8")
    for variable, terms in values.items():
        block = f"VALUES ?{variable} {{ {' '.join(terms)} }}"
        text = block.join(re.split(rf"VALUES \?{variable} {{[^}}]*}}", text))
    return text


def between(months: Sequence[tuple[int, int]]) -> str:
    """Return the query for births in months of one year that follow each other."""
    first, (last_year, last_month) = months[0], months[-1]
    after = (last_year + last_month // MONTHS, last_month % MONTHS + 1)
    days = iter(f'"{year:04}-{month:02}-01' for year, month in (first, after))
    return BOUND.sub(lambda _: next(days), query_text("nes-en"))


def wd(name: str) -> str:
    """Return an item as a term of a query; raise LodError for what is none."""
    if not ITEM.fullmatch(PREFIXES["wd"] + name):
        raise LodError(f"'{name}' is not an item of Wikidata; write Q and a number")
    return f"wd:{name}"


def literal_term(value: str) -> str:
    """Return a text as a term of a query."""
    return str(Literal(value))


def grouped(rows: Iterable[Row], numbers: Mapping[str, int] | None = None) -> list[WikidataItem]:
    """Return the items that rows are about, each once, sorted; few rows in memory at a time."""
    found: dict[str, dict[str, set[Any]]] = {}
    for row in rows:
        if name := qid(row.get("item", "")):
            facts = found.setdefault(name, defaultdict(set))
            for field, value in stated(row, numbers or {}):
                facts[field].add(value)
    return [
        WikidataItem(
            qid=name, **{field: frozenset(values) for field, values in found[name].items()}
        )
        for name in sorted(found, key=rank)
    ]


def stated(row: Row, numbers: Mapping[str, int]) -> Iterator[tuple[str, Any]]:
    """Yield (field of WikidataItem, value) for each value of a row."""
    if name := row.get("nom"):
        yield "names", name
    if an := identifier(row.get("an", "")):
        yield "p4123", an
    if born := birth_day(row.get("naissance", ""), row.get("precision", "")):
        yield "births", born
    if number := numbers.get(qid(row.get("legislature", ""))):
        yield "seats", (number, qid(row.get("circonscription", "")))
    if groupe := qid(row.get("groupe", "")):
        yield "groupes", groupe
