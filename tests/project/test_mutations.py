"""What of the shapes no test counts is missed all the same, and what is harmless is not."""

from rdflib.namespace import RDF, SH

from lod.pipeline.validation.pyshacl_engine import shapes_as_published
from tests.support.mutations import removal_survives, removals, survivors


def test_a_sample_of_mutants_is_killed() -> None:
    assert len(removals(shapes_as_published())) >= 25 and survivors() == []


def test_what_nobody_misses_survives() -> None:
    shapes = shapes_as_published()
    [harmless, *_] = sorted(shapes.triples((None, RDF.type, SH.PropertyShape)))
    assert removal_survives(harmless)  # type: ignore[arg-type]  # IRIs all
