"""Test which entity a name and some facts match, and when it is certain: among all deputies."""

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from lod.extensions.reconciliation.batch import read_query
from lod.extensions.reconciliation.entities import (
    Entity,
    EntityValue,
    completed_entities,
    entity_properties,
    entity_types,
    known_deputies,
    read_entities,
)
from lod.extensions.reconciliation.entity_index import EntityIndex
from lod.extensions.reconciliation.scoring import COMPARERS, ScoredEntity, rank_candidates, verdict
from tests.support.paths import tables_of
from tests.support.synthetic.words import VARIANTES

TABLES = tables_of(__file__)

DHARREVILLE = "depute/PA718926"


@pytest.fixture(scope="module")
def index() -> EntityIndex:
    """Return an index of the deputies of legislatures 13 to 17, and an unpublished namesake."""
    published = [replace(entity, is_published=True) for entity in known_deputies().values()]
    return EntityIndex([*published, MASSON])


MASSON = Entity(  # sat in the eighth legislature; the tables begin with the 13th
    id="depute/PA0",
    type="depute",
    names=("Jean-Louis Masson",),
    clues={
        "departement": (EntityValue("57", ("Moselle",)),),
        "naissance": (EntityValue("1947-03-25"),),
    },
    is_published=False,
)
MASSON_DU_VAR = "depute/PA346218"


def found(
    index: EntityIndex, text: str, kind: str = "depute", **properties: Any
) -> list[ScoredEntity]:
    pairs = [{"pid": name, "v": value} for name, value in properties.items()]
    asked = read_query("q", {"query": text, "type": kind, "properties": pairs})
    own = index.by_identifier(asked.text, asked.types)
    return rank_candidates(asked, index.possible_entities(asked), own.id if own else "")


@pytest.mark.parametrize("variant", VARIANTES)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.slow
def test_two_hundred_names(index: EntityIndex, variant: str, seed: int) -> None:
    make, first, certain = VARIANTES[variant]
    chance, seen = random.Random(seed), Counter[tuple[bool, bool]]()
    people = sorted(known_deputies().values(), key=lambda e: e.id)
    for person in chance.sample(people, 200):
        for best in found(index, make(person.name, chance))[:1]:
            is_right = best.entity.id == person.id
            seen[is_right, best.is_certain] += 1
            assert is_right or not best.is_certain, (person.name, best.entity.name)
    assert (seen[True, True] + seen[True, False]) / 200 >= first
    assert seen[True, True] / 200 >= certain


@pytest.mark.slow
def test_a_property_makes_certain(index: EntityIndex) -> None:
    sure = 0
    for person in known_deputies().values():
        for name in ("naissance", "departement"):
            [best, *_] = found(index, person.name, **{name: person.clues[name][0].key})
            assert best.entity.id == person.id and not (best.is_certain and best.is_contradicted)
            sure += best.is_certain
    assert sure / (2 * len(known_deputies())) >= 0.999


@pytest.mark.parametrize(
    ("text", "properties", "who", "certain"),
    [("Jean-Louis Masson", {}, MASSON_DU_VAR, False),
     ("Jean-Louis Masson", {"legislature": "15"}, MASSON_DU_VAR, False),  # both may have sat
     ("Jean-Louis Masson", {"departement": "Var"}, MASSON_DU_VAR, True),
     ("Jean-Louis Masson", {"departement": "Moselle"}, MASSON_DU_VAR, False),
     ("Jean-Louis Masson", {"naissance": "05/02/1954"}, MASSON_DU_VAR, True),
     ("Jean-Louis Masson", {"naissance": 1947}, MASSON_DU_VAR, False),
     ("Philippe Martin", {}, "depute/PA267278", False),  # Philippe Armand Martin sat too
     ("Philippe Martin", {"circonscription": "32-1"}, "depute/PA267278", True),
     ("Philippe Martin", {"departement": "51"}, "depute/PA2098", True),
     ("Alexandra Martin (Gironde)", {}, "depute/PA793944", False),  # she has a namesake
     ("Alexandra Martin", {"departement": "Gironde"}, "depute/PA793944", True),
     ("Mme Alexandra Martin", {}, "depute/PA793342", False),
     ("M. Alexandra Martin", {}, "depute/PA793342", False),
     ("Pierre Dharréville", {"naissance": "1975"}, DHARREVILLE, True),
     ("Pierre Dharréville", {"naissance": "1975-01-01"}, DHARREVILLE, True),  # a day may differ
     ("Pierre Dharréville", {"naissance": "1976-06-15"}, DHARREVILLE, False),
     ("Pierre Dharréville", {"circonscription": "13-13", "legislature": "15e"}, DHARREVILLE, True),
     ("Pierre Dharréville", {"legislature": 9}, DHARREVILLE, False),
     ("Dharréville", {}, DHARREVILLE, False)],
)  # fmt: skip
def test_who_is_certain(
    index: EntityIndex, text: str, properties: dict[str, Any], who: str, certain: bool
) -> None:
    """A name that others have needs a property to be certain; a different value prevents it."""
    [best, *_] = found(index, text, **properties)
    assert (best.entity.id, best.is_certain) == (who, certain)


def ministries() -> EntityIndex:
    """Return ministries of one subject, one after the other, as the Assemblée names them."""
    rows = [
        ("recherche-chirac-2", "1986-03-20", "1988-05-09", "recherche"),
        ("PO1", "2010-11-14", "2012-05-10", "Travail, emploi et santé"),
        ("PO2", "2010-11-14", "2012-05-10", "Santé", "Secrétariat d'État auprès du ministre du "
         "travail, de l'emploi et de la santé, chargé de la santé"),
        ("PO3", "2017-05-18", "2020-07-06", "Solidarités et santé"),
        ("PO4", "2017-05-18", "2017-06-19", "Économie"),
        ("PO5", "2017-06-20", "2020-07-06", "Économie et finances"),
        ("PO6", "2017-05-18", "2020-07-06", "Justice"),
        ("PO7", "2020-07-07", "2025-10-12", "Justice"),
        ("PO90", "2025-10-13", "", "Santé, familles et autonomie"),
        ("PO91", "2025-10-13", "", "Autonomie", "Ministère délégué auprès de la ministre de la "
         "santé, des familles et de l’autonomie, chargé de l’autonomie"),
        ("PO92", "2025-10-13", "", "Économie, finances et souveraineté industrielle"),
        ("PO93", "2025-10-13", "", "Industrie", "Ministère délégué auprès du ministre de "
         "l’économie, des finances et de la souveraineté industrielle, chargé de l’industrie"),
        ("PO94", "2025-10-13", "", "Enseignement supérieur, recherche et espace"),
        ("PO95", "2025-10-13", "", "Justice", "Ministère de la justice"),
        ("PO96", "2025-10-13", "", "Justice (MD)"),
        ("PO97", "2025-10-13", "", "Culture"),
    ]  # fmt: skip
    facts = [
        (f"ministere/{ref}", *fact)
        for ref, since, until, *names in rows
        for fact in [
            ("debut", since, ""),
            *([("fin", until, "")] if until else []),
            ("date", f"{since}/{until}", ""),
            *(("nomAutre" if i else "nom", name, "") for i, name in enumerate(names)),
        ]
    ]
    return EntityIndex(read_entities(facts, entity_types()["ministere"], ""))


@pytest.mark.parametrize(
    ("text", "properties", "first", "certain"), TABLES["ministries_in_succession"]
)
def test_ministries_in_succession(
    text: str, properties: dict[str, Any], first: str, certain: bool
) -> None:
    """A name that several had is certain with a date; without, that of today comes first."""
    [best, *others] = found(ministries(), text, "ministere", **properties)
    assert (best.entity.id, best.is_certain) == (f"ministere/{first}", certain)
    assert not any(other.is_certain for other in others)


def test_the_latest_comes_first() -> None:
    result = found(ministries(), "Justice", "ministere")
    assert [c.entity.id for c in result] == [f"ministere/PO{n}" for n in (95, 96, 7, 6)]
    assert [c.score for c in result] == sorted((c.score for c in result), reverse=True)


def test_an_identifier_is_certain() -> None:
    values = {"uid": (EntityValue("PA1"),), "wikidata": (EntityValue("Q1"),)}
    known = Entity(id="depute/PA1", type="depute", names=("Éva Petex",), values=values)
    other = replace(known, id="depute/PA2", values={"wikidata": (EntityValue("Q2"),)})
    index = EntityIndex([known, other])
    for text in ("PA1", "pa1", "Q1", "depute/PA1"):
        [best] = found(index, text)
        assert (best.entity, best.is_certain, best.score) == (known, True, 100.0)
    [best, rival] = found(index, "Éva Petex")
    assert not best.is_certain and best.rival_count == rival.rival_count == 1
    assert [c.is_certain for c in found(index, "Éva Petex", wikidata="Q2")] == [True, False]
    assert [c.is_certain for c in found(index, "Luc Roy", wikidata="Q2")] == [False]
    asked = read_query("q", {"properties": [{"pid": "wikidata", "v": ["Q2"]}]})
    [best] = rank_candidates(asked, index.possible_entities(asked))
    assert (best.entity, best.is_certain) == (other, True)


def test_facts_of_the_tables_are_compared_and_not_published() -> None:
    published = Entity(id=DHARREVILLE, type="depute", names=("P. Dharréville",))
    completed = completed_entities([published], known_deputies())
    complete = next(e for e in completed if e.id == DHARREVILLE)
    assert complete.names == ("P. Dharréville", "Pierre Dharréville")
    assert complete.is_published and not complete.values
    assert complete.clues["naissance"] == (EntityValue("1975-06-15"),)
    assert EntityIndex([complete]).by_identifier("PA718926") is None


def test_a_minister_is_a_person() -> None:
    """A minister whom the tables know as a deputy is no namesake."""
    ref = MASSON_DU_VAR.partition("/")[2]
    rows = [
        ("personne/PA2", "nom", "Jean Castex", ""),
        ("personne/PA2", "wikidata", "Q1", ""),
        (f"personne/{ref}", "nom", "Jean-Louis Masson", ""),
    ]
    ministers = read_entities(rows, entity_types()["personne"], "")
    deputy = Entity(id="depute/PA3", type="depute", names=("Gérald Petex",))
    index = EntityIndex(completed_entities([*ministers, deputy], known_deputies()))
    for text, who in (
        ("CASTEX Jean", "personne/PA2"),
        ("Q1", "personne/PA2"),
        ("PA2", "personne/PA2"),
        ("Gérald Petex", "depute/PA3"),
        ("Jean-Louis Masson", f"personne/{ref}"),
    ):
        [best, *_] = found(index, text, "personne")
        assert (best.entity.id, best.is_certain) == (who, True)
    assert not any(c.name_agrees for c in found(index, "Jean Castex"))


@pytest.mark.parametrize(
    ("genre", "known", "said", "verdict_"),
    [("jour", EntityValue("1975-06-15"), "1975-06-15T00:00:00Z", True),
     ("jour", EntityValue("1975-06-15"), "15 juin 1975", True),
     ("jour", EntityValue("1975-06-15"), "1975-06-16", None),
     ("jour", EntityValue("1975-06-15"), "31 février 1975", None),
     ("entier", EntityValue("15"), "XVe", None),
     ("entier", EntityValue("15"), "15e législature", True),
     ("entier", EntityValue("15"), "16", False),
     ("civilite", EntityValue("Mme"), "Femme", True),
     ("civilite", EntityValue("Mme"), "Dr", None),
     ("entite", EntityValue("groupe/PO1", ("Les Républicains",)), "groupe/PO1", True),
     ("entite", EntityValue("groupe/PO1", ("Les Républicains",)), "PO1", True),
     ("entite", EntityValue("groupe/PO1", ("Les Républicains",)), "groupe les republicains", True),
     ("entite", EntityValue("groupe/PO1", ("Les Républicains",)), "Les Républicains - NUPES", None),
     ("entite", EntityValue("groupe/PO1", ("Les Républicains",)), "Socialistes", False),
     ("texte", EntityValue("2A", ("Corse-du-Sud",)), "Corse du Sud", True),
     ("texte", EntityValue("01", ("Ain",)), "1", True),
     ("identifiant", EntityValue("Q1"), "q1", True),
     ("identifiant", EntityValue("Q1"), "Q12", False)],
)  # fmt: skip
def test_values(genre: Any, known: EntityValue, said: str, verdict_: bool | None) -> None:
    """Values agree, differ, or cannot be compared: then the verdict is None."""
    assert verdict(genre, (known,), (said,)) is verdict_
    assert verdict(genre, (), (said,)) is None
    assert {p.genre for p in entity_properties().values()} <= set(COMPARERS)


def test_rows_become_entities() -> None:
    """Rows may come in any order; entities without names and unknown properties are left out."""
    rows = [("b/x/1", "legislature", "15", ""), ("b/x/1", "nomAutre", "R.", ""),
            ("b/x/1", "nom", "Rural", ""), ("b/x/2", "legislature", "15", ""),
            ("b/x/1", "autre", "?", "")]  # fmt: skip
    [entity] = read_entities(rows, entity_types()["rubrique"], "b/")
    assert (entity.id, entity.names) == ("x/1", ("Rural", "R."))
    assert entity.values == {"legislature": (EntityValue("15"),)}
