"""Test how facts are parted into files, and that no query of ours is one that the engine of the
browser computes wrongly.
"""

import gzip
import re
from pathlib import Path

import pytest

from lod.extensions.static_app.facts import answered_questions, parted, write_facts
from lod.publish.query_catalogue import traps
from lod.website.pages.sparql_page import staircase
from tests.support.paths import ROOT

BASE = "https://example.org/"
QP = "https://w3id.org/questions-parlementaires/def#"
OWN, OTHER = f"{BASE}question/QANR5L16QE1", f"{BASE}question/QANR5L17QE2"
ALONE, BOTH = f"{BASE}reponse/2024-01-02-ab", f"{BASE}reponse/2024-01-02-cd"
QUADS = f"""# a head
<{ALONE}> <{QP}date> "2024-01-02" .
<{OWN}> <{QP}reponse> <{ALONE}> .
<{OWN}> <{QP}texte> "Le texte"@fr .
<{OWN}#parution-1> <{QP}page> "1" .
<{OWN}> <{QP}reponse> <{BOTH}> .
<{OTHER}> <{QP}reponse> <{BOTH}> .
<{BOTH}> <{QP}date> "2024-01-02" .
<{BASE}depute/PA1> <{QP}nom> "Un nom" .
<{OTHER}> <{QP}page> "3" <{BASE}.well-known/void#debats> .
"""


@pytest.fixture
def quads(tmp_path: Path) -> Path:
    (tmp_path / "tout.nq.gz").write_bytes(gzip.compress(QUADS.encode()))
    return tmp_path / "tout.nq.gz"


def test_facts_are_parted_by_legislature(quads: Path) -> None:
    """An answer goes with its question, whatever comes first; one of two legislatures is shared."""
    parts = [part for part, _ in parted(quads, BASE.encode(), answered_questions(quads, BASE))]
    assert parts == [
        ("16", False), ("16", False), ("16", True), ("16", False), ("16", False), ("17", False),
        ("", False), ("", False), ("17", False),
    ]  # fmt: skip
    assert answered_questions(quads, BASE) == {
        "2024-01-02-ab": ["QANR5L16QE1"], "2024-01-02-cd": ["QANR5L16QE1", "QANR5L17QE2"],
    }  # fmt: skip


def test_all_facts_are_in_the_files(quads: Path, tmp_path: Path) -> None:
    """Once; what is shared comes first, then the newest legislature; names tell their bytes."""
    files = write_facts(quads, tmp_path / "faits", BASE, answered_questions(quads, BASE))
    told = [(f.legislature, f.textes, f.triplets) for f in files]
    assert told == [("", False, 2), ("17", False, 2), ("16", False, 4), ("16", True, 1)]
    packed = [(tmp_path / "faits" / f.chemin).read_bytes() for f in files]
    lines = gzip.decompress(b"".join(packed)).decode().splitlines(keepends=True)
    assert sorted(lines) == sorted(QUADS.splitlines(keepends=True)[1:])
    again = write_facts(quads, tmp_path / "encore", BASE, answered_questions(quads, BASE))
    assert again == files


TOKEN = re.compile(r"[?$]\w+|[\d.]+|[\w-]*:[\w.-]*|\w+\(|[^\s\w]|\w+")
OPERAND = re.compile(r"[?$)\d]")


def chains(text: str) -> list[str]:
    """Return where a query goes on after a subtraction or a division: `a - b + c`, `a / b / c`."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|<[^<>"{}|^`\\\s]*>|(?m:^|(?<=\s))#.*', " x:y ", text)
    levels: list[set[str]] = [set()]
    wrong, before = [], ""
    for token in TOKEN.findall(bare):
        is_binary = bool(OPERAND.match(before))
        if token.endswith("("):
            levels.append(set())
        elif token == ")" and len(levels) > 1:
            levels.pop()
        elif token in "+-*/" and is_binary:
            sums = token in "+-"
            if ("-" if sums else "/") in levels[-1]:
                wrong.append(f"{before} {token}")
            levels[-1] -= {"/"} | ({"-"} if sums else set())
            levels[-1] |= {token} & {"-", "/"}
        elif not re.match(r"[?$\w]", token):
            levels[-1].clear()
        elif ":" in token or token[0].isalpha():
            levels[-1].discard("/")
        before = token
    return wrong


def test_no_query_of_ours_chains_subtractions_or_divisions() -> None:
    """Oxigraph 0.5.11 in the browser takes `4 - 3 - 1` for `4 - (3 - 1)`: brackets say what is
    meant.
    """
    paths = [p for part in ("site", "lod/extensions") for p in (ROOT / part).glob("**/*.rq")]
    texts = {path.name: path.read_text("utf-8") for path in paths}
    texts |= {step.dit: step.requete for step in staircase()}
    texts |= {trap.nom: trap.juste for trap in traps()}
    wrong = {name: told for name, text in texts.items() if (told := chains(text))}
    assert not wrong and len(texts) > 110
    assert chains("SELECT (?a - ?b - 1 AS ?x)") and chains("SELECT (?a / 2 * ?b AS ?x)")
    assert not chains("SELECT ((?a - ?b) - 1 AS ?x) { ?c qp:d/qp:e/qp:f ?g }")
