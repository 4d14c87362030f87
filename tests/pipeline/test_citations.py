"""Laws and earlier questions that a text names: linked where they are certain, else left."""

from datetime import date

import pytest
from msgspec.structs import replace

from lod.pipeline.mapping.citations import cited_texts, rappels
from tests.support.chantier import question

ELI = "https://www.legifrance.gouv.fr/eli/"


@pytest.mark.parametrize(
    ("texte", "found"),
    [
        ("la loi n° 2016-1321 du 7 octobre 2016", ["loi/2016/10/7/2016-1321"]),
        ("Décret no 2021-428 du 1er avril 2021", ["decret/2021/4/1/2021-428"]),
        ("l'ordonnance n°\u00a02020-351\u00a0du 27 mars 2020", ["ordonnance/2020/3/27/2020-351"]),
        ("loi n° 2016-1321 du 7\u00a0octobre\u202f2016", ["loi/2016/10/7/2016-1321"]),
        ("décret n° 63-1196 du 3 décembre 1963", ["decret/1963/12/3/63-1196"]),
        ("loi n°2020-901 du 24 août 2020, loi n° 2020-901 du 24 août 2020",
         ["loi/2020/8/24/2020-901"]),
        ("loi d’avenir nº 2014-1170 du 13 octobre 2014", ["loi/2014/10/13/2014-1170"]),
        ("décret d'application n° 2010-653 du 11 juin 2010", ["decret/2010/6/11/2010-653"]),
        ("la loi n° 2004-439 relative au divorce", []),
        ("la loi du 7 octobre 2016", []),
        ("la loi organique n° 2013-906 du 11 octobre 2013", []),
        ("la loi n° 2016-1321 du 7 octobre 2017", []),
        ("la loi n° 16-1321 du 7 octobre 2016", []),
        ("la loi n° 2016-1321 du 31 février 2016", []),
        ("loi n° 2020-105 du 10 février 2020, loi n° 2020-105 du 20 février 2020", []),
        ("", []),
    ],
)  # fmt: skip
def test_a_law_is_linked_by_number_and_day(texte: str, found: list[str]) -> None:
    """Without the day, or if the number is of another year, or has two days, it stays text."""
    assert [t.eli for t in cited_texts(texte)] == [f"{ELI}{path}/jo/texte" for path in found]


def test_a_law_is_called_by_its_number_and_day() -> None:
    """The spaces of the label are ordinary ones."""
    [texte] = cited_texts("décret n° 2021-428 du 1er avril 2021")
    assert texte.name == "Décret n° 2021-428 du 1er avril 2021"


@pytest.mark.parametrize(
    ("texte", "found"),
    [
        ("rappelle à M. le ministre les termes de sa question écrite n° 12345", ["L15QE12345"]),
        ("rappelle à Mme la ministre sa question n°\u00a012 345 du 5 mai", ["L15QE12345"]),
        ("rappelle sa question orale n° 52 sur ce sujet", ["L15QOSD52"]),
        ("rappelle sa question au Gouvernement n° 52", ["L15QG52"]),
        ("rappelle sa question n° 95910 publiée au JO le 24 mai 2016", ["L14QE95910"]),
        ("rappelle sa question n° 95910 parue au Journal officiel du 2 mai 2017", ["L14QE95910"]),
        ("rappelle sa question n° 12 publiée au JO le 24 mai 2024", []),
        ("rappelle sa question n° 99999", []),
        ("rappelle sa question n° 90001", []),
        ("Elle rappelle à ce titre l'article 12", []),
        ("la précédente mandature (question écrite n° 95910)", []),
        ("rappelle que\nsa question n° 12", []),
    ],
)
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
