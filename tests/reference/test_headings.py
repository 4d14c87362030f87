"""Headings: the descriptors of EuroVoc that they are close to, and those that look alike."""

import re
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple
from rapidfuzz import fuzz

from lod.base.errors import UsageError
from lod.base.tabular import rows
from lod.model.text import fold
from lod.pipeline.mapping import authorities
from lod.pipeline.mapping.links import published_link_triples
from lod.publish.release import current
from lod.rdf.iris import Iris
from lod.rdf.store import open_store, select
from lod.rdf.vocab import QP, RDFS, SKOS, en, eurovoc, fr
from lod.reference import link_tables
from lod.reference.link_tables import SAME, ReviewedHeading, reviewed_headings, reviewed_pairs
from lod.reference.tables import rubriques

IRIS = Iris("http://x/")
ALIKE = 85  # percent of the letters of two folded headings, in their order or that of the alphabet
DECISIONS = "lod/reference/data/rubriques-proches.csv"
# the descriptors that the table uses, as EuroVoc states them: see data/README.md
EUROVOC = {row["eurovoc"]: row for row in rows(Path(__file__).parent / "eurovoc.csv")}


def words(text: str) -> list[str]:
    """The words of a text, without case, accents, and the ends of their plural."""
    singular = re.sub("aux\\b", "al", fold(text))
    return [re.sub(r"(?<=..)[sx]$", "", word) for word in singular.split()]


def spelled(heading: ReviewedHeading) -> str:
    return fold(heading.rubrique)


def test_every_heading_of_today_was_compared() -> None:
    """In the order of the newest list, 167 with a descriptor, 43 without; then earlier lists."""
    newest = rubriques()[max(rubriques())]
    known = {name for names in rubriques().values() for name in names}
    today, earlier = reviewed_headings()[: len(newest)], reviewed_headings()[len(newest) :]
    assert [h.rubrique for h in today] == list(newest)
    assert (len([h for h in today if h.eurovoc]), len(newest)) == (167, 210)
    assert {h.rubrique for h in earlier} < known and not {*map(spelled, earlier)} & {
        *map(spelled, today)
    }
    assert len([h for h in earlier if h.eurovoc]) == len(earlier) == 118
    assert all(h.motif and not h.libelle_fr + h.libelle_en for h in reviewed_headings()
               if not h.eurovoc)  # fmt: skip


def test_descriptors_are_those_of_eurovoc() -> None:
    """Number and both names; ten are those of two headings, in lists of different times."""
    used = Counter(h.eurovoc for h in reviewed_headings() if h.eurovoc)
    assert set(used) == set(EUROVOC) and len(EUROVOC) == 275
    assert (
        len([number for number, n in used.items() if n == 2])
        == 10
        == len(reviewed_headings()) - 43 - 275
    )
    for heading in reviewed_headings():
        if heading.eurovoc:
            stated = EUROVOC[heading.eurovoc]
            names = heading.libelle_fr, heading.libelle_en
            assert names == (stated["libelle_fr"], stated["libelle_en"]), heading.rubrique


def test_other_words_have_a_reason() -> None:
    """Heading and descriptor have the same words, singular or plural, or the row says why."""
    for heading in reviewed_headings():
        if heading.eurovoc:
            is_same = words(heading.rubrique) == words(heading.libelle_fr)
            assert is_same != bool(heading.motif), heading.rubrique


@pytest.mark.parametrize(
    ("claim", "column", "count"),
    [
        ("« ([^»]+) » est un non-descripteur de ce", "non_descripteurs", 30),
        ("« ([^»]+) » est un terme spécifique de ce", "specifiques", 7),
    ],
)
def test_reasons_say_what_eurovoc_says(claim: str, column: str, count: int) -> None:
    """A term that a reason calls a non-descriptor, or narrower, is one."""
    found = [(h, said) for h in reviewed_headings() for said in re.findall(claim, h.motif)]
    assert len(found) == count
    for heading, said in found:
        stated = map(fold, EUROVOC[heading.eurovoc][column].split("|"))
        assert fold(said) in set(stated), heading.rubrique


def test_reasons_have_french_typography() -> None:
    """They have ’, and single spaces."""
    for reason in (*(h.motif for h in reviewed_headings()), *(p.motif for p in reviewed_pairs())):
        assert not re.search("['\"]| {2}|^ | $", reason), reason


def test_a_descriptor_in_rdf() -> None:
    """The link, its evidence, the names of the descriptor, which are not those of the heading."""
    heading, target = IRIS.rubrique("baux"), eurovoc("4598")
    found = list(published_link_triples({heading.value}, IRIS))
    proof = NamedNode(f"{heading.value}#lien-eurovoc")
    assert Triple(heading, SKOS.closeMatch, target) in found
    assert Triple(proof, QP.sujet, heading) in found and Triple(proof, QP.cible, target) in found
    assert {t for t in found if t.subject == target} == {
        Triple(target, RDFS.label, fr("bail")),
        Triple(target, SKOS.prefLabel, fr("bail")),
        Triple(target, SKOS.prefLabel, en("lease")),
    }
    assert not [t for t in found if t.predicate == SKOS.prefLabel and t.subject == heading]
    assert len(found) == 13


def test_english_names_are_our_own() -> None:
    """Each says what the heading says, whatever descriptor is close; four have no sure name."""
    names = {h.rubrique: h.anglais for h in reviewed_headings()}
    assert names["discriminations"] == "discrimination"
    assert names["donations et successions"] == "gifts and inheritance"
    assert [name for name, english in names.items() if not english] == [
        "déchéances et incapacités", "dépendance", "Mutualité sociale agricole", "voirie",
    ]  # fmt: skip
    found = {
        t.object for t in authorities.heading_triples(IRIS) if t.subject == IRIS.rubrique("baux")
    }
    assert en("leases") in found and en("lease") not in found


def test_links_are_in_the_release(sample: Path) -> None:
    """All 167, each with its evidence; a heading has one name in French, one in English at most."""
    store = open_store(current(sample) / "store")
    today = "?r skos:inScheme ?l FILTER(STRENDS(STR(?l), '/16#rubriques'))"
    for pattern, expected in (
        ("", 210),
        (
            "?r skos:closeMatch ?d . ?lien qp:sujet ?r ; qp:cible ?d ; qp:preuve qp:preuve-revue",
            167,
        ),
        ("?r skos:prefLabel ?name FILTER(LANG(?name) = 'en')", 206),
        ("?r skos:prefLabel ?name FILTER(LANG(?name) = 'fr')", 210),
        ("?r skos:closeMatch/rdfs:label ?name", 167),
        ("?r skos:exactMatch ?other . ?other skos:exactMatch ?r", 6),
    ):
        [found] = select(store, f"SELECT (COUNT(*) AS ?n) {{ {today} {pattern} }}")
        assert int(found["n"]) == expected, pattern


def alike() -> set[frozenset[str]]:
    folded = sorted({fold(name) for names in rubriques().values() for name in names})
    assert len(folded) == 602
    return {
        frozenset(pair)
        for pair in combinations(folded, 2)
        if max(fuzz.ratio(*pair), fuzz.token_sort_ratio(*pair)) >= ALIKE
    }


def test_every_pair_that_looks_alike_was_reviewed() -> None:
    """31 pairs; a new one fails here until somebody has decided about it."""
    reviewed = {frozenset(map(fold, (p.rubrique, p.autre))) for p in reviewed_pairs()}
    new = [" / ".join(sorted(pair)) for pair in alike() - reviewed]
    assert not new, (
        f"{DECISIONS}: {'; '.join(sorted(new))}: not reviewed; add a row with the decision "
        "`même` (one heading, spelled in two ways) or `distinctes`, and the reason"
    )
    assert len(reviewed) == len(reviewed_pairs()) == 31


def test_decisions_name_headings_of_the_lists() -> None:
    """As some list spells them; 17 pairs are the same heading."""
    known = {name for names in rubriques().values() for name in names}
    assert {name for p in reviewed_pairs() for name in (p.rubrique, p.autre)} <= known
    assert Counter(p.decision for p in reviewed_pairs()) == {SAME: 17, "distinctes": 14}


def test_the_same_heading_is_joined_both_ways() -> None:
    """No chain is left open: what is the same as the same is joined, too."""
    joined = {
        (t.subject, t.object)
        for t in authorities.heading_triples(IRIS)
        if t.predicate == SKOS.exactMatch
    }
    assert len(joined) == 34
    assert (IRIS.rubrique("Poste"), IRIS.rubrique("postes")) in joined
    assert joined == {(other, one) for one, other in joined}
    assert not [
        (a, d) for a, b in joined for c, d in joined if b == c and a != d and (a, d) not in joined
    ]


def test_a_decision_without_reason_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rubriques-proches.csv").write_text(
        "rubrique,autre,decision,motif\nPoste,postes,même,\n", "utf-8"
    )
    monkeypatch.setattr(link_tables, "MAPPINGS", tmp_path)
    with pytest.raises(UsageError, match=r"rubriques-proches.csv:2: motif: empty; correct the row"):
        reviewed_pairs.__wrapped__()
