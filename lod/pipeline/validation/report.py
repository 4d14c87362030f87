"""What is told of quality: the report of SHACL in the W3C's terms, rows of remarks and reasons."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Triple

from lod.base.errors import LodError
from lod.base.tabular import csv_line
from lod.pipeline.findings import Rejection, Remark
from lod.pipeline.validation.validate import Result, validate
from lod.rdf.vocab import RDF_TYPE, RDFS_LABEL, boolean, fr, integer, term

REASONS_HEAD = csv_line(("fichier", "source", "ligne", "motif", "remede"))
REMARKS_HEAD = csv_line(("source", "ligne", "remarque", "remede"))


def reason_rows(name: str, rejection: Rejection) -> bytes:
    """Return the rows that say why a record is refused; `name` is that of its bytes."""
    return b"".join(csv_line((name, m.name, m.line, m.wrong, m.remedy)) for m in rejection.reasons)


def remark_row(said: Remark) -> bytes:
    """Return the row of one remark."""
    return csv_line((said.name, said.line, said.wrong, said.remedy))


def validate_described(
    described: Iterable[Triple], base: str, engine: str
) -> tuple[list[Result], Counter[str]]:
    """Return the results about what belongs to no record, and how many nodes each shape looked at.

    Raises LodError: what is refused now is a table, not a record.
    """
    validation, focus_nodes = validate(described, engine), Counter[str]()
    for result in validation.results:
        if result.severity == "Violation":
            raise LodError(f"{result.focus}: {result.message_en}")
    for document, counted in validation.focus_nodes.items():
        if document.startswith(base):  # the ontology is not counted
            focus_nodes.update(counted)
    return validation.results, focus_nodes


def head(base: str, conforms: bool, focus_nodes: Mapping[str, int]) -> Iterator[Triple]:
    """Yield what the report says as a whole, and how many nodes each shape looked at.

    It conforms only without any result.
    """
    report = NamedNode(f"{base}qualite#rapport")
    yield Triple(report, RDF_TYPE, term("sh:ValidationReport"))
    yield Triple(report, RDFS_LABEL, fr("Rapport de validation SHACL"))
    yield Triple(report, term("sh:conforms"), boolean(conforms))
    for shape, number in sorted(focus_nodes.items()):
        yield Triple(NamedNode(shape), term("void:entities"), integer(number))


def triples(result: Result, base: str, number: int | str) -> Iterator[Triple]:
    """Yield one result in the W3C's terms; nodes are fragments of the quality page."""
    node = NamedNode(f"{base}qualite#resultat-{number}")
    yield Triple(NamedNode(f"{base}qualite#rapport"), term("sh:result"), node)
    yield Triple(node, RDF_TYPE, term("sh:ValidationResult"))
    yield Triple(node, RDFS_LABEL, fr(result.message_fr))
    yield Triple(node, term("sh:focusNode"), NamedNode(result.focus))
    if result.path:
        yield Triple(node, term("sh:resultPath"), NamedNode(result.path))
    yield Triple(node, term("sh:resultSeverity"), term(f"sh:{result.severity}"))
    yield Triple(node, term("sh:sourceShape"), NamedNode(result.shape))
    yield Triple(node, term("sh:sourceConstraintComponent"), term(f"sh:{result.component}"))
    for message, language in ((result.message_fr, "fr"), (result.message_en, "en")):
        yield Triple(node, term("sh:resultMessage"), Literal(message, language=language))
