"""The quality page says in French what readers found."""

from pathlib import Path

import pytest

from lod.base.errors import Where
from lod.pipeline.report.build_report import BuildReport
from lod.pipeline.settling.convert import reason
from lod.pipeline.validation.shapes import Result
from lod.publish.release import current
from lod.website.pages.remark_words import in_french, kinds, shape_messages
from lod.website.rendering.templates import typeset

ELSEWHERE = 18  # kinds that the cases do not give: other records do, and files of the publisher


def test_what_the_cases_give_is_said_in_french(mixture: tuple[Path, BuildReport]) -> None:
    """All remarks and rejections, those by a shape with its French message."""
    folder, report = mixture
    assert len(report.remarked) > 20 and len(report.rejections) > 20
    told = [wrong for _, wrong in (*report.remarked, *report.rejections)]
    assert [wrong for wrong in told if not in_french(wrong)] == []
    unheard = {p.pattern for p, _ in kinds() if not any(p.fullmatch(wrong) for wrong in told)}
    assert len(unheard) == ELSEWHERE, sorted(unheard)
    page = (current(folder) / "site/qualite.html").read_text("utf-8")
    assert "n’est pas un jour du calendrier" in page and "unknown field" not in page


def test_what_shapes_refuse_is_said_in_french() -> None:
    """Each message of a shape, with the node and the value, as it comes from a result of SHACL."""
    assert len(shape_messages()) > 150
    for english, french in shape_messages().items():
        result = Result(
            severity="Violation", focus="https://x.org/question/X", path="", component="", shape="",
            value="dix", message_fr=french, message_en=f"{english}; correct it",
        )  # fmt: skip
        said = in_french(reason(result, Where("a.json", 1)).wrong)
        assert said == typeset(f"https://x.org/question/X : {french} (« dix »)")


@pytest.mark.parametrize("wrong", ["", "nobody says this", "a: 'b' is not a day of the week"])
def test_what_the_table_does_not_have_stays(wrong: str) -> None:
    assert in_french(wrong) == ""
