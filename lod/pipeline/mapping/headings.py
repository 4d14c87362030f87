"""The Assemblée's lists of headings as SKOS: one concept a heading, one scheme a legislature.

Two headings are one concept if they differ in accents, case and punctuation only; every spelling
is published. « X : Y » is narrower than X where X is a heading too.

Headings that differ by more (« poste », « postes »), and that were reviewed as the same, stay two
concepts that `skos:exactMatch` joins. As one concept, one of them would lose its IRI, which others
may have noted, and its questions a heading that the list of their legislature has (control
C8-rubriques).
"""

from collections.abc import Iterator

from pyoxigraph import Triple

from lod.model.text import slug
from lod.pipeline.mapping import authorities
from lod.rdf.iris import Iris
from lod.rdf.vocab import (
    RDF_TYPE,
    SKOS_ALT_LABEL,
    SKOS_BROADER,
    SKOS_CONCEPT,
    SKOS_EXACT_MATCH,
    SKOS_IN_SCHEME,
    SKOS_NOTE,
    SKOS_PREF_LABEL,
    en,
    fr,
)
from lod.reference.link_tables import SAME, reviewed_headings, reviewed_pairs
from lod.reference.tables import rubriques

BROADER_NOTE = "« {nom} » est placée sous « {tete} » d’après son nom : c’est notre lecture."


def triples(iris: Iris) -> Iterator[Triple]:
    """Yield every heading of every list, and the legislatures of the lists with their days.

    Legislatures come newest first: the newest spelling becomes the name of a heading.
    """
    names: dict[str, str] = {}  # slug → the name of the heading
    for numero, libelles in sorted(rubriques().items(), reverse=True):
        yield from authorities.rubriques(iris, numero)
        for libelle in libelles:
            s, name = iris.rubrique(libelle), names.setdefault(slug(libelle), libelle)
            yield Triple(s, RDF_TYPE, SKOS_CONCEPT)
            yield Triple(s, SKOS_PREF_LABEL if name == libelle else SKOS_ALT_LABEL, fr(libelle))
            yield Triple(s, SKOS_IN_SCHEME, iris.rubriques(numero))
    for heading in reviewed_headings():
        if heading.anglais:
            yield Triple(iris.rubrique(heading.rubrique), SKOS_PREF_LABEL, en(heading.anglais))
    for name in names.values():
        broader = names.get(slug(name.partition(":")[0])) if ":" in name else None
        if broader:
            s = iris.rubrique(name)
            yield Triple(s, SKOS_BROADER, iris.rubrique(broader))
            yield Triple(s, SKOS_NOTE, fr(BROADER_NOTE.format(nom=name, tete=broader)))
    for pair in reviewed_pairs():
        if pair.decision == SAME:
            one, other = iris.rubrique(pair.rubrique), iris.rubrique(pair.autre)
            yield Triple(one, SKOS_EXACT_MATCH, other)
            yield Triple(other, SKOS_EXACT_MATCH, one)
    for numero in rubriques():
        yield from authorities.legislature(iris.legislature(numero), numero)
