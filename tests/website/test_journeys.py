"""What people do on the site in a real browser, on each way that `journeys` files describe."""

import json
import subprocess
import unicodedata
from typing import Any

import pytest

from lod.publish.search.words import WORD, composed, fold_word
from lod.website.indexes.static_search import file_of_word
from tests.support.browsing import OF_CORE, Sites, follow_journeys, journeys
from tests.support.paths import ROOT
from tests.support.programs import need

pytestmark = pytest.mark.tool


@pytest.fixture(scope="module")
def ends(browsed: Sites) -> dict[str, str]:
    """How each journey failed; "" for one that reached its end."""
    return failures(follow_journeys(browsed))


def failures(followed: list[dict[str, Any]]) -> dict[str, str]:
    return {journey["nom"]: journey["echec"] for journey in followed}


@pytest.mark.parametrize("nom", journeys())
def test_journey(ends: dict[str, str], nom: str) -> None:
    """What people do can be done."""
    assert not ends[nom], ends[nom]


def test_every_machine(browsed: Sites) -> None:
    """At night: each journey on all machines."""
    ends = failures(follow_journeys(browsed, every=True))
    assert sorted(ends) == sorted(journeys()) and not any(ends.values()), ends


def test_journeys_are_found() -> None:
    """None is lost between the file and the tests."""
    assert len(journeys(OF_CORE)) == 35 and len({*journeys()}) == len(journeys())


def test_the_script_folds_as_the_index_does() -> None:
    """A word typed is folded, cut and looked for as the index was written."""
    letters = "".join(map(chr, (*range(0xA0, 0x250), *range(0x1E00, 0x1F00))))
    words = ["Hôpital", "Œuvres", "QANR5L15QE43349", "43349", "l’école", "COVID-19", "½", "été",
             *filter(str.isalnum, letters)]  # fmt: skip
    words = [unicodedata.normalize("NFD", word) for word in words] + words
    script = (ROOT / "site/static/recherche.js").read_text("utf-8")
    pure = script[
        script.index("// as lod/model/text.py folds") : script.index("// a word, and what")
    ]
    asked = (
        f'const AUTRES = "autres", MOTS = 99, outils = new Set();\n{pure}\n'
        f"const mots = {json.dumps(words)};\n"
        "console.log(JSON.stringify(mots.map((w) => motsDe(w).map((m) => [m, cle(m)]))));"
    )
    run = subprocess.run([need("node"), "-e", asked], capture_output=True, text=True, check=True)
    expected = [
        [
            [mot, file_of_word(mot)]
            for mot in dict.fromkeys(map(fold_word, WORD.findall(composed(word))))
            if mot
        ]
        for word in words
    ]
    assert json.loads(run.stdout) == expected
