"""The published quality reports: results of SHACL as RDF, remarks and rejections as rows of CSV."""

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
    """Return a row for each reason why a record is rejected; its bytes are in the file `name`."""
    return b"".join(csv_line((name, r.name, r.line, r.wrong, r.remedy)) for r in rejection.reasons)


def remark_row(remark: Remark) -> bytes:
    """Return the row of one remark."""
    return csv_line((remark.name, remark.line, remark.wrong, remark.remedy))


def validate_described(
    described: Iterable[Triple], published: tuple[str, ...], engine: str
) -> tuple[list[Result], Counter[str]]:
    """Return the results about what is no question, and shape → focus nodes below the addresses
    `published`: others may be of the ontology, which is validated along.

    Raises LodError for a violation: it comes from a table, so that no record can be rejected.
    """
    validation, focus_nodes = validate(described, engine), Counter[str]()
    for result in validation.results:
        if result.severity == "Violation":
            raise LodError(f"{result.focus}: {result.message_en}")
    for document, counted in validation.focus_nodes.items():
        if f"{document}#".startswith(published):
            focus_nodes.update(counted)
    return validation.results, focus_nodes


def head(base: str, conforms: bool, focus_nodes: Mapping[str, int]) -> Iterator[Triple]:
    """Yield the node of the whole report, and the number of focus nodes of each shape.

    `conforms` must be true only without any result.
    """
    report = NamedNode(f"{base}qualite#rapport")
    yield Triple(report, RDF_TYPE, term("sh:ValidationReport"))
    yield Triple(report, RDFS_LABEL, fr("Rapport de validation SHACL"))
    yield Triple(report, term("sh:conforms"), boolean(conforms))
    for shape, number in sorted(focus_nodes.items()):
        yield Triple(NamedNode(shape), term("void:entities"), integer(number))


def triples(result: Result, base: str, number: int | str) -> Iterator[Triple]:
    """Yield one result in the terms of SHACL; `number` names its node, below the quality page."""
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
