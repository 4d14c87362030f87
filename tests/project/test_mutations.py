"""A small, fixed sample of the mutants of `make mutate`; and that a survivor would be seen."""

from rdflib.namespace import RDF, SH

from lod.pipeline.validation.pyshacl_engine import shapes_as_published
from tests.support.mutations import removal_survives, survivors


def test_a_sample_of_mutants_is_killed() -> None:
    total, names = survivors(every=75)
    assert total >= 12 and names == []


def test_what_nobody_misses_survives() -> None:
    """The judge of constraints does not call everything killed."""
    shapes = shapes_as_published()
    [harmless, *_] = sorted(shapes.triples((None, RDF.type, SH.PropertyShape)))
    assert removal_survives(harmless)  # type: ignore[arg-type]  # IRIs all
