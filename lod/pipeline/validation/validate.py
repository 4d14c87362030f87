"""Validation of triples against the shapes, by the engine of one's choice."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version

from pyoxigraph import Triple

from lod.pipeline.validation.shapes import FAST, REFERENCE, Result, count_focus_nodes
from lod.rdf.serialize import ntriples

ENGINES = (REFERENCE, FAST)


@dataclass(frozen=True, slots=True)
class Validation:
    """The outcome of one run."""

    results: list[Result]
    focus_nodes: dict[str, Counter[str]]  # document → shape → nodes it was applied to


def validate(triples: Iterable[Triple], engine: str = REFERENCE, nt: bytes = b"") -> Validation:
    """Return all results, which do not depend on the engine, and the focus nodes.

    Give some hundred questions at a time. `nt` are the same triples as N-Triples, if they exist
    already. Raises LodError if the engine fails.
    """
    triples = list(triples)
    nt = nt or ntriples(triples)
    return Validation(_results(triples, engine, nt), count_focus_nodes(nt))


def _results(triples: list[Triple], engine: str, nt: bytes) -> list[Result]:
    """Return the results of an engine, which is imported only here."""
    if engine == REFERENCE:
        from lod.pipeline.validation import pyshacl_engine

        return pyshacl_engine.violations(triples)
    from lod.pipeline.validation import rust_engine

    return rust_engine.violations(triples, nt)


def versions(engine: str) -> dict[str, str]:
    """Return package → version, of all that takes part in a validation by the engine."""
    return {name: version(name) for name in dict.fromkeys((engine, REFERENCE))}
