"""What the guide says of how right common texts are is what the evaluation gives."""

import pytest

from lod.base import packaged
from lod.extensions.common_texts.comparison import SHARE
from tests.extensions.common_texts.evaluation import (
    JOINT,
    PAIRS,
    PRECISION,
    chosen,
    joint_recall,
    judged_pairs,
    rates,
    table,
)

pytestmark = pytest.mark.slow
RECALL = 0.95


def test_the_guide_tells_the_figures_of_the_evaluation() -> None:
    guide = packaged.SITE / "extensions/common_texts/pages/guide-textes-communs.md"
    told = guide.read_text("utf-8").replace("\u00a0", " ")
    judged = judged_pairs(PAIRS)
    assert chosen(judged) == SHARE
    found, joint = rates(one for one in judged if one.part == 1), joint_recall(JOINT)
    assert found.precision >= PRECISION and joint.recall >= RECALL
    for line in table(judged):
        assert line in told
    figures = (f"{100 * rate:.1f} %".replace(".", ",") for rate in (found.precision, found.recall))
    assert "précision {}, rappel {}".format(*figures) in told
    assert f"{joint.right} retrouvées sur {JOINT}" in told
