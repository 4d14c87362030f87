"""The terms of common texts, their shapes and columns: each is declared, used and explained."""

import pytest
from pyoxigraph import NamedNode

from lod.base import packaged
from lod.base.errors import UsageError
from lod.base.settings import Settings
from lod.base.tabular import rows
from lod.check import check
from lod.extensions.common_texts.finding import find_common_texts
from lod.extensions.common_texts.outside import COLUMNS, OBJECTIONS, read_objections
from lod.extensions.common_texts.triples import common_text_triples
from lod.pipeline.report.build_report import BuildReport
from lod.pipeline.validation.pyshacl_engine import shapes_as_published
from lod.rdf.iris import Iris
from lod.rdf.serialize import read_turtle
from lod.rdf.vocab import NAMESPACE, SHAPES_NAMESPACE
from tests.extensions.common_texts.support import sharing
from tests.support.chantier import write_questions
from tests.support.paths import GOOD, site_files
from tests.support.shapes import ADDED, constraints

MODULE = packaged.ONTOLOGY / "extensions/common_texts/modules/textes.ttl"
SHAPES = packaged.SHAPES / "extensions/common_texts"


def test_common_texts_use_all_terms_and_no_other(tmp_path) -> None:
    module = {t.subject.value for t in read_turtle(MODULE)}
    defined = {iri for iri in module if iri.startswith(NAMESPACE)}
    found = find_common_texts(write_questions(tmp_path, sharing()), Iris("http://x/"))
    triples = [*common_text_triples(found, Iris("http://x/"))]
    said = {term for t in triples for term in (t.predicate, t.object)}
    used = {term.value for term in said if isinstance(term, NamedNode)}
    assert {iri for iri in used if iri.startswith(NAMESPACE)} == defined
    assert len(defined) == 16


def test_how_much_there_is() -> None:
    """Shapes with their constraints, columns of two tables: nothing disappears unnoticed."""
    files = [*SHAPES.glob("*.ttl"), *(SHAPES / "controles").iterdir()]
    own = {
        t.subject.value.removeprefix(SHAPES_NAMESPACE)  # type: ignore[union-attr]
        for path in SHAPES.glob("*.ttl")
        for t in read_turtle(path)
    } & ADDED
    kept = [shape for shape, _ in constraints(shapes_as_published()) if shape in own]
    [path] = [path for path in site_files("", "colonnes.csv") if "common_texts" in path.parts]
    columns = [row for row in rows(path) if row["table"]]
    assert (len(files), len(kept), len(columns)) == (6, 81, 17)


def test_every_shape_is_applied(mixture: tuple[object, BuildReport]) -> None:
    """In a release with all cases, but for texts elsewhere, of which it has no reviewed file."""
    seen = mixture[1].focus_nodes
    names = ("TexteCommun", "Comparaison", "PassageCommun", "TexteExterieur")
    assert [bool(seen[SHAPES_NAMESPACE + name]) for name in names] == [True, True, True, False]


def test_each_reviewed_file_is_explained() -> None:
    for language in ("", ".en"):
        path = packaged.SITE / f"extensions/common_texts/ajouts/configuration{language}.md"
        for name, columns in COLUMNS.items():
            assert f"| `{name}` | `{','.join(columns)}` |" in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("row", "wrong"),
    [(",,x", "texte: empty"), ("QANR5L17QE0,,x", "'QANR5L17QE0' is not the uid of a question")],
)
def test_a_wrong_objection_stops_every_command(tmp_path, row: str, wrong: str) -> None:
    """Before any record is read; an answer is named by its code."""
    path = tmp_path / OBJECTIONS
    path.write_text("texte,autre,motif\n2025-06-03-700756213e998254,,essai\n", "utf-8")
    assert read_objections(path) == {("2025-06-03-700756213e998254", "")}
    path.write_text(f"texte,autre,motif\n{row}\n", "utf-8")
    with pytest.raises(UsageError, match=wrong):
        list(check([GOOD], Settings(revue=tmp_path)))
