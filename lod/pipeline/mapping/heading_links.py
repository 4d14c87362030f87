"""Links of headings to EuroVoc. A descriptor keeps its names: those of a heading are its own.

Each is `skos:closeMatch`, reviewed by hand: the words of a heading and of a descriptor may agree
where their extent does not.
"""

from collections.abc import Iterator

from pyoxigraph import NamedNode

from lod.pipeline.mapping.evidenced_link import Link
from lod.rdf.iris import Iris
from lod.rdf.vocab import SKOS_CLOSE_MATCH, en, eurovoc, fr
from lod.reference.link_tables import ReviewedHeading, evidence_sources, reviewed_headings

EUROVOC_SOURCE = "eurovoc2021"  # row of sources.csv: where the descriptors were read


def heading_links(iris: Iris) -> Iterator[tuple[NamedNode, Link]]:
    """Yield (heading, link) of each heading that has a descriptor."""
    for heading in reviewed_headings():
        if heading.eurovoc:
            yield iris.rubrique(heading.rubrique), _link(heading)


def _link(heading: ReviewedHeading) -> Link:
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
