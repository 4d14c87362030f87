"""Triples about what questions refer to: authors, groups, ministries, headings, constituencies …

A question states what its record says of them. `headings.py` and `directory.py` state what tables
and archives say, with the same functions; `descriptions.py` joins all statements about a resource.
"""

from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from lod.model.question import Circonscription, Organe, Question
from lod.pipeline.mapping.citations import cited_texts
from lod.rdf.iris import Iris
from lod.rdf.ontology import labels
from lod.rdf.vocab import (
    DCTERMS_IDENTIFIER,
    FOAF_NAME,
    FOAF_TITLE,
    ORG_CLASSIFICATION,
    QP,
    RDF_TYPE,
    RDFS_LABEL,
    SCHEMA_CONTAINED_IN,
    SKOS_ALT_LABEL,
    SKOS_CONCEPT,
    SKOS_IN_SCHEME,
    SKOS_PREF_LABEL,
    SKOS_SCHEME,
    fr,
    integer,
    plain_literal,
)
from lod.reference.tables import DepartementRow, departements, portefeuilles, portefeuilles_of


def references(q: Question, iris: Iris) -> Iterator[Triple]:
    """Yield class, labels and identifiers of each resource that a question refers to."""
    legislature_iri = iris.legislature(q.legislature)
    yield from legislature(legislature_iri, q.legislature)
    if q.rubrique:
        rubrique = iris.rubrique(q.rubrique)
        yield Triple(rubrique, RDF_TYPE, SKOS_CONCEPT)
        yield Triple(rubrique, SKOS_PREF_LABEL, fr(q.rubrique))
        yield Triple(rubrique, SKOS_IN_SCHEME, iris.rubriques(q.legislature))
        yield from rubriques(iris, q.legislature)
    auteur = iris.auteur(q)
    yield Triple(auteur, RDF_TYPE, QP.Depute)
    if q.auteur.acteur_ref:
        yield Triple(auteur, QP.uid, plain_literal(q.auteur.acteur_ref))
    if q.auteur.civilite:
        yield Triple(auteur, FOAF_TITLE, plain_literal(q.auteur.civilite))
    if q.auteur.nom:
        yield Triple(auteur, FOAF_NAME, plain_literal(q.auteur.nom))
    else:
        yield Triple(auteur, RDFS_LABEL, fr(f"Acteur {q.auteur.acteur_ref}"))
    if q.groupe:
        groupe = iris.groupe(q, q.groupe)
        yield Triple(groupe, RDF_TYPE, QP.Groupe)
        yield Triple(groupe, QP.legislature, legislature_iri)
        yield from label_triples(groupe, q.groupe, q.groupe.libelle_long or q.groupe.libelle)
    if q.circonscription and q.circonscription.departement:
        place = iris.circonscription(q.circonscription)
        yield from circonscription(place, q.circonscription, q.circonscription.departement, iris)
    named = (q.ministere_interroge, *(a.ministere for a in q.attributions), q.ministere_repondant)
    for ministere in dict.fromkeys(filter(None, named)):
        iri = iris.ministere(ministere)
        yield Triple(iri, RDF_TYPE, QP.Ministere)
        yield from label_triples(iri, ministere, ministere.libelle)
        yield from portefeuille_triples(iri, ministere, iris)
    for texte in (q.texte, *(r.texte for r in q.reponses)):
        for cited in cited_texts(texte):
            yield Triple(NamedNode(cited.eli), RDFS_LABEL, fr(cited.name))
    if q.retrait and q.retrait.libelle:
        motif = iris.motif(q.retrait.libelle)
        if motif.value not in labels(SKOS_PREF_LABEL):  # the ontology describes its own concepts
            yield Triple(motif, RDF_TYPE, SKOS_CONCEPT)
            yield Triple(motif, SKOS_IN_SCHEME, QP.motifs)
            yield Triple(motif, SKOS_PREF_LABEL, fr(q.retrait.libelle))


def label_triples(iri: NamedNode, organe: Organe, libelle: str) -> Iterator[Triple]:
    """Yield reference and labels of a group or ministry; `libelle` becomes its `skos:prefLabel`."""
    if organe.ref:
        yield Triple(iri, QP.uid, plain_literal(organe.ref))
    yield Triple(iri, SKOS_PREF_LABEL, fr(libelle))
    for other in sorted({organe.libelle, organe.libelle_long or libelle} - {libelle}):
        yield Triple(iri, SKOS_ALT_LABEL, fr(other))


def portefeuille_triples(s: NamedNode, ministere: Organe, iris: Iris) -> Iterator[Triple]:
    """Yield the portfolios (`portefeuilles-ministeres.csv`) that a ministry has by its labels."""
    for name in portefeuilles_of(ministere.libelles):
        portefeuille = iris.portefeuille(name)
        yield Triple(s, ORG_CLASSIFICATION, portefeuille)
        yield Triple(portefeuille, RDF_TYPE, SKOS_CONCEPT)
        yield Triple(portefeuille, SKOS_IN_SCHEME, QP.portefeuilles)
        yield Triple(portefeuille, SKOS_PREF_LABEL, fr(portefeuilles()[name]))


def legislature(s: NamedNode, numero: int) -> Iterator[Triple]:
    """Yield class, number and label of a legislature."""
    yield Triple(s, RDF_TYPE, QP.Legislature)
    yield Triple(s, QP.numero, integer(numero))
    yield Triple(s, SKOS_PREF_LABEL, fr(f"{numero}e législature"))


def rubriques(iris: Iris, numero: int) -> Iterator[Triple]:
    """Yield class and label of the list of headings of a legislature."""
    scheme = iris.rubriques(numero)
    yield Triple(scheme, RDF_TYPE, SKOS_SCHEME)
    yield Triple(scheme, SKOS_PREF_LABEL, fr(f"Rubriques de la {numero}e législature"))


def circonscription(
    s: NamedNode, c: Circonscription, departement: str, iris: Iris
) -> Iterator[Triple]:
    """Yield class, department code, number and label of a constituency; and the department, if the
    tables have it.
    """
    yield Triple(s, RDF_TYPE, QP.Circonscription)
    yield Triple(s, QP.departement, plain_literal(departement))
    yield Triple(s, QP.numero, integer(c.numero))
    yield Triple(s, SKOS_PREF_LABEL, fr(circonscription_name(c)))
    if row := departements().get(departement):
        yield Triple(s, SCHEMA_CONTAINED_IN, iris.departement(row.code))
        yield from departement_triples(row, iris)


def departement_triples(row: DepartementRow, iris: Iris) -> Iterator[Triple]:
    """Yield class, code and label of a department, and of its region if it has one."""
    s = iris.departement(row.code)
    yield Triple(s, RDF_TYPE, QP.Departement)
    yield Triple(s, DCTERMS_IDENTIFIER, plain_literal(row.code))
    yield Triple(s, SKOS_PREF_LABEL, fr(row.nom))
    if row.region_code:
        region = iris.region(row.region_code)
        yield Triple(s, SCHEMA_CONTAINED_IN, region)
        yield Triple(region, RDF_TYPE, QP.Region)
        yield Triple(region, DCTERMS_IDENTIFIER, plain_literal(row.region_code))
        yield Triple(region, SKOS_PREF_LABEL, fr(row.region))


def circonscription_name(c: Circonscription) -> str:
    """Return the label of a constituency: « Ain (1re circonscription) »."""
    return f"{c.nom} ({c.numero}{'re' if c.numero == 1 else 'e'} circonscription)"
