"""The traps that the site tells: the wrong query fails as is said of it, the right one does not."""

import tomllib
from html import escape
from pathlib import Path

import pytest

from lod.base import packaged
from lod.publish.query_catalogue import Trap, traps
from lod.publish.release import current
from lod.rdf.store import open_store
from lod.rdf.vocab import PREFIXES
from tests.support.paths import BASE

# what the sample gives: rows of the wrong query, rows of the right one; the first two of many
GIVEN: dict[str, tuple[int, list[list[str | None]], int, list[list[str | None]]]] = {
    "moyenne": (1, [["479", None]], 1, [["479", "165"]]),
    "terme": (0, [], 3, [["ABOLITION DE L'ESCLAVAGE"], ["ABOLITION DE L'ESCLAVAGE"]]),
    "groupe": (
        17,
        [["Droite Républicaine", "8"], ["Démocrate (MoDem et Indépendants)", "23"]],
        20,
        [["17", "Droite Républicaine", "8"], ["16", "Démocrate (MoDem et Indépendants)", "23"]],
    ),
    "graphe": (1, [["0"]], 1, [["303"]]),
    "naissance": (1, [["0"]], 1, [["303"]]),
    "statut": (1, [["0"]], 1, [["6"]]),
    "propriete": (1, [["349"]], 1, [["337"]]),
    "jeu": (1, [["300"]], 1, [["479"]]),
}


def asked(folder: Path, text: str) -> list[list[str | None]]:
    store = open_store(current(folder) / "store")
    found = store.query(text, prefixes=PREFIXES, base_iri=f"{BASE}sparql")
    return [[getattr(value, "value", None) for value in row] for row in found]  # type: ignore[union-attr]


def test_all_traps_were_found() -> None:
    stated = tomllib.loads(packaged.TRAPS.read_text("utf-8"))["piege"]
    assert len(stated) == len(traps()) == len(GIVEN) == 8


@pytest.mark.parametrize("trap", traps(), ids=lambda trap: trap.nom)
def test_wrong_and_right(trap: Trap, sample: Path) -> None:
    """They differ, as the text says, on the real facts of the sample."""
    wrong, right = asked(sample, trap.fausse), asked(sample, trap.juste)
    assert (len(wrong), wrong[:2], len(right), right[:2]) == GIVEN[trap.nom]
    assert wrong != right


def test_they_are_told_three_times(sample: Path) -> None:
    """On the SPARQL page, in the guide in both languages, and to language models."""
    site = current(sample) / "site"
    page, guide, english, llms = (
        (site / name).read_text("utf-8")
        for name in ("sparql.html", "donnees.html", "donnees.en.html", "llms.txt")
    )
    for trap in traps():
        for text in (page, guide, english):
            for query in (trap.fausse, trap.juste):
                assert escape(query.splitlines()[0]) in text, trap.nom
        assert trap.fausse in llms and trap.juste in llms and trap.dit in llms
        assert trap.dit_en[:40] in english
