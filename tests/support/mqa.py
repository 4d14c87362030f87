"""A judge of DCAT by the published rules of the metadata quality dashboard of data.europa.eu.

`mqa.csv` has them, one a row: how many points of 405, and what for. What is assumed, because the
methodology does not say it or nobody here can ask the portal, stands in its last column.
Methodology: https://dataeuropa.gitlab.io/data-provider-manual/metadata-quality-dashboard/
"""

from collections.abc import Callable, Collection
from fractions import Fraction
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.namespace import DCAT, RDF

from lod.base.tabular import rows
from lod.rdf.jsonld import expand

RULES = Path(__file__).with_suffix(".csv")
AUTHORITY = "http://publications.europa.eu/resource/authority/"
VOCABULARIES = (
    f"{AUTHORITY}file-type/",
    f"{AUTHORITY}licence/",
    f"{AUTHORITY}access-right/",
    "https://www.iana.org/assignments/media-types/",
)
# codes of the formats that we have; the portal publishes its lists: Parquet is in neither
NON_PROPRIETARY = {"CSV", "JSON", "TXT", "RDF_TURTLE", "RDF_N_TRIPLES", "RDF_N_QUADS"}
MACHINE_READABLE = {*NON_PROPRIETARY, "BIN"}
Scores = dict[str, dict[str, Fraction]]  # dataset → indicator → points


def judged(
    dcat: Graph, answers: Callable[[str], bool], non_conforming: Collection[str] = ()
) -> Scores:
    """Return the points of each dataset; of its distributions, the share that passes counts.

    `answers` says whether an address does; `non_conforming` are nodes with a SHACL violation.
    """
    scores: Scores = {}
    for dataset in sorted(dcat.subjects(RDF.type, DCAT.Dataset)):
        parts = list(dcat.objects(dataset, DCAT.distribution))
        scores[str(dataset)] = points = {}
        for rule in rows(RULES):
            nodes = parts if rule["on"] == "distribution" else [dataset]
            passing = sum(_passes(dcat, node, rule, answers, non_conforming) for node in nodes)
            points[rule["indicator"]] = int(rule["points"]) * Fraction(passing, len(nodes))
    return scores


def _passes(
    dcat: Graph,
    node: object,
    rule: dict[str, str],
    answers: Callable[[str], bool],
    non_conforming: Collection[str],
) -> bool:
    if rule["test"] == "conforms":
        parts = {node, *dcat.objects(node, DCAT.distribution)}  # type: ignore[arg-type]
        return not any(str(part) in non_conforming for part in parts)
    terms = [URIRef(expand(name)) for name in rule["property"].split()]
    values = [str(value) for term in terms for value in dcat.objects(node, term)]  # type: ignore[arg-type]
    tests: dict[str, Callable[[str], bool]] = {
        "there": bool,
        "answers": answers,
        "vocabulary": lambda value: value.startswith(VOCABULARIES),
        "non-proprietary": lambda value: value.rpartition("/")[2] in NON_PROPRIETARY,
        "machine-readable": lambda value: value.rpartition("/")[2] in MACHINE_READABLE,
    }
    return len(values) >= len(terms) and all(map(tests[rule["test"]], values))


def mean(scores: Scores) -> float:
    return float(sum(sum(points.values()) for points in scores.values()) / len(scores))


def report(scores: Scores) -> str:
    """Return a line a dataset, with what it lacks, and the figure of the catalogue."""
    whole = {rule["indicator"]: int(rule["points"]) for rule in rows(RULES)}
    lines = []
    for dataset, points in scores.items():
        lacks = {name: float(n - points[name]) for name, n in whole.items() if points[name] < n}
        told = ", ".join(f"{name} -{n:.3g}" for name, n in lacks.items())
        lines.append(f"{dataset.rpartition('#')[2]}: {float(sum(points.values())):.1f} ({told})")
    return "\n".join([*lines, f"MQA: {mean(scores):.1f} of {sum(whole.values())}"])
