"""No figure is typed: the page of the measurements is what the committed data makes."""

import json

from tools.bench.page import HERE, KEPT, page


def test_the_page_is_made_from_the_data() -> None:
    assert (HERE / "README.md").read_text("utf-8") == page(
        json.loads((HERE / KEPT).read_text("utf-8"))
    )
