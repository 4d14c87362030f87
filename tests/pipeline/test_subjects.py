"""What a question is about is what its triples say."""

from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from lod.pipeline.questions.question_memo import subjects
from lod.pipeline.settling.convert import Accepted
from lod.rdf.iris import Iris
from lod.rdf.vocab import ORG, QP, SCHEMA


def stated(triples: list[Triple], s: NamedNode, role: NamedNode) -> Iterator[object]:
    """The objects of a role: of the question itself, or of what it leads to."""
    path = {
        QP.ministere: QP.attribution,
        ORG.classification: QP.ministereAttributaire,
        SCHEMA.containedInPlace: QP.circonscription,
    }.get(role)
    nodes = {t.object for t in triples if (t.subject, t.predicate) == (s, path)} if path else {s}
    if role == SCHEMA.containedInPlace:  # the region too
        nodes |= {t.object for t in triples if t.subject in nodes and t.predicate == role}
    return (t.object for t in triples if t.subject in nodes and t.predicate == role)


def test_each_role_leads_to_what_the_triples_state(publie: Accepted, iris: Iris) -> None:
    """No subject more and none less, of the richest case."""
    triples, found = list(publie.triples()), list(subjects(publie.question, iris))
    roles = {role for role, _ in found}
    assert len(found) == len(set(found)) and len(roles) >= 8
    for role in roles:
        expected = set(stated(triples, iris.question(publie.question.uid), role))
        assert {iri for own, iri in found if own == role} == expected
