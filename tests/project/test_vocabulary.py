"""Each term is defined once, in Turtle; every other place that spells it is checked here."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple
from rdflib import namespace as closed

from lod.base import packaged
from lod.model.question import Question
from lod.pipeline.mapping.links import all_links, published_link_triples
from lod.pipeline.questions.question_memo import facts_of, subjects_of
from lod.pipeline.questions.statistics import StatisticsCounter
from lod.pipeline.report.build_report import BuildReport
from lod.pipeline.settling.convert import Accepted
from lod.pipeline.validation.pyshacl_engine import shapes_as_published
from lod.publish.changes import CHANGE_KINDS
from lod.publish.release import current
from lod.rdf import jsonld, vocab
from lod.rdf.iris import Iris
from lod.rdf.ontology import labels, ontology
from lod.rdf.serialize import read_turtle
from lod.rdf.store import open_store
from lod.rdf.vocab import (
    NAMESPACE,
    OWL,
    PREFIXES,
    QP,
    RDF,
    RDFS,
    SCHEMA,
    SHAPES_NAMESPACE,
    SKOS,
    XSD,
)
from tests.support.paths import CASES, ROOT, TESTS

# terms that no question states: the superclass is never asserted, the annotations are about
# terms, one is about datasets and one about their history
NOT_IN_RECORDS = {"Evenement", "etiquettePage", "cheminJson", "donneesAu", "changement"}
LISTS = {
    "types", "motifs", "preuves", "statuts", "regles-delai", "portefeuilles", "changements",
    "roles", "positions", "decoupages", "fonctions", "typesIntervention",
}  # fmt: skip


def said(predicate: NamedNode) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for t in ontology():
        if t.predicate == predicate and t.subject.value.startswith(NAMESPACE):
            found.setdefault(t.subject.value.removeprefix(NAMESPACE), []).append(t.object.value)
    return found


KINDS = {name: kinds[0] for name, kinds in said(RDF.type).items()}
CLASSES = {name for name, kind in KINDS.items() if kind == OWL.Class.value}
PROPERTIES = {name for name, kind in KINDS.items() if kind.endswith("Property")}
ANNOTATIONS = {name for name, kind in KINDS.items() if kind == OWL.AnnotationProperty.value}
CONCEPTS = {name for name, kind in KINDS.items() if kind.endswith("#Concept")}
# the terms that extensions add: `test_terms.py` of each has them
ADDED = {
    t.subject.value.removeprefix(NAMESPACE)  # type: ignore[union-attr]  # no blank node there
    for path in packaged.ONTOLOGY.glob("extensions/*/modules/*.ttl")
    for t in read_turtle(path)
}


def test_the_ontology_is_small() -> None:
    """A term that no source states and no query needs goes."""
    core = {t.subject.value for t in read_turtle(packaged.CORE)}
    in_core = {iri.removeprefix(NAMESPACE) for iri in core}
    assert (len(CLASSES & in_core), len(PROPERTIES & in_core)) == (8, 30)
    assert len(CLASSES - ADDED) == 23
    assert len(PROPERTIES - ADDED) == 91
    assert len(CONCEPTS - ADDED) == 51


def test_a_property_has_the_name_of_a_class_where_it_leads_to_it() -> None:
    """Two terms differ by case alone only as `org:organization` and `org:Organization` do."""
    ranges = said(RDFS.range)
    by_case = {c.lower(): c for c in CLASSES}
    alike = {p: by_case[p.lower()] for p in PROPERTIES if p.lower() in by_case}
    assert len(alike.keys() - ADDED) == 10
    assert all(ranges[p] == [NAMESPACE + c] for p, c in alike.items())


def test_a_misspelt_term_is_an_error() -> None:
    """The vocabulary is closed; the terms of an extension are not of the core, either."""
    for name in ("ministereInterogé", "ministereInterroge_", "__wrapped__", *ADDED):
        with pytest.raises(AttributeError):
            getattr(QP, name)


def test_a_term_of_others_is_one_of_its_vocabulary() -> None:
    """`SKOS.prefLabel` is in SKOS, as rdflib lists it; SDO is its name of schema.org."""
    used = set()
    for path in (ROOT / "lod").rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        imports = (
            n for n in nodes if isinstance(n, ast.ImportFrom) and n.module == "lod.rdf.vocab"
        )
        names = {alias.name for node in imports for alias in node.names}
        names = {n for n in names if type(getattr(vocab, n)) is vocab.Vocabulary}
        attributes = (n for n in nodes if isinstance(n, ast.Attribute))
        used |= {(n.value.id, n.attr) for n in attributes if getattr(n.value, "id", "") in names}
    assert len(used) > 60
    lists = vars(closed) | {"SCHEMA": closed.SDO}
    # in DCAT 3, of which rdflib 7.6 has the list of version 2
    newer = {("DCAT", name) for name in ("version", "hasVersion", "previousVersion")}
    assert {(name, local) for name, local in used if local not in lists[name]} == newer


def test_terms_are_named_and_explained_in_both_languages() -> None:
    for language in ("fr", "en"):
        names, meanings = labels(RDFS.label, language), labels(RDFS.comment, language)
        prefs = labels(SKOS.prefLabel, language)
        for name in CLASSES | PROPERTIES:
            assert names.get(NAMESPACE + name) and meanings.get(NAMESPACE + name), (name, language)
        for name in CONCEPTS | LISTS:
            assert prefs.get(NAMESPACE + name), (name, language)


def test_properties_say_where_they_stand() -> None:
    domains, ranges = said(RDFS.domain), said(RDFS.range)
    several, kinds = said(SCHEMA.domainIncludes), said(SCHEMA.rangeIncludes)
    for name in PROPERTIES - ANNOTATIONS - {"sha256"}:  # of a foreign class
        assert len(domains.get(name, [])) == 1 or len(several.get(name, [])) > 1, name
        assert len(ranges.get(name, [])) == 1 or len(kinds.get(name, [])) > 1, name


def test_shapes_speak_of_all_terms_and_of_no_other() -> None:
    """Paths and targets of the shapes = the terms of records."""
    shapes = shapes_as_published()
    named = {
        str(o) for p in (closed.SH.path, closed.SH.targetClass) for o in shapes.objects(None, p)
    }
    ours = {iri.removeprefix(NAMESPACE) for iri in named if iri.startswith(NAMESPACE)}
    assert ours == (CLASSES | PROPERTIES) - NOT_IN_RECORDS | {"donneesAu"}


def test_cases_use_all_terms_and_no_other(publie: Accepted) -> None:
    used = set()
    expected = [*CASES.glob("*/*/expected.ttl"), TESTS / "pipeline/directory.ttl"]
    for path in expected:
        used |= terms(read_turtle(path))
    used |= terms(published_link_triples({"http://x/depute/PA718926"}, Iris("http://x/")))
    used |= terms(statistics(publie.question)) | terms(ontology(), about=CONCEPTS)
    assert used - CONCEPTS - LISTS == (CLASSES | PROPERTIES) - NOT_IN_RECORDS - ADDED
    assert used <= set(KINDS)


def members(scheme: NamedNode) -> set[str]:
    of = (t for t in ontology() if t.predicate == SKOS.inScheme and t.object == scheme)
    return {t.subject.value.removeprefix(NAMESPACE) for t in of}


def test_concepts_that_code_names_are_those_of_their_lists() -> None:
    """The kinds of changes between releases, and the kinds of evidence for a link."""
    assert members(QP.changements) == {f"changement-{genre}" for genre in CHANGE_KINDS}
    assert members(QP.preuves) == {lien.preuve for _, lien in all_links(Iris("http://x/"))}


def terms(triples: Iterable[Triple], about: set[str] | None = None) -> set[str]:
    """The terms of ours that triples use, as property or value; `about` limits the subjects."""
    return {
        term.value.removeprefix(NAMESPACE)
        for t in triples
        if about is None or t.subject.value.removeprefix(NAMESPACE) in about
        for term in (t.predicate, t.object)
        if isinstance(term, NamedNode) and term.value.startswith(NAMESPACE)
    }


def statistics(q: Question) -> Iterator[Triple]:
    found, iris = StatisticsCounter(), Iris("http://localhost:8000/")
    subjects = subjects_of(q, iris)
    found.add(facts_of(q, iris, subjects), subjects)
    return found.triples(iris)


def test_context_has_the_properties_of_the_ontology() -> None:
    """JSON-LD names each property by its own name, coerced to its range."""
    context = jsonld.context()
    ranges = {name: values[0] for name, values in said(RDFS.range).items()}
    ours = {
        name: definition
        for name, definition in context.items()
        if isinstance(definition, dict) and definition["@id"].startswith("qp:")
    }
    assert set(ours) == PROPERTIES - ANNOTATIONS
    for name, definition in ours.items():
        assert definition == {"@id": f"qp:{name}", **coercion(KINDS[name], ranges.get(name, ""))}
    prefixes = {name: iri for name, iri in context.items() if isinstance(iri, str)}
    assert prefixes == PREFIXES


def coercion(kind: str, range_: str) -> dict[str, str]:
    if kind == OWL.ObjectProperty.value:
        return {"@type": "@id"}
    if range_ == RDF.langString.value:
        return {"@language": "fr"}
    if range_.startswith(PREFIXES["xsd"]) and range_ != XSD.string.value:
        return {"@type": "xsd:" + range_.removeprefix(PREFIXES["xsd"])}
    return {}


def test_every_example_is_published(mixture: tuple[Path, BuildReport]) -> None:
    """The example of a term is a value that a release has, or the reference data of the tests."""
    shown: dict[str, set[str]] = {}
    store = open_store(current(mixture[0]) / "store")
    annuaire = read_turtle(TESTS / "pipeline/directory.ttl")
    for t in (*store, *annuaire):
        name = t.predicate.value.removeprefix(NAMESPACE)
        if name in PROPERTIES:
            value = t.object.value.removeprefix("http://localhost:8000/")
            shown.setdefault(name, set()).add(value.replace(NAMESPACE, "qp:"))
    examples = said(SKOS.example)
    assert set(examples) == PROPERTIES - ANNOTATIONS
    del examples["changement"]  # of pages of changes, which a first release has not
    for name, (example,) in examples.items():
        assert example in shown[name], (name, example)


@pytest.mark.slow
def test_only_vocab_spells_a_namespace() -> None:
    """No other module holds the text of a namespace; a prefix has one namespace everywhere."""
    for path in (ROOT / "lod").rglob("*.py"):
        if path.name == "vocab.py":
            continue
        strings = [
            node.value
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        for namespace in (*PREFIXES.values(), SHAPES_NAMESPACE):
            assert not any(namespace in text for text in strings), (path, namespace)
    for path in [*(ROOT / "site").rglob("*.rq"), *packaged.shapes()]:
        for prefix, iri in re.findall(r"(?i)@?prefix (\w+): *<([^>]+)>", path.read_text("utf-8")):
            assert {**PREFIXES, "qs": SHAPES_NAMESPACE}[prefix] == iri, path


def test_annotations_are_texts_of_the_sources() -> None:
    """A page label is French, a JSON path has no language."""
    for t in ontology():
        if t.predicate == QP.etiquettePage:
            assert isinstance(t.object, Literal) and t.object.language == "fr"
        if t.predicate == QP.cheminJson:
            assert isinstance(t.object, Literal) and t.object.language is None
