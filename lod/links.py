"""Links of deputies to Wikidata: only by identifier, each with its evidence."""

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode, Triple

from lod.mappings import Mandat, mandats
from lod.vocab import (
    OWL_SAME_AS,
    QP,
    RDF_TYPE,
    RDFS_LABEL,
    constat,
    fr,
    texte_simple,
    wikidata,
)

P4123 = "P4123"


def known() -> dict[str, Mandat]:
    """Return acteurRef → a mandate with identifier evidence; an item of two deputies is no link."""
    seen = {m.acteur_ref: m for m in mandats() if m.preuve == P4123 and m.qid and m.constat}
    bearers: dict[str, set[str]] = {}
    for m in seen.values():
        bearers.setdefault(m.qid, set()).add(m.acteur_ref)
    return {ref: m for ref, m in seen.items() if len(bearers[m.qid]) == 1}


def links(deputes: Iterable[NamedNode]) -> Iterator[Triple]:
    """Yield the link of each deputy that has one; the deputies are those that are published."""
    by_ref = known()
    for depute in deputes:
        found = by_ref.get(depute.value.rsplit("/", 1)[-1])
        if found:
            yield from link(depute, found)


def link(depute: NamedNode, m: Mandat) -> Iterator[Triple]:
    """Yield one link and its evidence; the digits of P4123 are the reference without `PA`."""
    node, item = NamedNode(f"{depute.value}#lien-wikidata"), wikidata(m.qid)
    yield Triple(depute, OWL_SAME_AS, item)
    yield Triple(node, RDF_TYPE, QP.Lien)
    yield Triple(node, RDFS_LABEL, fr(f"Lien de {m.acteur_ref} vers Wikidata ({m.qid})"))
    yield Triple(node, QP.sujet, depute)
    yield Triple(node, QP.cible, item)
    yield Triple(node, QP.preuve, QP.IdentifiantP4123)
    yield Triple(node, QP.valeurPreuve, texte_simple(m.acteur_ref.removeprefix("PA")))
    yield Triple(node, QP.dateConstat, constat(m.constat))
