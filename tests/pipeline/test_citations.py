"""Laws and earlier questions that a text names: linked where they are certain, else left."""

from datetime import date

import pytest
from msgspec.structs import replace

from lod.pipeline.mapping.citations import cited_texts, rappels
from tests.support.chantier import question
from tests.support.paths import tables_of

TABLES = tables_of(__file__)

ELI = "https://www.legifrance.gouv.fr/eli/"


@pytest.mark.parametrize(("texte", "found"), TABLES["a_law_is_linked_by_number_and_day"])
def test_a_law_is_linked_by_number_and_day(texte: str, found: list[str]) -> None:
    """Without the day, or if the number is of another year, or has two days, it stays text."""
    assert [t.eli for t in cited_texts(texte)] == [f"{ELI}{path}/jo/texte" for path in found]


def test_a_law_is_called_by_its_number_and_day() -> None:
    """The spaces of the label are ordinary ones."""
    [texte] = cited_texts("décret n° 2021-428 du 1er avril 2021")
    assert texte.name == "Décret n° 2021-428 du 1er avril 2021"


@pytest.mark.parametrize(("texte", "found"), TABLES["a_question_is_recalled_by_number"])
def test_a_question_is_recalled_by_number(texte: str, found: list[str]) -> None:
    """Type and day of the words decide; a later number, or one without the verb, is no recall."""
    q = replace(question("2021-12-28"), texte=f"M. Exemple {texte}, restée sans réponse.")
    assert [uid.removeprefix("QANR5") for uid in rappels(q)] == found


def test_a_question_without_text_recalls_nothing() -> None:
    """And one that recalls the same question twice recalls it once."""
    q = question("2021-12-28")
    assert rappels(q) == ()
    twice = "rappelle sa question n° 12. Elle rappelle sa question n° 12."
    assert rappels(replace(q, texte=twice)) == ("QANR5L15QE12",)
    assert q.parution and q.parution.jour == date(2021, 12, 28)


def test_nothing_of_a_later_legislature_is_recalled() -> None:
    """Also by a question whose day of publication nobody knows."""
    later = "rappelle sa question n° 12 publiée au JO le 24 mai 2025"
    assert rappels(replace(question("2021-12-28"), parutions=(), texte=later)) == ()
