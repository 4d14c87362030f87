"""The resources that a question is about: author, bodies, heading …, each with its role."""

from collections.abc import Iterator

from pyoxigraph import NamedNode

from lod.model.question import Question
from lod.rdf.iris import Iris
from lod.rdf.vocab import ORG_CLASSIFICATION, QP, SCHEMA_CONTAINED_IN
from lod.reference.tables import departements, portefeuilles_of


def subjects(q: Question, iris: Iris) -> Iterator[tuple[NamedNode, NamedNode]]:
    """Yield (role, IRI) of each author, body, heading … of a question; an IRI may have many roles.

    A role is the property that leads from the question to the resource, or the last of a path:
    `qp:ministere` of an attribution, `org:classification` of the ministry in charge,
    `schema:containedInPlace` of the constituency and of its department.
    """
    yield QP.legislature, iris.legislature(q.legislature)
    if q.rubrique:
        yield QP.rubrique, iris.rubrique(q.rubrique)
    if auteur := iris.auteur(q):
        yield QP.auteur, auteur
    if q.groupe:
        yield QP.groupe, iris.groupe(q, q.groupe)
    if q.circonscription and q.circonscription.departement:
        yield QP.circonscription, iris.circonscription(q.circonscription)
        if row := departements().get(q.circonscription.departement):
            yield SCHEMA_CONTAINED_IN, iris.departement(row.code)
            if row.region_code:
                yield SCHEMA_CONTAINED_IN, iris.region(row.region_code)
    if q.ministere_interroge:
        yield QP.ministereInterroge, iris.ministere(q.ministere_interroge)
    if in_charge := q.ministere_attributaire:
        yield QP.ministereAttributaire, iris.ministere(in_charge)
        for name in portefeuilles_of(in_charge.noms or in_charge.libelles):
            yield ORG_CLASSIFICATION, iris.portefeuille(name)
    if q.ministere_repondant:
        yield QP.ministereRepondant, iris.ministere(q.ministere_repondant)
    if motif := q.retrait and iris.motif(q.retrait):
        yield QP.motifRetrait, motif
    for attribution in q.attributions:
        yield QP.ministere, iris.ministere(attribution.ministere)
