"""The page of a question as it is made on request: in other languages than that of the build.

It is made of what a release keeps of the question, and of what its store says of others.
"""

from pyoxigraph import NamedNode, Triple

from lod.pipeline.question_db import PublishedQuestions, StoredQuestion
from lod.publish.publication import CrossReferences, NamedList, Publication
from lod.publish.query_catalogue import Construct, api_query, bind
from lod.rdf.iris import Iris
from lod.rdf.vocab import QP, RDFS_LABEL
from lod.website.documents import neighbours_in, neighbours_of, question_documents


def question_on_request(
    stored: StoredQuestion,
    questions: PublishedQuestions,
    publication: Publication,
    construct: Construct,
) -> bytes:
    """Return the page of a question in the language of the moment."""
    around = questions.questions(stored.rank - 1, stored.rank + 1)
    near = neighbours_of(stored, {one.rank: one.uid for one in around})
    references = references_of(stored, Iris(publication.base), construct)
    [html] = question_documents([(stored, near)], publication, references)
    return html


def references_of(stored: StoredQuestion, iris: Iris, construct: Construct) -> CrossReferences:
    """Return what the page tells of other resources, as the store says it."""
    question = iris.question(stored.uid)
    text = bind(api_query("autour"), "chose", *_named_things(stored, iris))
    found = list(construct(bind(text, "entite", question)))
    names = {_iri(t): t for t in found if t.predicate == RDFS_LABEL}
    recalls = [t for t in found if t.predicate == QP.rappelle and t.subject == question]
    recalling = [t for t in found if t.predicate == QP.rappelle and t.object == question]
    serving = [t for t in found if t.predicate == QP.reponse]
    common = [t for t in found if t.predicate == QP.texteCompare]
    return CrossReferences(
        names,
        {iri: those for iri, those in _lists(serving, names).items() if len(those) > 1},
        {t.object.value: [] for t in recalls} | _lists(recalling, names),  # type: ignore[union-attr]  # both are IRIs
        _lists(common, names),
    )


def _named_things(stored: StoredQuestion, iris: Iris) -> list[NamedNode]:
    """Return what the page calls by its name, in order: what the triples of the question lead to,
    and the ministers.
    """
    q = stored.question
    [own] = (text.nt for text in stored.texts if text.iri == iris.question(q.uid).value)
    ministries = (q.ministere_interroge, *(a.ministere for a in q.attributions))
    people = {one.ministre for one in (*ministries, *q.reponses) if one and one.ministre}
    things = {*map(NamedNode, neighbours_in(own)), *(iris.reference(*one) for one in people)}
    return sorted(things, key=str)


def _lists(links: list[Triple], names: dict[str, Triple]) -> dict[str, NamedList]:
    """Return object → its subjects with their names, by name."""
    found: dict[str, NamedList] = {}
    for link in links:
        iri = _iri(link)
        found.setdefault(link.object.value, []).append((iri, names[iri].object.value))  # type: ignore[union-attr]  # both are IRIs
    return {iri: sorted(those, key=lambda one: one[::-1]) for iri, those in found.items()}


def _iri(triple: Triple) -> str:
    assert isinstance(triple.subject, NamedNode), "no blank node is ever made"
    return triple.subject.value
