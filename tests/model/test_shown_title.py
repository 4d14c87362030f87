"""Titles as people see them: missing ones, and those in capitals."""

import pytest
from msgspec.structs import replace

from lod.model.question import Question
from lod.model.shown_title import MOST, shown_title, title_of
from lod.pipeline.mapping import question_triples
from lod.pipeline.questions.question_memo import facts_of, subjects_of
from lod.pipeline.settling.convert import Accepted
from lod.rdf.iris import Iris
from lod.rdf.vocab import QP
from lod.website.indexes.feeds import feed_entries

TRANSCRIPT = """INFLATION EN FRANCE
Mme la présidente. La parole est à M. X. Parlons du Gouvernement et de Reims, car la TVA pèse sur
le Gouvernement des Deux-Sèvres. Deux fois deux : Reims. L'énergie, l'hôpital, le prix.
"""


@pytest.mark.parametrize(
    ("title", "texts", "shown"),
    [
        ("Réforme de l'EHPAD", ["texte"], "Réforme de l'EHPAD"),
        ("IVG et EHPAD", [], "IVG et EHPAD"),
        ("PRIX DE L'ÉNERGIE À REIMS", [TRANSCRIPT], "Prix de l'énergie à Reims"),
        ("LA TVA DES DEUX-SÈVRES", [TRANSCRIPT], "La TVA des Deux-Sèvres"),
        ("INFLATION EN FRANCE", [TRANSCRIPT], "Inflation en France"),
        ("FAITS DU GOUVERNEMENT", [TRANSCRIPT], "Faits du Gouvernement"),
        ("LOI « GRAND ÂGE »", [], "Loi « grand âge »"),
        ("« COP27 » ET EHPAD", [], "« COP27 » et EHPAD"),
        ("2024", [], "2024"),
        ("", [TRANSCRIPT], "Inflation en France"),
        ("", ["", "La réponse dit non. Rien."], "La réponse dit non"),
        ("", ["M. A attire l'attention de Mme B, ministre, sur\nla mer. Il"], "La mer"),
        ("", ["M. A alerte M. B au sujet du projet Bure. Or"], "Au sujet du projet Bure"),
        ("", ["M. A interroge. Plus tard, sur un toit"], "M. A interroge"),
        ("", ["", "  "], ""),
        ("", [], ""),
    ],
)  # fmt: skip
def test_what_is_shown(title: str, texts: list[str], shown: str) -> None:
    assert shown_title(title, texts) == shown


@pytest.mark.parametrize("text", ["mot " * 5000, "x" * 10_000, "M. " * 5000, "\u202e\x00" * 5000])
def test_a_long_text_gives_a_short_title(text: str) -> None:
    assert 0 < len(shown_title("", [text])) <= MOST + 1


def test_the_data_stays_as_published(publie: Accepted, iris: Iris) -> None:
    """Lists and feeds show the title; triples do not have it."""
    for title in (None, "RÉFORME DES RETRAITES"):
        q: Question = replace(
            publie.question, titre=title, tete_analyse=None, texte="Parlons des retraites."
        )
        shown = "Réforme des retraites" if title else "Parlons des retraites"
        facts = facts_of(q, iris, subjects_of(q, iris))
        assert (facts.titre, facts.shown_title) == (title or "", shown)
        assert title_of(q) == shown
        assert shown in feed_entries(q, iris, str)[0].title
        titles = [t for t in question_triples.question(q, iris) if t.predicate == QP.titre]
        assert [t.object.value for t in titles] == ([title] if title else [])


@pytest.mark.parametrize(
    ("titre", "tete", "shown"),
    [
        ("calcul", "aides", "Aides\u00a0: calcul"),
        ("calcul", None, "Calcul"),
        (None, "APL", "La mer"),
    ],
)
def test_a_title_stands_below_its_heading(
    titre: str | None, tete: str | None, shown: str, publie: Accepted
) -> None:
    texte = "M. A interroge Mme B sur la mer."
    assert title_of(replace(publie.question, titre=titre, tete_analyse=tete, texte=texte)) == shown
