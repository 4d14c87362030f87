"""What Wikidata says of the deputies that are linked: copied, in a graph of its own, no SERVICE."""

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode, Triple

from lod.rdf.vocab import PREFIXES, RDFS_LABEL, constat, fr, wikidata
from lod.reference.link_tables import Fait, faits, sources
from lod.reference.reviewed_links import LiensRevus

GRAPHE = ".well-known/void#faits-wikidata"  # below the base: its description has the same IRI


def publies(qids: Iterable[str], revus: LiensRevus) -> list[Fait]:
    """Return the facts about some items: those that the publisher has read, else the table's."""
    wanted = set(qids)
    stated = faits() if revus.faits is None else revus.faits
    return sorted(
        {f for f in stated if f.qid in wanted},
        key=lambda f: (int(f.qid[1:]), f.propriete, f.valeur),
    )


def triples(stated: Iterable[Fait]) -> Iterator[Triple]:
    """Yield each fact in Wikidata's own words; what it points to is named."""
    for f in stated:
        predicate = NamedNode(PREFIXES["wdt"] + f.propriete)
        if f.type == "element":
            yield Triple(wikidata(f.qid), predicate, wikidata(f.valeur))
            yield Triple(wikidata(f.valeur), RDFS_LABEL, fr(f.libelle))
        elif f.type == "adresse":
            address = NamedNode(f.valeur)
            yield Triple(wikidata(f.qid), predicate, address)
            yield Triple(address, RDFS_LABEL, fr(f.libelle or f.valeur))
        else:
            yield Triple(wikidata(f.qid), predicate, constat(f.valeur))


def lectures(stated: Iterable[Fait]) -> list[tuple[str, str]]:
    """Return (source, day, month or year) of every reading that facts come from."""
    read = {(f.source, f.constat) for f in stated}
    return sorted((sources()[s].nom if s in sources() else s, day) for s, day in read)
