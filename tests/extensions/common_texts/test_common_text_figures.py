"""What the guide says of how right common texts are is what the evaluation gives."""

import pytest

from lod.base import packaged
from lod.extensions.common_texts.comparison import SHARE
from tests.extensions.common_texts import evaluation

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
