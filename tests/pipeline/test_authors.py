"""Who asked: a name and a second fact that agree on one person, or nobody."""

import pytest
from msgspec.structs import replace

from lod.model.question import Auteur, Circonscription, Organe, Question
from lod.pipeline.settling.convert import Accepted
from lod.pipeline.settling.resolve import complete
from lod.reference.tables import deputy_rows, deputy_rows_by_key
from lod.sources.fields import Reading


@pytest.fixture
def question(publie: Accepted) -> Question:
    """A question whose author is a name that a page prints."""
    return replace(publie.question, auteur=Auteur(), groupe=None, circonscription=None)


def author(q: Question, legislature: int, nom: str, **facts: object) -> str | None:
    asked = replace(q, legislature=legislature, auteur=Auteur(nom=nom), **facts)  # type: ignore[arg-type]
    done = complete(Reading(asked), "page.md")
    is_remarked = any("no deputy of legislature" in r.wrong for r in done.remarks)
    assert is_remarked == (done.question.auteur.acteur_ref is None)
    return done.question.auteur.acteur_ref


def place(ref: str, legislature: int) -> Circonscription:
    m = deputy_rows_by_key()[ref, legislature]
    return Circonscription(nom=m.nom_departement, numero=m.circonscription)


def test_a_name_contained_in_one_other_is_taken_with_its_place(question: Question) -> None:
    """The name of a marriage that the tables have and the page has not, and the reverse."""
    short = next(m for m in deputy_rows() if m.nom_complet == "Stéphanie Pernod Beaudon")
    ref, legislature = short.acteur_ref, short.legislature
    here = place(ref, legislature)
    for nom in ("Stéphanie Pernod", "Stéphanie Pernod Beaudon Dupont"):
        assert author(question, legislature, nom, circonscription=here) == ref
        assert author(question, legislature, nom) is None, "a name alone"
        elsewhere = replace(here, numero=here.numero % 5 + 1)
        assert author(question, legislature, nom, circonscription=elsewhere) is None
    assert author(question, legislature, "S. Beaudon", circonscription=here) is None


def test_a_contained_name_never_goes_before_the_same_words(question: Question) -> None:
    """Philippe Martin sat for Gers, Philippe Armand Martin for Marne."""
    armand = next(m for m in deputy_rows() if m.nom_complet == "Philippe Armand Martin")
    marne = place(armand.acteur_ref, armand.legislature)
    assert author(question, armand.legislature, "Martin Philippe Armand", circonscription=marne)
    assert author(question, armand.legislature, "Philippe Martin", circonscription=marne) is None


def test_the_group_is_a_second_fact_where_a_region_is_printed(question: Question) -> None:
    """The tables know no regions; a department that is another one is not made good by it."""
    m = next(m for m in deputy_rows() if m.legislature == 17 and m.groupe == "RN")
    labels = ("Rassemblement National", "Horizons & Indépendants")
    groupe, other = (Organe(libelle=label) for label in labels)
    region, elsewhere = ("Hauts-de-France",), ("Ain" if m.nom_departement != "Ain" else "Paris",)
    facts = {"lieux_election": region, "groupe": groupe}
    assert author(question, 17, m.nom_complet, **facts) == m.acteur_ref
    assert author(question, 17, m.nom_complet, lieux_election=region) is None
    assert author(question, 17, m.nom_complet, **{**facts, "groupe": other}) is None
    assert author(question, 17, m.nom_complet, **{**facts, "lieux_election": elsewhere}) is None


def test_every_mandate_of_the_tables_is_found_by_name_and_place(question: Question) -> None:
    """In any order of the words; where two fit, nobody."""
    found = {
        m: author(
            question,
            m.legislature,
            " ".join(reversed(m.nom_complet.split())),
            circonscription=place(m.acteur_ref, m.legislature),
        )
        for m in deputy_rows()
    }
    assert all(ref in (m.acteur_ref, None) for m, ref in found.items())
    assert sum(ref is None for ref in found.values()) == 0
