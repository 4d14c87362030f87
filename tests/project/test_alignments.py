"""Our terms in the words of others: every foreign IRI is one that its vocabulary has."""

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, Triple, parse
from rdflib import Graph
from rdflib import namespace as closed

from lod.base import packaged
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.release import current
from lod.rdf.ontology import ontology
from lod.rdf.serialize import read_turtle
from lod.rdf.vocab import NAMESPACE, PREFIXES, RDF, RDFS, SCHEMA, SHAPES_NAMESPACE, SKOS, term
from tests.support.paths import ROOT, site_files, template_files

OURS = "https://w3id.org/questions-parlementaires/"
EUROPE = packaged.ALIGNMENTS.with_name("eli-dl.rq")
# namespaces of which rdflib has the complete list of terms
CLOSED = {
    str(names): names
    for names in (closed.ORG, closed.PROV, closed.SKOS, closed.DCTERMS, closed.FOAF, closed.SDO,
                  closed.DCAT, closed.VOID, closed.QB, closed.OWL, closed.RDFS, closed.RDF,
                  closed.XSD, closed.SH, closed.VANN)
}  # fmt: skip
ELI = "http://data.europa.eu/eli/ontology#"
ELI_DL = "http://data.europa.eu/eli/eli-draft-legislation-ontology#"
# The other foreign terms, and how each is known: « o », read in the vocabulary's own ontology or a
# list made of it; « u », seen in use by its publisher only: the European Parliament's data and
# shapes of its questions, the roles and types of the Publications Office. Section 6 of the model.
OTHERS = {
    ELI: {"Work": "o", "work_type": "o", "is_about": "o", "date_publication": "o", "corrects": "o"},
    ELI_DL: {
        "Activity": "u", "ParliamentaryTerm": "u", "Participation": "u",
        "answers_to": "u", "created_a_realization_of": "u", "had_participant_organization": "u",
        "had_participant_person": "u", "had_participation": "u", "parliamentary_term": "u",
        "participation_role": "u",
    },
    "http://parliament.uk/ontologies/question-and-answer/": {
        "ParliamentaryQuestion": "o", "Answer": "o", "AnsweringBodyAllocation": "o",
        "Transferral": "o", "allocation": "o", "allocatedTo": "o", "answeringBody": "o",
        "pursuantTo": "o", "questionText": "o", "answerText": "o",
    },
    "http://dati.camera.it/ocd/": {"aic": "o", "rispostaAIC": "o"},
    "http://publications.europa.eu/resource/authority/resource-type/": {
        "QUEST_WRITTEN": "o", "QUEST_ORAL": "o", "QUEST_TIME": "o",
    },
    "http://publications.europa.eu/resource/authority/role/": {"AUT": "u", "ADDRESSEE": "u"},
    "https://creativecommons.org/publicdomain/zero/1.0/": {"": "o"},
}  # fmt: skip
LISTED = {space + name for space, names in OTHERS.items() for name in names}
# in DCAT 3, of which rdflib 7.6 has the list of version 2
NEWER = {
    f"http://www.w3.org/ns/dcat#{name}" for name in ("version", "hasVersion", "previousVersion")
}
# without a list of terms, and named elsewhere than in the alignments
OPEN = {
    "http://spdx.org/rdf/terms#", "http://www.w3.org/2006/vcard/ns#",
    "http://eurovoc.europa.eu/",
    "http://www.wikidata.org/entity/",
    "http://www.wikidata.org/prop/direct/",
    "http://www.w3.org/ns/entailment/", "https://www.w3.org/TR/", "http://purl.org/adms/",
    "http://publications.europa.eu/resource/authority/", "https://data.assemblee-nationale.fr/",
}  # fmt: skip
# properties that make an eli:Work of all that has them: only a question or an answer may
MAKE_A_WORK = {f"{ELI}work_type", f"{ELI}is_about"}
AXIOMS = {
    "rdfs:subClassOf": 8, "rdfs:subPropertyOf": 15, "rdfs:seeAlso": 12, "owl:inverseOf": 1,
    "skos:closeMatch": 3,
}  # fmt: skip


def alignments() -> list[Triple]:
    return read_turtle(packaged.ALIGNMENTS)


def texts() -> list[Path]:
    found = [
        *(path for path in packaged.ONTOLOGY.rglob("*") if path.is_file()),
        *packaged.shapes(),
        *site_files("queries", "*.rq"),
    ]
    found += [*template_files("*.ttl"), ROOT / "lod/server/routes/service_description.ttl"]
    assert len(found) >= 36
    return found


def declared(text: str) -> dict[str, str]:
    """Prefix → namespace, as a text declares them; templates take theirs from `vocab.py`."""
    return PREFIXES | dict(re.findall(r"(?i)@?prefix ([\w-]+): *<([^>{]+)>", text))


def named(path: Path) -> Iterator[str]:
    """Every IRI that a text names, in full or with a prefix, comments included."""
    text = path.read_text("utf-8")
    prefixes = declared(text)
    yield from re.findall(r"<(https?://[^>\s{}]+)>", text)
    for prefix, local in re.findall(r"(?<![\w:/#.-])([a-z][\w-]*):([A-Za-z][\w-]*)", text):
        if prefix in prefixes:
            yield prefixes[prefix] + local
    for prefix, local in re.findall(r"prefixes\.(\w+) }}(\w+)", text):
        yield prefixes[prefix] + local


def test_every_term_of_a_closed_namespace_exists() -> None:
    unknown = {
        (path.name, iri)
        for path in texts()
        for iri in named(path)
        for space, names in CLOSED.items()
        if iri.startswith(space) and iri != space and iri not in NEWER
        if iri.removeprefix(space) not in names
    }
    assert not unknown


def test_every_namespace_is_listed() -> None:
    server = {"http://www.w3.org/ns/formats/", PREFIXES["sd"], PREFIXES["void-ext"]}
    streams = {PREFIXES[name] for name in ("as", "ldes", "tree")}
    listed = (OURS, *CLOSED, *OTHERS, *OPEN, *server, *streams)
    for path in texts():
        text = path.read_text("utf-8")
        assert {*declared(text).values()} <= {NAMESPACE, SHAPES_NAMESPACE, *listed}, path
        iris = re.findall(r"<(https?://[^>\s{}]+)>", text)
        assert [iri for iri in iris if not iri.startswith(listed)] == [], path
    # with schema.org by http nothing of ours would join
    assert not [p for p in template_files() if "http://schema.org" in p.read_text("utf-8")]


def test_of_vocabularies_without_a_list_few_terms_are_used() -> None:
    """The datatype of objects, by its two names in void-ext 1.0.0; that of ActivityStreams 2.0."""
    paths = (ROOT / "lod/publish/history.py", packaged.SHAPES / "description/changement.ttl")
    used = {iri for path in (*template_files("*.ttl"), *paths) for iri in named(path)}
    for name, terms in (
        ("void-ext", {"datatype", "datatypePartition"}), ("as", {"Activity"}),
        ("ldes", set()), ("tree", set()),
    ):  # fmt: skip
        space = PREFIXES[name]
        assert {i.removeprefix(space) for i in used if i.startswith(space)} - {""} == terms


def test_every_other_foreign_term_was_seen() -> None:
    """A foreign IRI of alignments and European form is in a closed namespace or on the list."""
    used = {iri for path in (packaged.ALIGNMENTS, EUROPE) for iri in named(path)}
    used = {iri for iri in used if not iri.startswith((OURS, *CLOSED)) and iri not in OTHERS}
    assert used == LISTED - OTHERS.keys()
    assert {grade for names in OTHERS.values() for grade in names.values()} == {"o", "u"}


def test_the_axioms_are_those_of_the_model() -> None:
    """None vanishes unseen, and each is about a term that we have."""
    ours = {t.subject.value for t in ontology() if isinstance(t.subject, NamedNode)}
    counted: Counter[str] = Counter()
    names = {term(name): name for name in AXIOMS}
    for t in alignments():
        if isinstance(t.subject, NamedNode) and t.subject.value.startswith(NAMESPACE):
            assert t.subject.value in ours
            assert isinstance(t.object, NamedNode) and not t.object.value.startswith(OURS)
            counted[names[t.predicate]] += 1
    assert counted == AXIOMS


def test_the_core_has_no_axiom_about_foreign_terms() -> None:
    """All of them are in the file of alignments, which the store does not load."""
    for t in ontology():
        local = re.split("[#/]", t.predicate.value)[-1]
        if re.match("sub(Class|Property)Of|inverseOf|equivalent|disjoint|.*Match$|sameAs", local):
            for node in (t.subject, t.object):
                assert isinstance(node, NamedNode) and node.value.startswith(NAMESPACE), t


def test_only_questions_and_answers_become_works() -> None:
    """A super-property with the domain eli:Work stands on no property of other things."""
    places: dict[str, set[str]] = {}
    for t in ontology():
        if t.predicate in (RDFS.domain, SCHEMA.domainIncludes):
            places.setdefault(str(t.subject), set()).add(t.object.value)  # type: ignore[union-attr]
    works = {f"{NAMESPACE}Question", f"{NAMESPACE}Reponse"}
    for t in alignments():
        if t.predicate == RDFS.subPropertyOf and t.object.value in MAKE_A_WORK:  # type: ignore[union-attr]
            assert places[str(t.subject)] <= works, t


def test_nothing_in_the_alignments_is_unnamed() -> None:
    """No blank node, no foreign IRI without its label in English, no term labelled twice."""
    foreign = [t for t in alignments() if not str(t.subject).startswith(f"<{OURS}alignements")]
    labels = Counter(t.subject for t in foreign if t.predicate == RDFS.label)
    assert set(labels.values()) == {1}
    assert not [t for t in alignments() if BlankNode in (type(t.subject), type(t.object))]
    for t in foreign:
        if t.predicate == RDFS.label:
            assert isinstance(t.object, Literal) and t.object.language == "en"
        for node in (t.subject, t.object):
            if isinstance(node, NamedNode) and t.predicate != RDF.type:
                assert node.value.startswith(OURS) or node in labels, node


def test_the_european_form_is_the_same_on_two_engines(vies: Path) -> None:
    """Of every kind of question, each with its author, in listed terms, without a blank node."""
    dump = current(vies) / "dumps" / "questions.nt.gz"
    data = gzip.decompress(dump.read_bytes())
    theirs = Graph().parse(data=data, format="nt").query(EUROPE.read_text("utf-8")).graph
    assert theirs is not None
    triples, ours = {f"{s.n3()} {p.n3()} {o.n3()}" for s, p, o in theirs}, made(data, EUROPE)
    assert {str(t) for t in ours} == triples and len(triples) > 500
    assert not any(isinstance(x, BlankNode) for t in ours for x in (t.subject, t.object))
    kinds = {t.object.value for t in ours if t.predicate == RDF.type}
    terms = kinds | {t.predicate.value for t in ours if t.predicate != RDF.type}
    assert terms <= LISTED and kinds == {
        f"{ELI}Work",
        *(f"{ELI_DL}{k}" for k in ("Activity", "ParliamentaryTerm", "Participation")),
    }
    authors = {str(t.subject) for t in ours if t.predicate.value.endswith("participant_person")}
    assert all(author.endswith("#participation-auteur>") for author in authors)
    assert len(authors) == PublishedQuestions(current(vies)).count() - 1  # one has no author


def view(release: Path, name: str) -> Iterator[Triple]:
    data = gzip.decompress((current(release) / f"dumps/{name}.nt.gz").read_bytes())
    return (quad.triple for quad in parse(data, format=RdfFormat.N_TRIPLES))


def test_the_form_of_schema_org_has_every_question_in_terms_that_exist(vies: Path) -> None:
    triples = [*view(vies, "schema-org")]
    kinds = [t.object for t in triples if t.predicate == RDF.type]
    assert kinds.count(SCHEMA.Question) == PublishedQuestions(current(vies)).count()
    assert {*kinds} == {SCHEMA.Question, SCHEMA.Answer, SCHEMA.Person, SCHEMA.DefinedTerm}
    used = {*kinds, *(t.predicate for t in triples)} - {RDF.type}
    assert all(term.value in closed.SDO for term in used)


@pytest.mark.parametrize("path", packaged.views(), ids=lambda path: path.stem)
def test_a_view_is_what_its_query_makes_of_all_data(vies: Path, path: Path) -> None:
    """It is written some questions at a time, with the properties alone that its query names."""
    data = gzip.decompress((current(vies) / "dumps" / "questions.nt.gz").read_bytes())
    whole = made(data, path)
    assert {*view(vies, path.stem)} == whole and len(whole) > 300


def made(data: bytes, view: Path) -> set[Triple]:
    """In a function of its own: rdflib's errors keep frames, and with them this engine's result."""
    store = Store()
    store.bulk_load(data, RdfFormat.N_TRIPLES)
    return set(store.query(view.read_text("utf-8")))  # type: ignore[arg-type]


def test_both_files_match_the_types_alike() -> None:
    pairs = re.findall(r"\(qp:(type-\w+) res-type:(\w+)\)", EUROPE.read_text("utf-8"))
    matched = {
        (t.subject.value.removeprefix(NAMESPACE), t.object.value.rpartition("/")[2])
        for t in alignments()
        if t.predicate == SKOS.closeMatch
        and isinstance(t.subject, NamedNode)
        and isinstance(t.object, NamedNode)
    }
    assert set(pairs) == matched
