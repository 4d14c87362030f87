"""Every expression by which records are read takes time in proportion to what it reads."""

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from tests.support.paths import ROOT
from tests.support.programs import returned

PACKAGES = ("base", "model", "sources", "pipeline.mapping", "pipeline.settling")
EXPRESSIONS = 92
SIZE = 20_000  # characters of a run
SECONDS = 60  # of processor; all together take six, one that takes the square of SIZE far more
RUNS = (" ", "\u00a0", "\n", "7", "x", "É", "x ", " 7")
ENDS = ("", "!")
# texts on whose way an expression may begin to count; each is tried whole and after each word
BEGINNINGS = (
    "Question publiée au JO le : 6 mai 2014, page : 12, JO n° 20140018 (Fin de mandat (a) )",
    "Question n° 12 :", "Question de M. A B (C - D) publiée le 6 mai 2014", "15ème législature",
    "de M. A B ( C D - E )", "Bouches-du-Rhône ( 13 e circonscription ) - G", "Mme A B appelle",
    "M. A B, ministre de l’intérieur", "Cause : x", "DÉBAT : x", "## Données clés : ##",
    "<h2>Données clés : </h2>", "<b> <span>Rubrique : </b>x", "Mlle d’A",
    "rappelle sa question écrite n° 1 200", "la loi n° 2016-1321 du 7 octobre 2016",
    '{ "question" : [ {', "<?xml version='1.0' ?> <!-- -->",
    '<question a="b">', "</question ", "<title> FICHE QUESTION </title>", "2025-03-25Z", "a_PA1",
    "/dyn/16/jo_anq_202229.pdf", 'class="a question_header', "QANR5L15QE1", "&#339;",
)  # fmt: skip


def modules() -> Iterator[ModuleType]:
    for name in PACKAGES:
        package = importlib.import_module(f"lod.{name}")
        for found in pkgutil.iter_modules(package.__path__):
            yield importlib.import_module(f"{package.__name__}.{found.name}")


def expressions() -> dict[str, re.Pattern[str] | re.Pattern[bytes]]:
    found: dict[object, tuple[str, re.Pattern[str] | re.Pattern[bytes]]] = {}
    for module in modules():
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                key = value.pattern, value.flags
                found.setdefault(key, (f"{module.__name__}.{name}", value))
    return dict(found.values())


def methods() -> dict[str, set[str]]:
    """Return the last name of an expression → how the program asks it."""
    asked: dict[str, set[str]] = {}
    for path in (ROOT / "lod").rglob("*.py"):
        for name, method in re.findall(
            r"\b([A-Z_0-9]+)\.(fullmatch|match|search|finditer|findall|sub|split)\b",
            path.read_text("utf-8"),
        ):
            is_whole = method in ("fullmatch", "match")
            asked.setdefault(name, set()).add(method if is_whole else "search")
    return asked


def beginnings() -> set[str]:
    return {""} | {
        text[: word.end()] for text in BEGINNINGS for word in re.finditer(r"\w+\W?", text)
    }


def begun(expression: re.Pattern[str] | re.Pattern[bytes]) -> set[str]:
    pattern = expression.pattern
    said = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
    words = set(re.findall(r"\w{3,}", said.casefold()))
    return {
        text
        for text in beginnings()
        if len(text) < 2 or words & set(re.findall(r"\w{3,}", text.casefold()))
    }


def try_all() -> int:
    """Ask each expression as the program does about each text; return how many there are."""
    found, asked = expressions(), methods()
    for name, expression in found.items():
        print(name, file=sys.stderr, flush=True)
        for begin in begun(expression):
            for run in RUNS:
                text = begin + run * (SIZE // len(run))
                for method in asked.get(name.rpartition(".")[2], {"search"}):
                    ask = getattr(expression, method)
                    for end in ENDS:
                        said = text + end
                        ask(said.encode() if isinstance(expression.pattern, bytes) else said)
    return len(found)


@pytest.mark.slow
def test_expressions_take_time_in_proportion() -> None:
    assert int(returned(__name__, "try_all", SECONDS)) == EXPRESSIONS
