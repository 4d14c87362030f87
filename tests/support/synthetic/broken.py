"""Triples that went wrong at random: seeded, so that each constraint fires sooner or later.

One thing is left out: where a shape compares two dates, none is ill-formed, and no number NaN.
There pySHACL 0.40.1 itself fails (TypeError, InvalidOperation), and says nothing to compare with.
"""

from collections.abc import Sequence
from functools import cache
from random import Random

from pyoxigraph import Literal, NamedNode, Triple
from rdflib import Literal as RdfLiteral
from rdflib import URIRef
from rdflib.namespace import SH

from lod.pipeline.validation.pyshacl_engine import shapes_as_published
from lod.rdf.ontology import ontology
from lod.rdf.vocab import NAMESPACE, RDF

XSD = "http://www.w3.org/2001/XMLSchema#"
ELSEWHERE = "http://localhost:8000/ailleurs"
# lexical forms that engines are apt to take differently, by datatype
LEXICAL = {
    "date": ("2021-02-03", "1789-07-14", "2100-01-01", "2021-02-30", "2021-13-01", "2021-02-03Z",
             "2021-02-03+02:00", "-0044-03-15", "12021-02-03", " 2021-02-03 ", "2021-2-3", ""),
    "dateTime": ("2021-02-03T00:00:00", "2021-02-03T00:00:00Z", "2021-02-03"),
    "gYear": ("2021", "9999"),
    "integer": ("0", "1", "-1", "+5", "007", "1.0", "1e3", "", "9" * 30, " 3 ", "٣"),
    "int": ("7", "9" * 30),
    "decimal": ("-1.0", "1.50", "0", ".5", "1,5", "1e3"),
    "double": ("1e3", "NaN", "-INF", "0"),
    "boolean": ("true", "1", "oui"),
    "string": ("", "x", "abc\n", "2A", "١٢", "e\u0301", "a" * 64, "text/html", "2021-02-03",
               "https://www.legifrance.gouv.fr/eli/loi/2021/2/3/2021-1/jo/texte\n"),
    "inconnu": ("x",),
}  # fmt: skip
LANGUAGES = ("fr", "en", "FR", "fr-FR", "fr-be", "frx", "de")
IRIS = (ELSEWHERE, f"{ELSEWHERE}#a", "urn:x:y", f"{NAMESPACE}type-QE", f"{NAMESPACE}inconnu")

LITERALS = (
    *(Literal(text, datatype=NamedNode(XSD + name)) for name, texts in LEXICAL.items()
      for text in texts),
    *(Literal(text, language=language) for language in LANGUAGES for text in ("x", "")),
)  # fmt: skip
INCONNU = NamedNode(f"{NAMESPACE}inconnu")
NODES = tuple(map(NamedNode, IRIS))
CLASSES = tuple(
    t.subject
    for t in ontology()
    if t.predicate == RDF.type and str(t.object).endswith("owl#Class>")
)


@cache
def compared() -> set[NamedNode]:
    """The properties whose values shapes compare; to read all shapes takes a moment."""
    shapes = shapes_as_published()
    return {
        NamedNode(str(path))
        for shape, other in shapes.subject_objects(SH.lessThanOrEquals)
        for path in (other, shapes.value(shape, SH.path))
    }


def break_some(triples: Sequence[Triple], rng: Random, share: float) -> list[Triple]:
    """Return the triples with that share of them changed, doubled or taken away."""
    made: list[Triple] = []
    predicates = sorted({t.predicate for t in triples}, key=str)
    for triple in triples:
        made += _broken(triple, rng, predicates) if rng.random() < share else [triple]
    return made


def _broken(triple: Triple, rng: Random, predicates: Sequence[NamedNode]) -> list[Triple]:
    subject, predicate, target = triple
    other = rng.choice(CLASSES if predicate == RDF.type and rng.random() < 0.8
                       else rng.choice((LITERALS, LITERALS, LITERALS, NODES)))  # fmt: skip
    if isinstance(target, Literal) and rng.random() < 0.3:  # the same text as something else
        other = rng.choice((
            Literal(target.value, language=rng.choice(LANGUAGES)),
            Literal(target.value, datatype=NamedNode(XSD + rng.choice(list(LEXICAL)))),
        ))  # fmt: skip
    if predicate in compared() and not _comparable(other):
        return []
    match rng.randrange(5):
        case 0:
            return []
        case 1:
            return [triple, Triple(subject, predicate, other)]
        case 2:
            return [triple, Triple(subject, rng.choice(predicates), target)]
        case 3 if rng.random() < 0.2:
            return [triple, Triple(subject, INCONNU, other)]
        case _:
            return [Triple(subject, predicate, other)]


def _comparable(target: NamedNode | Literal) -> bool:
    if isinstance(target, NamedNode) or target.language:
        return True
    read = RdfLiteral(target.value, datatype=URIRef(target.datatype.value))
    return not read.ill_typed and target.value != "NaN"
