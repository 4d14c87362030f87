"""Who is meant by a name and a few facts, and who is certain: among all deputies of the tables."""

import random
from dataclasses import replace
from typing import Any

import pytest

from lod.reference.names import Accord
from lod.server.reconciliation.batch import demande
from lod.server.reconciliation.compare import COMPARAISONS, accord_libelles, verdict
from lod.server.reconciliation.entities import Entite, Valeur, completees, deputes, entites
from lod.server.reconciliation.entity_index import Index
from lod.server.reconciliation.numbers import numero
from lod.server.reconciliation.score import Candidat, candidats
from lod.server.reconciliation.types import proprietes, types
from tests.support.misspelling import VARIANTES

DHARREVILLE = "depute/PA718926"


@pytest.fixture(scope="module")
def index() -> Index:
    """Every deputy of legislatures 13 to 17, published, and one namesake who is not."""
    published = [replace(entite, est_publiee=True) for entite in deputes().values()]
    return Index([*published, MASSON])


MASSON = Entite(  # of the eighth legislature; the tables begin with the thirteenth
    id="depute/PA0",
    type="depute",
    noms=("Jean-Louis Masson",),
    indices={"departement": (Valeur("57", ("Moselle",)),), "naissance": (Valeur("1947-03-25"),)},
    est_publiee=False,
)
MASSON_DU_VAR = "depute/PA346218"


def found(index: Index, text: str, **properties: Any) -> list[Candidat]:
    """The candidates for one cell of a spreadsheet."""
    pairs = [{"pid": name, "v": value} for name, value in properties.items()]
    asked = demande("q", {"query": text, "type": "depute", "properties": pairs})
    own = index.identifiee(asked.texte, asked.types)
    return candidats(asked, index.proches(asked), own.id if own else "")


@pytest.mark.parametrize("variant", VARIANTES)
@pytest.mark.parametrize("seed", range(3))
def test_two_hundred_names(index: Index, variant: str, seed: int) -> None:
    """Nobody is taken for another with certainty; the right one comes first."""
    make, first, certain = VARIANTES[variant]
    chance = random.Random(seed)
    people = chance.sample(sorted(deputes().values(), key=lambda e: e.id), 200)
    right, sure, wrong = 0, 0, []
    for person in people:
        cell = make(person.nom, chance)
        [best, *_] = [*found(index, cell), None]
        right += best is not None and best.entite.id == person.id
        sure += best is not None and best.est_sur and best.entite.id == person.id
        if best and best.est_sur and best.entite.id != person.id:
            wrong.append((cell, person.nom, best.entite.nom))
    print(f"{variant}, seed {seed}: first {right / 200:.3f}, certain {sure / 200:.3f}")
    assert not wrong
    assert right / 200 >= first and sure / 200 >= certain


def test_a_property_makes_certain(index: Index) -> None:
    """Name and constituency, or birth, of every deputy: all certain, none wrong."""
    sure = 0
    for person in deputes().values():
        [born] = {v.cle for v in person.indices["naissance"]}
        for properties in (
            {"naissance": born},
            {"departement": person.indices["departement"][0].cle},
        ):
            [best, *_] = found(index, person.nom, **properties)
            assert best.entite.id == person.id and not (best.est_sur and best.est_contredit)
            sure += best.est_sur
    assert sure / (2 * len(deputes())) >= 0.999


@pytest.mark.parametrize(
    ("text", "properties", "who", "certain"),
    [("Jean-Louis Masson", {}, MASSON_DU_VAR, False),
     ("Jean-Louis Masson", {"legislature": "15"}, MASSON_DU_VAR, False),  # both may have sat
     ("Jean-Louis Masson", {"departement": "Var"}, MASSON_DU_VAR, True),
     ("Jean-Louis Masson", {"departement": "Moselle"}, MASSON_DU_VAR, False),
     ("Jean-Louis Masson", {"naissance": "05/02/1954"}, MASSON_DU_VAR, True),
     ("Jean-Louis Masson", {"naissance": 1947}, MASSON_DU_VAR, False),
     ("Philippe Martin", {}, "depute/PA267278", False),  # Philippe Armand Martin sat with him
     ("Philippe Martin", {"circonscription": "32-1"}, "depute/PA267278", True),
     ("Philippe Martin", {"departement": "51"}, "depute/PA2098", True),
     ("Alexandra Martin (Gironde)", {}, "depute/PA793342", False),  # the other one is not known
     ("Alexandra Martin", {"departement": "Gironde"}, "depute/PA793342", False),
     ("Mme Alexandra Martin", {}, "depute/PA793342", True),
     ("M. Alexandra Martin", {}, "depute/PA793342", False),
     ("Pierre Dharréville", {"naissance": "1975"}, DHARREVILLE, True),
     ("Pierre Dharréville", {"naissance": "1975-01-01"}, DHARREVILLE, True),  # a day may differ
     ("Pierre Dharréville", {"naissance": "1976-06-15"}, DHARREVILLE, False),
     ("Pierre Dharréville", {"circonscription": "13-13", "legislature": "15e"}, DHARREVILLE, True),
     ("Pierre Dharréville", {"legislature": 9}, DHARREVILLE, False),
     ("Dharréville", {}, DHARREVILLE, False),
     ("PA718926", {}, DHARREVILLE, False)],
)  # fmt: skip
def test_who_is_certain(
    index: Index, text: str, properties: dict[str, Any], who: str, certain: bool
) -> None:
    """A name that others bear needs a property that tells them apart; a contradiction forbids."""
    if text == "PA718926":  # nothing is published of these but their names
        assert index.identifiee(text) is None
        return
    [best, *_] = found(index, text, **properties)
    assert (best.entite.id, best.est_sur) == (who, certain)


def test_an_identifier_is_certain() -> None:
    """It names one entity, whatever that is called; beside another name it is not enough."""
    known = Entite(id="depute/PA1", type="depute", noms=("Éva Petex",),
                   valeurs={"uid": (Valeur("PA1"),), "wikidata": (Valeur("Q1"),)})  # fmt: skip
    other = replace(known, id="depute/PA2", valeurs={"wikidata": (Valeur("Q2"),)})
    index = Index([known, other])
    for text in ("PA1", "pa1", "Q1", "depute/PA1"):
        [best] = found(index, text)
        assert (best.entite, best.est_sur, best.score) == (known, True, 100.0)
    [best, rival] = found(index, "Éva Petex")
    assert not best.est_sur and best.rivaux == rival.rivaux == 1
    assert [c.est_sur for c in found(index, "Éva Petex", wikidata="Q2")] == [True, False]
    assert [c.est_sur for c in found(index, "Luc Roy", wikidata="Q2")] == [False]
    asked = demande("q", {"properties": [{"pid": "wikidata", "v": ["Q2"]}]})
    [best] = candidats(asked, index.proches(asked))
    assert (best.entite, best.est_sur) == (other, True)


def test_what_is_not_published_is_no_candidate() -> None:
    """It is a namesake: who is published and has the same name is not certain."""
    one = Entite(id="depute/PA1", type="depute", noms=("Luc Roy",))
    [alone] = found(Index([one]), "Luc Roy")
    [beside, *others] = found(Index([one, replace(one, id="x", est_publiee=False)]), "Luc Roy")
    assert alone.est_sur and not beside.est_sur and not others


def test_facts_of_the_tables_are_compared_and_not_published() -> None:
    """A published deputy gets the names and clues that the tables have, in a place of their own."""
    published = Entite(id=DHARREVILLE, type="depute", noms=("P. Dharréville",))
    complete = next(e for e in completees([published], deputes()) if e.id == DHARREVILLE)
    assert complete.noms == ("P. Dharréville", "Pierre Dharréville")
    assert complete.est_publiee and not complete.valeurs
    assert complete.indices["naissance"] == (Valeur("1975-06-15"),)


@pytest.mark.parametrize(
    ("genre", "known", "said", "verdict_"),
    [("jour", Valeur("1975-06-15"), "1975-06-15T00:00:00Z", True),
     ("jour", Valeur("1975-06-15"), "15 juin 1975", True),
     ("jour", Valeur("1975-06-15"), "1975-06-16", None),
     ("jour", Valeur("1975-06-15"), "31 février 1975", None),
     ("entier", Valeur("15"), "XVe", None),
     ("entier", Valeur("15"), "15e législature", True),
     ("entier", Valeur("15"), "16", False),
     ("civilite", Valeur("Mme"), "Femme", True),
     ("civilite", Valeur("Mme"), "Dr", None),
     ("entite", Valeur("groupe/PO1", ("Les Républicains",)), "groupe/PO1", True),
     ("entite", Valeur("groupe/PO1", ("Les Républicains",)), "PO1", True),
     ("entite", Valeur("groupe/PO1", ("Les Républicains",)), "groupe les republicains", True),
     ("entite", Valeur("groupe/PO1", ("Les Républicains",)), "Les Républicains - NUPES", None),
     ("entite", Valeur("groupe/PO1", ("Les Républicains",)), "Socialistes", False),
     ("texte", Valeur("2A", ("Corse-du-Sud",)), "Corse du Sud", True),
     ("texte", Valeur("01", ("Ain",)), "1", True),
     ("identifiant", Valeur("Q1"), "q1", True),
     ("identifiant", Valeur("Q1"), "Q12", False)],
)  # fmt: skip
def test_values(genre: Any, known: Valeur, said: str, verdict_: bool | None) -> None:
    """Yes, no, or nobody knows: what cannot be read contradicts nothing."""
    assert verdict(genre, (known,), (said,)) is verdict_
    assert verdict(genre, (), (said,)) is None
    assert {p.genre for p in proprietes().values()} <= set(COMPARAISONS)


@pytest.mark.parametrize(
    ("one", "two", "accord"),
    [("Santé", "Santé", Accord.EXACT),
     ("Ministère de l’Éducation nationale", "education nationale", Accord.PLIE),
     ("1re circonscription de l’Ain", "Ain (1re circonscription)", Accord.PLIE),
     ("Logement", "logement : aides et prêts", Accord.CONTENU),
     ("Groupe", "groupe", Accord.PLIE),
     ("", "", Accord.AUCUN),
     ("…", "—", Accord.AUCUN),
     ("Santé", "Sports", Accord.AUCUN)],
)  # fmt: skip
def test_labels(one: str, two: str, accord: Accord) -> None:
    """The words that make them, whatever their order and case."""
    assert accord_libelles(one, two) is accord_libelles(two, one) is accord


@pytest.mark.parametrize(
    ("text", "uid", "is_number"),
    [("15-43349", "QANR5L15QE43349", True), ("43349", "QANR5L15QE43349", True),
     ("Question orale sans débat n° 12", "QANR5L16QOSD12", True),
     ("question au Gouvernement 165, 16e législature", "QANR5L16QG165", True),
     ("15-43349", "QANR5L16QE43349", False), ("QE 43349", "QANR5L15QG43349", False),
     ("Loi n° 12", "QANR5L15QE12", False), ("15-43-49", "QANR5L15QE43", False),
     ("", "QANR5L15QE1", False), ("9999999", "QANR5L15QE9999999", False)],
)  # fmt: skip
def test_numbers(text: str, uid: str, is_number: bool) -> None:
    """A text that says anything but a number is a title."""
    asked = numero(text)
    assert (asked is not None and asked.designe(uid)) is is_number


def test_rows_become_entities() -> None:
    """In any order; what has no name is left out, what a type does not know as well."""
    rows = [("b/x/1", "legislature", "15", ""), ("b/x/1", "nomAutre", "R.", ""),
            ("b/x/1", "nom", "Rural", ""), ("b/x/2", "legislature", "15", ""),
            ("b/x/1", "autre", "?", "")]  # fmt: skip
    [entite] = entites(rows, types()["rubrique"], "b/")
    assert (entite.id, entite.noms) == ("x/1", ("Rural", "R."))
    assert entite.valeurs == {"legislature": (Valeur("15"),)}
