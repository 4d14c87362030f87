"""A small, fixed sample of the mutants of `make mutate`; and that a survivor would be seen."""

import re
import subprocess
import sys

from rdflib.namespace import RDF, SH

from lod.pipeline.validation.pyshacl_engine import shapes_as_published
from tests.support import mutations
from tests.support.paths import ROOT
from tests.support.patience import HANG


def test_a_sample_of_mutants_is_killed() -> None:
    """Each of seventy-five; in a program of its own, since it forks."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.mutations", "--every", "75"],
        cwd=ROOT, capture_output=True, text=True, timeout=HANG,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    [shapes, names] = re.findall(r": (\d+) killed, 0 survived", done.stdout)
    assert int(shapes) >= 7 and int(names) >= 15


def test_what_nobody_misses_survives() -> None:
    """The judge of constraints does not call everything killed."""
    shapes = shapes_as_published()
    [harmless, *_] = sorted(shapes.triples((None, RDF.type, SH.PropertyShape)))
    assert mutations.removal_survives(harmless)  # type: ignore[arg-type]  # IRIs all


def test_renames_are_found_in_every_kind_of_place() -> None:
    """Ontology, context, code, shapes, queries, templates; each mutant is one occurrence."""
    found = list(mutations.renames())
    assert len(found) == len(set(found)) > 1000
    places = {"ontology/qp.ttl", "ontology/alignements.ttl", "ontology/eli-dl.rq",
              "ontology/context.jsonld", "lod/rdf/deadlines.py",
              "lod/pipeline/mapping/question_triples.py", "shapes/question.ttl",
              "site/queries/types.rq", "site/templates/void.ttl"}  # fmt: skip
    assert places <= {mutant.path for mutant in found}
