"""Facts of Wikidata about linked deputies, copied into a graph of their own; and lines for
QuickStatements (version 1), which add the identifier of a deputy (P4123) to an item of Wikidata.

The facts are copied since the endpoint refuses `SERVICE`: no query is sent on to Wikidata.
"""

from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import NamedNode, Triple

from lod.pipeline.mapping.links import digits
from lod.rdf.vocab import PREFIXES, RDFS_LABEL, SCHEMA_BIRTH_DATE, fr, partial_date, wikidata
from lod.reference.link_tables import WikidataFact, evidence_sources, table_facts
from lod.reference.reviewed_files import P4123, ReviewedLinks

PAGE = "https://www.assemblee-nationale.fr/dyn/deputes/"


def published_facts(qids: Iterable[str], reviewed: ReviewedLinks) -> list[WikidataFact]:
    """Return the facts about some items, sorted.

    They are those of the publisher's `faits.csv` if there is one, else those of the package.
    """
    wanted = set(qids)
    stated = table_facts() if reviewed.facts is None else reviewed.facts
    return sorted(
        {f for f in stated if f.qid in wanted},
        key=lambda f: (int(f.qid[1:]), f.propriete, f.valeur),
    )


def triples(stated: Iterable[WikidataFact], names: Mapping[str, str]) -> Iterator[Triple]:
    """Yield each fact with Wikidata's own property, and a label of the item or page it names.

    A date of birth has the property of schema.org: those of Wikidata's P569 are points in time, and
    it is often the year alone that is known. `names` has what the items that the facts are about
    are called here; a label may come again.
    """
    for f in stated:
        item, predicate = wikidata(f.qid), NamedNode(PREFIXES["wdt"] + f.propriete)
        if name := names.get(f.qid):
            yield Triple(item, RDFS_LABEL, fr(name))
        if f.type == "element":
            yield Triple(item, predicate, wikidata(f.valeur))
            yield Triple(wikidata(f.valeur), RDFS_LABEL, fr(f.libelle))
        elif f.type == "adresse":
            address = NamedNode(f.valeur)
            yield Triple(item, predicate, address)
            yield Triple(address, RDFS_LABEL, fr(f.libelle or f.valeur))
        else:
            yield Triple(item, SCHEMA_BIRTH_DATE, partial_date(f.valeur))


def readings(stated: Iterable[WikidataFact]) -> list[tuple[str, str]]:
    """Return (source, day, month or year of reading) of all facts, sorted, without repetition."""
    read = {(f.source, f.constat) for f in stated}
    return sorted(
        (evidence_sources()[s].nom if s in evidence_sources() else s, day) for s, day in read
    )


def quickstatements(lacking: Iterable[tuple[str, str]]) -> str:
    """Return a statement for each pair (acteurRef, QID), sorted, a line each.

    A line is item, property, value, then the address of the source (S854). The day on which it was
    retrieved (S813) is for whoever looks at it: this program has not.
    """
    return "".join(sorted(_statement(ref, qid) for ref, qid in set(lacking)))


def _statement(ref: str, qid: str) -> str:
    return "\t".join((qid, P4123, f'"{digits(ref)}"', "S854", f'"{PAGE}{ref}"')) + "\n"
