"""The Assemblée's lists of headings as concepts: one IRI a heading, one scheme a legislature.

Every spelling is kept, nothing is guessed: two headings are one only if their letters are the
same, accents and case apart. « X : Y » stands below X where X is a heading too.
"""

from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from lod.model.text import slug
from lod.pipeline.mapping import authorities as autorites
from lod.rdf.iris import Iris
from lod.rdf.vocab import (
    RDF_TYPE,
    SCHEMA_END_DATE,
    SCHEMA_START_DATE,
    SKOS_ALT_LABEL,
    SKOS_BROADER,
    SKOS_CONCEPT,
    SKOS_IN_SCHEME,
    SKOS_NOTE,
    SKOS_PREF_LABEL,
    fr,
    jour,
)
from lod.reference.tables import legislatures, rubriques

RATTACHEMENT = "« {nom} » est placée sous « {tete} » d’après son nom : c’est notre lecture."


def triples(iris: Iris) -> Iterator[Triple]:
    """Yield every heading of every list, and the legislatures with their days.

    The newest spelling comes first: it is the one that names the heading.
    """
    names: dict[str, str] = {}
    for numero, liste in sorted(rubriques().items(), reverse=True):
        yield from autorites.rubriques(iris, numero)
        for libelle in liste:
            yield from _rubrique(iris, numero, libelle, names)
    for nom in names.values():
        yield from _rattachement(iris, nom, names)
    for x in legislatures().values():
        s = iris.legislature(x.numero)
        yield from autorites.legislature(s, x.numero)
        yield Triple(s, SCHEMA_START_DATE, jour(x.debut))
        if x.fin:
            yield Triple(s, SCHEMA_END_DATE, jour(x.fin))


def _rubrique(iris: Iris, numero: int, libelle: str, names: dict[str, str]) -> Iterator[Triple]:
    s = iris.rubrique(libelle)
    yield Triple(s, RDF_TYPE, SKOS_CONCEPT)
    nom = names.setdefault(slug(libelle), libelle)
    yield Triple(s, SKOS_PREF_LABEL if nom == libelle else SKOS_ALT_LABEL, fr(libelle))
    yield Triple(s, SKOS_IN_SCHEME, iris.rubriques(numero))


def _rattachement(iris: Iris, nom: str, names: dict[str, str]) -> Iterator[Triple]:
    tete = names.get(slug(nom.partition(":")[0])) if ":" in nom else None
    if tete:
        s: NamedNode = iris.rubrique(nom)
        yield Triple(s, SKOS_BROADER, iris.rubrique(tete))
        yield Triple(s, SKOS_NOTE, fr(RATTACHEMENT.format(nom=nom, tete=tete)))
