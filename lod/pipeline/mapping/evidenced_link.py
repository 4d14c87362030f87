"""A link of a resource to what somebody else publishes, with its evidence, and its triples; the
links of headings to EuroVoc.

The links of headings are `skos:closeMatch`, reviewed by hand: the words of a heading and of a
descriptor may agree where their extent does not. A descriptor keeps its names: those of a heading
are its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from lod.rdf.iris import Iris
from lod.rdf.vocab import (
    OWL_SAME_AS,
    PREFIXES,
    QP,
    RDF_TYPE,
    RDFS_LABEL,
    SKOS_CLOSE_MATCH,
    SKOS_PREF_LABEL,
    en,
    eurovoc,
    fr,
    partial_date,
    plain_literal,
    qp,
)
from lod.reference.link_tables import ReviewedHeading, evidence_sources, reviewed_headings

EUROVOC_SOURCE = "eurovoc2021"  # row of sources.csv: where the descriptors were read


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of one resource, with its evidence."""

    target: str  # IRI of the item or page
    preuve: str  # local name of a concept of `qp:preuves`
    value: str  # the identifier or name that was found
    sources: tuple[str, ...]  # names of the places where it was found
    constat: str  # when: a day, a month or a year
    label: str
    anchor: str = "lien-wikidata"  # fragment of the node; each link of a resource has its own
    relation: NamedNode = OWL_SAME_AS  # property from the resource to the target
    registre: str = ""  # IRI of the register in Wikidata, if the target is a page of one
    names: tuple[Literal, ...] = ()  # of a target

    @property
    def qid(self) -> str:
        """The item of Wikidata that is the target: `Q…`."""
        return self.target.removeprefix(PREFIXES["wd"])


def link_triples(subject: NamedNode, link: Link) -> Iterator[Triple]:
    """Yield one link and the node with its evidence."""
    node, target = NamedNode(f"{subject.value}#{link.anchor}"), NamedNode(link.target)
    yield Triple(subject, link.relation, target)
    yield Triple(node, RDF_TYPE, QP.Lien)
    yield Triple(node, RDFS_LABEL, fr(link.label))
    yield Triple(node, QP.sujet, subject)
    yield Triple(node, QP.cible, target)
    yield Triple(node, QP.preuve, qp(link.preuve))
    yield Triple(node, QP.valeurPreuve, plain_literal(link.value))
    for source in link.sources:
        yield Triple(node, QP.sourcePreuve, fr(source))
    yield Triple(node, QP.dateConstat, partial_date(link.constat))
    if link.registre:
        yield Triple(node, QP.registre, NamedNode(link.registre))
    for name in link.names:
        yield Triple(target, SKOS_PREF_LABEL, name)
        if name.language == "fr":
            yield Triple(target, RDFS_LABEL, name)


def heading_links(iris: Iris) -> Iterator[tuple[NamedNode, Link]]:
    """Yield (heading, link) of each heading that has a descriptor."""
    for heading in reviewed_headings():
        if heading.eurovoc:
            yield iris.rubrique(heading.rubrique), _heading_link(heading)


def _heading_link(heading: ReviewedHeading) -> Link:
    """Return the link of a heading to its descriptor, whose names stand in it."""
    return Link(
        target=eurovoc(heading.eurovoc).value,
        preuve="preuve-revue",
        value=heading.motif or heading.libelle_fr,
        sources=(evidence_sources()[EUROVOC_SOURCE].nom, f"Revu par {heading.par}"),
        constat=heading.constat,
        label=f"Lien de la rubrique « {heading.rubrique} » vers EuroVoc ({heading.eurovoc})",
        anchor="lien-eurovoc",
        relation=SKOS_CLOSE_MATCH,
        names=(fr(heading.libelle_fr), en(heading.libelle_en)),
    )
