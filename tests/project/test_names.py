"""Wherever a person or a program writes the name of a term, the ontology has that term."""

import ast
import re

from lod.base import packaged
from lod.rdf.ontology import ontology
from lod.rdf.vocab import NAMESPACE
from tests.support.paths import ROOT, files_of_tests, site_files, template_files

DEFINED = {
    t.subject.value.removeprefix(NAMESPACE)  # type: ignore[union-attr]  # no blank node there
    for t in ontology()
}
COUNTEREXAMPLES = [path for path in files_of_tests("counterexamples", "*") if path.is_file()]
# what a doctest shows: a name that is no term stays as it is
ON_PURPOSE = {
    ("lod/website/rendering/templates.py", "autre"),
    ("lod/server/routes/endpoint.py", "auteurr"),
}
# `qp:titre`, `…/def#titre`, and in code `qp("titre")`
NAMED = re.compile(r'\b(?:qp:|def#|qp\(")([A-Za-z](?:[\w-]*\w)?)')
PROGRAM = sorted((ROOT / "lod").rglob("*.py"))
TEXTS = [
    *sorted(path for path in packaged.ONTOLOGY.rglob("*") if path.is_file()),
    *packaged.shapes(),
    *packaged.controls(),
    *COUNTEREXAMPLES,
    *site_files("queries"),
    *site_files("", "*.rq"),
    *template_files(),
    *sorted((ROOT / "lod").rglob("*.ttl")),
    *PROGRAM,
]


def test_every_name_is_defined() -> None:
    """Comments, meanings and docstrings included: a wrong name there misleads as well."""
    wrong = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in TEXTS
        for name in NAMED.findall(path.read_text("utf-8"))
        if name not in DEFINED
        if name != "inconnue" or path not in COUNTEREXAMPLES  # closed shapes must refuse it
    }
    assert len(TEXTS) > 300 and len(COUNTEREXAMPLES) >= 9  # extensions may be taken off
    assert wrong == ON_PURPOSE


def test_code_uses_declared_terms_only() -> None:
    """An attribute of `QP` that does not exist is found before the line runs."""
    for path in PROGRAM:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "QP":
                assert node.attr in DEFINED, f"{path}:{node.lineno}: QP.{node.attr}"
