"""What nearly is a heading of a list is told with that heading."""

import pytest
from msgspec.structs import replace

from lod.pipeline.settling.convert import Accepted
from lod.pipeline.settling.resolve import complete
from lod.reference.tables import rubriques
from lod.sources.fields import Reading


def told(publie: Accepted, legislature: int, rubrique: str) -> list[str]:
    q = replace(publie.question, legislature=legislature, rubrique=rubrique)
    return [r.wrong for r in complete(Reading(q), "page.md").remarks if rubrique in r.wrong]


@pytest.mark.parametrize(
    ("legislature", "rubrique", "wrong"),
    [
        (16, "logement", ""),
        (16, "logemnet", "is not in the list of headings of legislature 16, 'logement' is"),
        (16, "logements locatifs", "is not in the list of headings of legislature 16"),
        (17, "Commerce et artisanta", "is in no list of headings, 'commerce et artisanat' is"),
        (17, "ordres professionnels nouveaux", ""),  # the list of that legislature is not known
        (17, "eaux", ""),
    ],
)
def test_a_misprinted_heading(
    legislature: int, rubrique: str, wrong: str, publie: Accepted
) -> None:
    assert told(publie, legislature, rubrique) == [f"'{rubrique}' {wrong}"] * bool(wrong)


def test_no_heading_of_a_list_is_told(publie: Accepted) -> None:
    for legislature, labels in rubriques().items():
        assert not [label for label in labels if told(publie, legislature, label)]
