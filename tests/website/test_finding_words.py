"""The quality page says in French what readers found."""

from pathlib import Path

import pytest

from lod.pipeline.build_report import BuildReport
from lod.publish.release import current
from lod.website.finding_words import in_french, kinds

ELSEWHERE = 7  # kinds that the cases do not give: other records do, and files of the publisher


def test_what_the_cases_give_is_said_in_french(mixture: tuple[Path, BuildReport]) -> None:
    """All remarks and rejections, those by a shape with its French message."""
    folder, report = mixture
    assert len(report.remarked) > 20 and len(report.rejections) > 20
    told = [wrong for _, wrong in (*report.remarked, *report.rejections)]
    assert [wrong for wrong in told if not in_french(wrong)] == []
    assert any(wrong.startswith("http") for wrong in told)
    unheard = {p.pattern for p, _ in kinds() if not any(p.fullmatch(wrong) for wrong in told)}
    assert len(unheard) == ELSEWHERE, sorted(unheard)
    page = (current(folder) / "site/qualite.html").read_text("utf-8")
    assert "n’est pas un jour du calendrier" in page and "unknown field" not in page


@pytest.mark.parametrize("wrong", ["", "nobody says this", "a: 'b' is not a day of the week"])
def test_what_the_table_does_not_have_stays(wrong: str) -> None:
    assert in_french(wrong) == ""
