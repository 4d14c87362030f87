"""What Wikidata is asked about deputies, by the queries of the folder `requetes`.

A query of the folder has examples after `VALUES ?variable` and as days, so that it runs as it is;
the program replaces them.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pyoxigraph import Literal

from lod.base.errors import LodError
from lod.extensions.wikidata.people import (
    ITEM,
    UNKNOWN_VALUE,
    WikidataItem,
    qid_number,
    qid_of,
    read_birth,
    read_fact,
)
from lod.extensions.wikidata.query_service import ASK_LATER, QueryService, TooMuchError
from lod.rdf.store import Row
from lod.rdf.vocab import PREFIXES
from lod.reference.link_tables import WikidataFact

ITEM_BATCH = 150  # items or numbers a query; services refuse a list of 400
LEGISLATURE_BATCH = 2  # legislatures a query: some 10,000 rows
MONTHS = 12  # months a query at most: a year
REQUETES = Path(__file__).parent / "requetes"
T = TypeVar("T")
R = TypeVar("R")
IDENTIFIER = re.compile(r"\d{1,9}", re.ASCII)  # P4123: acteurRef without `PA`
BOUND = re.compile(r'"\d{4}-\d\d-\d\d(?=T00:00:00Z")')  # a day of the query `nes-en`


def identifier_pairs(client: QueryService, refs: Collection[str]) -> list[tuple[str, str]]:
    """Return every (QID, value of P4123): of all items, or if that is too much, of `refs` only.

    A value is any text that is stated, also if it is no number. Raises LodError if there is none.
    """
    try:
        rows = client.select(query_text("identifiants"))
    except TooMuchError:
        terms = (str(Literal(ref)) for ref in sorted(refs))
        rows = list(halved_select(client, "identifiants-connus", an=terms))
    stated = {(qid_of(row.get("item", "")), row.get("an", "")) for row in rows}
    pairs = [(qid, an) for qid, an in stated if qid and an and not UNKNOWN_VALUE.match(an)]
    if not pairs:
        client.forget(query_text("identifiants"))
        raise LodError(f"{client.endpoint}: no item bears P4123; is this Wikidata?")
    return sorted(pairs, key=lambda pair: (qid_number(pair[0]), pair[1]))


def legislatures(client: QueryService) -> dict[int, str]:
    """Return number → QID of the legislatures, without numbers that two items have.

    Raises LodError if the endpoint cannot answer: this query cannot ask for less.
    """
    items_of: dict[int, set[str]] = defaultdict(set)
    try:
        rows = client.select(query_text("legislatures"))
    except TooMuchError as error:
        raise LodError(f"{error}; {ASK_LATER}") from error
    for row in rows:
        qid, number = qid_of(row.get("item", "")), row.get("numero", "")
        if qid and re.fullmatch(r"[1-9]\d?", number, re.ASCII):
            items_of[int(number)].add(qid)
    return {number: items.pop() for number, items in sorted(items_of.items()) if len(items) == 1}


def deputies_of(client: QueryService, numbers: Mapping[int, str]) -> list[WikidataItem]:
    """Return the items of everybody who sat in these legislatures (number → QID)."""
    terms = map(item_term, numbers.values())
    rows = halved_select(client, "deputes", LEGISLATURE_BATCH, legislature=terms)
    return grouped(rows, {qid: number for number, qid in numbers.items()})


def born_in(client: QueryService, years: Iterable[int]) -> list[WikidataItem]:
    """Return the French politicians who were born in one of the years, according to Wikidata."""
    months = [(year, month) for year in sorted(set(years)) for month in range(1, MONTHS + 1)]
    # a batch is a year, a half, a quarter or a month, and never goes over the end of a year
    return grouped(halved(months, MONTHS, lambda batch: client.select(births_query(batch))))


def describe_items(client: QueryService, qids: Iterable[str]) -> list[WikidataItem]:
    """Return items with their names, births and numbers; also those that state none of them."""
    return grouped(rows_about(client, "elements", qids))


def redirections(client: QueryService, qids: Iterable[str]) -> dict[str, str | None]:
    """Return QID → the item that it was merged into, None if it was deleted; without the items that
    are neither.

    A target is never merged itself: Wikidata redirects to the last item of a chain.
    """
    items = set(qids)
    target_of = {
        qid_of(row.get("item", "")): qid_of(row.get("cible", ""))
        for row in rows_about(client, "redirections", items)
    }
    targets = ((qid, target_of.get(qid)) for qid in sorted(items, key=qid_number))
    return {qid: target for qid, target in targets if target != ""}


def facts_about(client: QueryService, qids: Iterable[str]) -> list[WikidataFact]:
    """Return the facts that are published: gender, birth, image, party, website; sorted."""
    origin = (client.endpoint, client.day.isoformat())
    facts = {f for row in rows_about(client, "faits", qids) if (f := read_fact(row, *origin))}
    return sorted(facts, key=lambda f: (qid_number(f.qid), f.propriete, f.valeur))


def rows_about(client: QueryService, name: str, qids: Iterable[str]) -> Iterator[Row]:
    """Yield the rows of a query about items, in batches."""
    terms = {qid: item_term(qid) for qid in qids}
    return halved_select(client, name, item=[terms[q] for q in sorted(terms, key=qid_number)])


def halved_select(
    client: QueryService, name: str, size: int = ITEM_BATCH, **values: Iterable[str]
) -> Iterator[Row]:
    """Yield the rows of a query for all terms of its one variable, at most `size` at a time."""
    [(variable, terms)] = values.items()
    return halved(terms, size, lambda batch: client.select(query_text(name, **{variable: batch})))


def query_text(name: str, **values: Iterable[str]) -> str:
    """Return a query of the folder, with these terms instead of the examples of each variable."""
    text = (REQUETES / f"{name}.rq").read_text("utf-8")
    for variable, terms in values.items():
        block = f"VALUES ?{variable} {{ {' '.join(terms)} }}"
        text = block.join(re.split(rf"VALUES \?{variable} {{[^{{}}]*}}", text))
    return text


def births_query(months: Sequence[tuple[int, int]]) -> str:
    """Return the query for births in consecutive months (year, month) of one year."""
    first, (last_year, last_month) = months[0], months[-1]
    after = (last_year + last_month // MONTHS, last_month % MONTHS + 1)
    days = iter(f'"{year:04}-{month:02}-01' for year, month in (first, after))
    return BOUND.sub(lambda _: next(days), query_text("nes-en"))


def item_term(qid: str) -> str:
    """Return an item as a term of a query; raise LodError for what is not a QID."""
    if not ITEM.fullmatch(PREFIXES["wd"] + qid):
        raise LodError(f"'{qid}' is not an item of Wikidata; write Q and a number")
    return f"wd:{qid}"


def grouped(rows: Iterable[Row], numbers: Mapping[str, int] | None = None) -> list[WikidataItem]:
    """Return the items that rows describe, each once, sorted by QID.

    `numbers` are QID → number of legislatures.
    """
    fields_of: dict[str, dict[str, set[Any]]] = {}  # QID → field → values
    for row in rows:
        if qid := qid_of(row.get("item", "")):
            fields = fields_of.setdefault(qid, defaultdict(set))
            for field, value in item_values(row, numbers or {}):
                fields[field].add(value)
    return [
        WikidataItem(qid=qid, **{name: frozenset(values) for name, values in fields.items()})
        for qid, fields in sorted(fields_of.items(), key=lambda item: qid_number(item[0]))
    ]


def item_values(row: Row, numbers: Mapping[str, int]) -> Iterator[tuple[str, Any]]:
    """Yield (field of WikidataItem, value) for each value of a row."""
    if name := row.get("nom"):
        yield "names", name
    if IDENTIFIER.fullmatch(number := row.get("an", "")):  # it may be unknown, or no number
        yield "p4123", number
    if born := read_birth(row.get("naissance", ""), row.get("precision", "")):
        yield "births", born
    if legislature := numbers.get(qid_of(row.get("legislature", ""))):
        yield "seats", (legislature, qid_of(row.get("circonscription", "")))
    if groupe := qid_of(row.get("groupe", "")):
        yield "groupes", groupe


def halved(items: Iterable[T], size: int, ask: Callable[[Sequence[T]], Iterable[R]]) -> Iterator[R]:
    """Yield the results of `ask` for batches of at most `size` items, in order.

    If it raises TooMuchError, the size of this batch and of all later ones is halved. Raises
    LodError if a single item is too much.

    >>> def ask(batch):
    ...     if len(batch) > 2:
    ...         raise TooMuchError("too many")
    ...     return [list(batch)]
    >>> list(halved("abcdef", 5, ask))
    [['a', 'b'], ['c', 'd'], ['e', 'f']]
    """
    rest = list(items)
    while rest:
        batch = rest[:size]
        try:
            results = ask(batch)
        except TooMuchError as error:
            if len(batch) == 1:
                raise LodError(f"{error}, even for {batch[0]} alone; {ASK_LATER}") from error
            size = len(batch) // 2
        else:
            del rest[:size]
            yield from results
