"""Candidates, anomalies and the files of `lod link`, on values made by hand."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pyoxigraph import DefaultGraph, Quad, Store

from lod.extensions.wikidata import review_files
from lod.extensions.wikidata.candidates import PlaceItems, rank_candidates
from lod.extensions.wikidata.p4123 import IdentifierFindings, PublishedLink, compare_identifiers
from lod.extensions.wikidata.people import (
    BirthDay,
    ConstituencySeat,
    KnownDeputy,
    WikidataItem,
    known_deputies,
    read_birth,
)
from lod.extensions.wikidata.review_files import explain
from lod.pipeline.mapping.directory import triples
from lod.pipeline.mapping.links import PREUVES
from lod.rdf.iris import Iris
from lod.reference.amo_archives import read_directory
from lod.reference.executive_tables import with_archives
from lod.reference.matching import NameMatch
from lod.reference.reviewed_files import AnomalyKind
from lod.reference.tables import deputy_rows
from tests.support import amo

NORD = PlaceItems(
    circonscriptions={("59", 1): "Q901", ("59", 2): "Q902"}, groupes={(17, "G"): "Q801"}
)
REFS = {"1": "PA1", "2": "PA2", "3": "PA3"}
BORN, OTHER_YEAR = "né la même année (1960)", "né en 1960, en 1957 d’après Wikidata"
C, UNKNOWN_YEAR = "circonscription", "année de naissance inconnue"
FOLDED = "Même nom aux accents, à la ponctuation et à l’ordre des mots près"
CONTAINED = "Même prénom, et tous les mots d’un nom sont dans l’autre"
ALONE, WEAK = "aucun autre élément ne convient", "cela ne suffit pas pour conclure"
TWO_ITEMS, TWO_NUMBERS, MALFORMED = "deux éléments", "deux numéros", "numéro mal formé"
CONTRADICTED, LOST = "lien publié contredit", "lien publié perdu"
MERGED, DELETED = "élément fusionné", "élément supprimé"
DISCORDANT = AnomalyKind.DISCORDANT.value
BY_ID, CONCORDANCE = PREUVES["P4123"], PREUVES["concordance"]


def deputy(
    ref: str = "PA1", *names: str, day: str = "1960-05-04", civilite: str = "M."
) -> KnownDeputy:
    """A deputy of the 17th legislature, for the first constituency of Nord."""
    return KnownDeputy(
        ref=ref,
        names=names or ("Jean Martin",),
        civilite=civilite,
        births=frozenset([day] if day else ()),
        seats=frozenset([ConstituencySeat(17, "59", 1)]),
        groupes=frozenset([(17, "G")]),
        legislatures=frozenset([17]),
    )


def item(
    qid: str = "Q1", *names: str, born: str = "1960", p4123: str = "", seat: str | None = None
) -> WikidataItem:
    """An item; a birth is a year, a month or a day, and has that precision."""
    births = [BirthDay(f"{born}-01-01"[:10], {4: 9, 7: 10, 10: 11}[len(born)])] if born else []
    return WikidataItem(
        qid=qid,
        names=frozenset(names or ("Jean Martin",)),
        births=frozenset(births),
        p4123=frozenset([p4123] if p4123 else ()),
        seats=frozenset([(17, seat)] if seat is not None else ()),
    )


def found(persons: list[KnownDeputy], items: list[WikidataItem], **more: Any) -> Any:
    return rank_candidates(persons, items, NORD, **more)


def certain(persons: list[KnownDeputy], items: list[WikidataItem], **more: Any) -> Any:
    return [p.candidate.pair for p in found(persons, items, **more) if p.is_certain]


@pytest.mark.parametrize(
    ("ours", "theirs", "is_certain"),
    [
        (deputy(), item(), True),
        (deputy(), item(born="1960-05-04"), True),
        (deputy(), item(born="1960-11-30"), True),  # another day of the year rejects nothing
        (deputy("PA1", "Éva Descœur-L’Huissier"), item("Q1", "Eva Descoeur L'Huissier"), True),
        (deputy("PA1", "Charles de Courson"), item("Q1", "Courson (de) Charles"), True),
        (deputy("PA1", "Marie Le Nabour", "Marie Cloarec"), item("Q1", "Marie Cloarec"), True),
        (deputy("PA1", "Éva Petex"), item("Q1", "Eva Petex-Levet"), True),
        (deputy(), item("Q1", "Johannes", "Jean Martin"), True),  # an alias
        (deputy(), item(seat="Q901"), True),
        (deputy(), item(seat=""), True),  # a seat without constituency says nothing
        (deputy(), item(seat="Q902"), False),
        (deputy(), item(born="1961"), False),
        (deputy(), item(born="", seat="Q901"), False),
        (deputy(day=""), item(seat="Q901"), False),
        (deputy(), item("Q1", "Jacques Martin"), False),
        (deputy("PA1", "Jean Bardet"), item("Q1", "Jean-Claude Bardet"), False),
        (deputy("PA1", "Jean Michel"), item("Q1", "Jean-Michel Bouvier"), False),
        (deputy(), item("Q1", "Nom Autre", seat="Q901"), False),
        (deputy(), item(p4123="7"), False),
        (deputy(), WikidataItem(qid="Q1", births=frozenset([BirthDay("1960-05-04", 11)])), False),
    ],
)  # fmt: skip
def test_certain_is_what_agrees_by_name_and_year_against_nothing(
    ours: KnownDeputy, theirs: WikidataItem, is_certain: bool
) -> None:
    """Each condition alone, met and not met."""
    assert certain([ours], [theirs]) == ([("PA1", "Q1")] if is_certain else [])


def test_a_name_alone_is_no_candidate() -> None:
    """A birth that is not known to the year is not compared."""
    assert read_birth("1960-01-01T00:00:00Z", "8") is None
    [one] = found([deputy()], [item(born="", seat="Q901")])
    assert one.candidate.birth_year is None
    assert found([deputy()], [item(born="")]) == []


@pytest.mark.parametrize("twin", ["Jean Martin", "Jean MARTIN", "Jean Martin-Duval"])
def test_two_that_fit_are_rivals(twin: str) -> None:
    """Each names the other, until a person refuses one; another seat is no rival."""
    items, both = [item(), item("Q2", twin)], [deputy(), deputy("PA2", "Jean MARTIN")]
    assert certain([deputy()], items) == certain(both, items[:1]) == []
    assert [p.rivals for p in found([deputy()], items)] == [("Q2",), ("Q1",)]
    assert [p.rivals for p in found(both, items[:1])] == [("PA2",), ("PA1",)]
    assert certain([deputy()], items, refused={("PA1", "Q2")}) == [("PA1", "Q1")]
    assert len(found([deputy()], items, refused={("PA1", "Q2")})) == 1
    assert certain(both, items[:1], refused={("PA2", "Q1")}) == [("PA1", "Q1")]
    seated = [item(seat="Q901"), item("Q2", twin, seat="Q902")]
    assert certain([deputy()], seated) == [("PA1", "Q1")]


def test_an_item_that_is_a_deputy_s_already_is_no_other_s() -> None:
    items = [item(p4123="7"), item("Q2"), item("Q3")]
    assert certain([deputy()], items, holders={"Q3": "PA9"}) == [("PA1", "Q2")]
    assert [(p.candidate.item.qid, p.holder) for p in found([deputy()], items[:1])] == [("Q1", "7")]
    assert certain([deputy()], [item()], holders={"Q1": "PA1"}) == [("PA1", "Q1")]


def test_the_order_does_not_depend_on_that_of_the_answers() -> None:
    persons = [deputy(), deputy("PA2", "Anne Martin"), deputy("PA3", "Jeanne Martin")]
    names = ["Jean Martin", "Anne Martin", "J. Martin", "Jean-Luc Martin"] * 5
    items = [item(f"Q{n}", name, seat=("Q901", None)[n % 2]) for n, name in enumerate(names)]
    expected = found(persons, items)
    assert len(expected) > 10
    assert all(found(persons, Random(n).sample(items, 20)) == expected for n in range(5))


@pytest.mark.parametrize(
    ("theirs", "agrees", "follows"),
    [
        (item(seat="Q901"), f"Même nom, {BORN}, même {C}", ALONE),
        (item(born="1960-05-04"), "Même nom, né le même jour (4 mai 1960)", ALONE),
        (item("Q1", "JEAN MARTIN", seat=""), f"{FOLDED}, {BORN}, même législature", ALONE),
        (item("Q1", "Jean Martin-Duval", seat="Q902"), f"{CONTAINED}, {BORN}, autre {C}", WEAK),
        (item(born="1957", seat="Q901"), f"Même nom, {OTHER_YEAR}, même {C}", WEAK),
        (item("Q1", "Autre Nom", seat="Q901"), f"Autre nom, {BORN}, même {C}", WEAK),
        (item(p4123="7"), f"Même nom, {BORN}", "l’élément porte déjà le numéro 7"),
        (item(born="", seat="Q901"), f"Même nom, {UNKNOWN_YEAR}, même {C}", WEAK),
    ],
)  # fmt: skip
def test_a_reviewer_reads_why(theirs: WikidataItem, agrees: str, follows: str) -> None:
    [one] = found([deputy()], [theirs])
    assert explain(one) == f"{agrees}\u00a0; {follows}."


def test_a_reviewer_reads_of_rivals() -> None:
    """They are named; « née » is said of a woman; an item that fits better is named."""
    she, twins = deputy("PA1", "Anne Martin", civilite="Mme"), [item("Q1", "Anne Martin")]
    twins.append(item("Q2", "ANNE MARTIN"))
    first, _, weak = map(explain, found([she], [*twins, item("Q3", "A. Martin")]))
    assert "née la même année" in first and first.endswith("convient aussi\u00a0: Q2.")
    assert weak.endswith("convient mieux\u00a0: Q1, Q2.")
    assert explain(found([she], twins[:1], holders={"Q1": "PA9"})[0]).endswith("déjà lié à PA9.")
    grouped = replace(twins[0], groupes=frozenset(["Q801"]))
    assert ", même groupe\u00a0;" in explain(found([she], [grouped])[0])


def pairs(*said: str) -> list[tuple[str, str]]:
    return [(qid, number) for qid, number in map(str.split, said)]


def kinds(findings: IdentifierFindings) -> list[tuple[str, str, str]]:
    return [(a.kind.value, a.ref, a.qid) for a in findings.anomalies]


@pytest.mark.parametrize(
    ("said", "published", "moved", "links", "anomalies"),
    [
        (["Q1 1", "Q9 9"], {}, {}, {"PA1": "Q1"}, []),
        (["Q1 1", "Q2 1", "Q3 3"], {}, {}, {"PA3": "Q3"}, [(TWO_ITEMS, "PA1", "Q1")]),
        (["Q1 1", "Q1 2", "Q3 3"], {}, {}, {"PA3": "Q3"}, [(TWO_NUMBERS, "PA1", "Q1")]),
        (["Q1 1", "Q1 77"], {}, {}, {}, [(TWO_NUMBERS, "PA1", "Q1")]),
        (["Q1 77", "Q2 77", "Q3 3"], {}, {}, {"PA3": "Q3"}, []),  # none of ours
        (["Q1 1", "Q2 1", "Q2 2", "Q4 2"], {}, {}, {},
         [(TWO_NUMBERS, "PA1", "Q2"), (TWO_ITEMS, "PA1", "Q1"), (TWO_ITEMS, "PA2", "Q2")]),
        (["Q1 01", "Q2 2"], {}, {}, {"PA2": "Q2"}, [(MALFORMED, "", "Q1")]),
        (["Q1 PA1", "Q2 2"], {}, {}, {"PA2": "Q2"}, [(MALFORMED, "", "Q1")]),
        (["Q1 1"], {"PA1": ("Q1", BY_ID)}, {}, {"PA1": "Q1"}, []),
        (["Q2 1"], {"PA1": ("Q1", BY_ID)}, {}, {}, [(CONTRADICTED, "PA1", "Q1")]),
        (["Q2 1"], {"PA1": ("Q1", BY_ID)}, {"Q1": "Q2"}, {"PA1": "Q2"}, [(MERGED, "PA1", "Q1")]),
        (["Q2 1"], {"PA1": ("Q1", BY_ID)}, {"Q1": "Q3"}, {},
         [(CONTRADICTED, "PA1", "Q3"), (MERGED, "PA1", "Q1")]),
        (["Q2 1"], {"PA1": ("Q1", BY_ID)}, {"Q1": None}, {"PA1": "Q2"}, [(DELETED, "PA1", "Q1")]),
        (["Q1 2"], {"PA1": ("Q1", CONCORDANCE)}, {}, {}, [(CONTRADICTED, "PA1", "Q1")]),
        (["Q9 9"], {"PA1": ("Q1", BY_ID)}, {}, {}, [(LOST, "PA1", "Q1")]),
        (["Q9 9"], {"PA1": ("Q1", CONCORDANCE)}, {}, {}, []),
        (["Q1 2", "Q2 1"], {"PA1": ("Q1", BY_ID)}, {}, {}, [(CONTRADICTED, "PA1", "Q1")]),
    ],
)  # fmt: skip
def test_what_is_not_one_to_one_is_an_anomaly(said, published, moved, links, anomalies) -> None:
    """Nothing is written for either side, in whatever order the pairs come."""
    known = {ref: PublishedLink(*link) for ref, link in published.items()}
    for order in (said, said[::-1]):
        findings = compare_identifiers(pairs(*order), REFS, known, moved)
        assert (dict(findings.links), kinds(findings)) == (links, sorted(anomalies))
        assert not findings.set_aside & {*findings.links, *findings.links.values()}


def test_an_item_in_an_anomaly_is_out_of_everything() -> None:
    """Both deputies and both items are set aside, and a deputy who lost a link by it."""
    findings = compare_identifiers(pairs("Q1 1", "Q2 1", "Q2 2"), REFS, {}, {})
    assert {"PA1", "PA2", "Q1", "Q2"} <= findings.set_aside
    published = {"PA1": PublishedLink("Q1", CONCORDANCE)}
    findings = compare_identifiers(pairs("Q1 2"), REFS, published, {})
    assert {"PA1", "PA2", "Q1"} <= findings.set_aside
    findings = compare_identifiers(pairs("Q1 1"), REFS, {}, {}, ["PA1"])
    assert not findings.links and kinds(findings) == [(DISCORDANT, "PA1", "Q1")]


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_a_candidate_is_a_row() -> None:
    """Every column, and an empty one for the decision; each degree of agreement has a word."""
    assert set(review_files.MATCH_WORDS) == set(NameMatch)
    [one] = found([deputy()], [item("Q1", "JEAN MARTIN", born="1960-05-04", seat="Q901")])
    [row] = rows(review_files.table("candidates.csv", [review_files.candidate_row(one)]))
    said = row.pop("explication")
    assert said.startswith("Même nom aux accents")
    assert row == {
        "acteurRef": "PA1", "nom": "Jean Martin", "naissance": "1960-05-04", "qid": "Q1",
        "libelle": "JEAN MARTIN", "leurs_naissances": "1960-05-04 (jour)", "accord": "plié",
        "annee": "oui", "circonscription": "oui", "legislature": "oui", "rivaux": "0",
        "score": "99", "match": "oui", "regle": "plié+annee+circonscription", "decision": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    "evil", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r\n=1", " =1", "\x00=1"]
)
def test_no_cell_is_a_formula(evil: str) -> None:
    hostile = item("Q1", f"{evil} Jean Martin", seat="Q901")
    [one] = found([deputy("PA1", "Jean Martin", "x Jean Martin")], [hostile])
    content = review_files.table("candidates.csv", [review_files.candidate_row(one)])
    cells = [cell for row in rows(content) for cell in row.values()]
    assert not any(re.match(r"[\s]*[=+\-@]", cell) for cell in cells)
    assert any(cell.startswith("'") for cell in cells)
    assert content.count(b"\r\n") == 2, "a row is a line"


def test_a_person_has_every_name_and_seat(tmp_path: Path) -> None:
    r, _ = read_directory([amo.archive(tmp_path / "amo.zip", amo.EXEMPLE)])
    store = Store()
    known = triples(r, with_archives(r), Iris("http://localhost:8000/"))
    store.bulk_extend(Quad(*triple, DefaultGraph()) for triple in known)
    [alone] = known_deputies([], store).values()
    assert alone == KnownDeputy(
        ref="PA900001", names=("Alix Exemple",), civilite="Mme", births=frozenset(["1970-01-31"]),
        seats=frozenset([ConstituencySeat(16, "01", 1), ConstituencySeat(17, "01", 1)]),
        legislatures=frozenset([16, 17]),
    )  # fmt: skip
    one = replace(deputy_rows()[0], acteur_ref="PA900001")
    names = {13: "Alix Ancien", 15: "Alix Nouveau"}
    rows = [replace(one, legislature=n, nom_complet=name) for n, name in names.items()]
    [both] = known_deputies(rows, store).values()
    assert both.names == ("Alix Nouveau", "Alix Ancien", "Alix Exemple")
    assert both.legislatures == {13, 15, 16, 17} and len(both.seats) == 4
    assert both.birth_years == {"1970", rows[0].naissance[:4]}
