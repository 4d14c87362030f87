"""The guide tells the figures of the evaluation; real pairs are judged as a reader does."""

from pathlib import Path

import pytest

from lod.base import packaged
from lod.base.inputs import records
from lod.base.tabular import rows
from lod.extensions.common_texts.comparison import SHARE, compare, compared
from lod.extensions.common_texts.texts import texts_of
from lod.extensions.common_texts.words import words_of
from lod.pipeline.reading.intake import RecordReader, read_again, read_records
from lod.rdf.iris import Iris
from tests.extensions.common_texts import evaluation
from tests.support.paths import BASE, REAL

pytestmark = pytest.mark.slow
RECALL = 0.95


def test_the_guide_tells_the_figures_of_the_evaluation() -> None:
    guide = packaged.SITE / "extensions/common_texts/pages/guide-textes-communs.md"
    told = guide.read_text("utf-8").replace("\u00a0", " ")
    judged = evaluation.judged_pairs(evaluation.PAIRS)
    assert evaluation.chosen(judged) == SHARE
    found = evaluation.rates(one for one in judged if one.part == 1)
    joint = evaluation.joint_recall(evaluation.JOINT)
    assert found.precision >= evaluation.PRECISION and joint.recall >= RECALL
    for line in evaluation.table(judged):
        assert line in told
    figures = (f"{100 * rate:.1f} %".replace(".", ",") for rate in (found.precision, found.recall))
    assert "précision {}, rappel {}".format(*figures) in told
    assert f"{joint.right} retrouvées sur {evaluation.JOINT}" in told


@pytest.mark.shared
def test_real_pairs_are_judged_as_a_reader_does() -> None:
    texts = {}
    for _, one in read_records(records([REAL]), RecordReader(), 1):
        if not one.reasons and (reading := read_again(one).reading):
            for head, text in texts_of(reading.question, Iris(BASE)):
                texts[head.iri.rpartition("/")[2]] = text
    pairs = [*rows(Path(__file__).with_name("paires-reelles.csv"))]
    for row in pairs:
        found = compare(*compared([words_of(texts[row[name]]) for name in ("un", "autre")]))
        assert found.is_common == (row["commun"] == "oui"), row
    assert len(pairs) > 10
