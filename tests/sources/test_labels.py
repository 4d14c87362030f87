"""Every labelled fact of each real page, found without the readers, is in the graph."""

import re
from html import unescape
from itertools import chain
from pathlib import Path

import pytest
from pyoxigraph import Quad, Store

from lod.base.inputs import Record
from lod.base.tabular import rows
from lod.pipeline.settling.convert import Accepted, convert
from lod.rdf.iris import Iris
from lod.rdf.ontology import ontology
from lod.rdf.store import select
from lod.rdf.vocab import NAMESPACE
from tests.support.paths import BASE, REAL, TESTS

FOLDERS = (REAL / "pages", REAL / "found/pages", REAL / "found/pages-texte")
PAGES = {path.name: path for folder in FOLDERS if folder.is_dir() for path in folder.iterdir()}
TABLE = [*rows(TESTS / "sources" / "labels.csv")]
NAMES = sorted({row["page"] for row in TABLE})
# heading of a text on a fiche, which is printed above an empty cell too → its tag
HEADINGS = {"Texte de la QUESTION": "quest", "Texte de la REPONSE": "rep", "DEBAT": "rep"}
pytestmark = pytest.mark.shared


def test_the_table_has_every_page() -> None:
    assert sorted(PAGES) == NAMES
    assert len(NAMES) == 23


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_a_triple(name: str, iris: Iris) -> None:
    path = PAGES[name]
    verdict = convert(Record(name, name, path.read_bytes()), iris)
    assert isinstance(verdict, Accepted)
    store = Store()
    triples = chain(verdict.triples(), ontology())
    store.extend(Quad(t.subject, t.predicate, t.object) for t in triples)
    question = iris.question(verdict.question.uid)
    for row in (row for row in TABLE if row["page"] == name):
        found = select(store, f"SELECT ?o {{ {question} {row['chemin']} ?o }}")
        values = [shown(solution["o"]) for solution in found]
        if row["valeur"].startswith("texte de "):
            plain = words(unescape(re.sub(r"<[^>]*>", "", decoded(path))).replace("*", ""))
            assert all(words(value) in plain for value in values), row
            count = len(words(" ".join(values)).split())
            assert row["valeur"] == f"texte de {count} mots", row
        else:
            assert row["valeur"] in values, (row, values)


@pytest.mark.parametrize("name", NAMES)
def test_every_label_of_the_page_has_a_row(name: str) -> None:
    listed = {row["etiquette"] for row in TABLE if row["page"] == name}
    assert labels_of(PAGES[name]) <= listed


def shown(value: str) -> str:
    """Return a value as the table has it: an IRI of ours without its beginning."""
    return re.sub(f"^{NAMESPACE}", "qp:", value.removeprefix(BASE))


def words(text: str) -> str:
    return re.sub(r"\W+", " ", text)


def decoded(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252")


def text_labels(text: str) -> set[str]:
    """Return the labels of a page saved as text: at the beginning of a line."""
    found = re.findall(r"^([A-Z][^:.\n]{3,40}?) :", text, re.M)
    found += re.findall(
        r"^((?:Question|Réponse) (?:publiée|retirée|signalée)\b.{0,20}? le)", text, re.M
    )
    numbered = {label for label in found if " n° " in label}
    headings = {"Date", "Dates"}  # of the days below them
    return {*found} - numbered - headings | ({"Question écrite n°"} if numbered else set())


def labels_of(path: Path) -> set[str]:
    """Return the labels with a value on a page, found by patterns in its source."""
    text = decoded(path)
    if path.parent.name == "pages-texte":
        return text_labels(text)
    if path.suffix == ".md":
        found = re.findall(r"\*\*([^*]+?)\s*:\*\*\s*\S", text)
        return {*found, *re.findall(r"^## (Texte .*)$", text, re.M)}
    if "FICHE QUESTION" in text:
        text = re.sub(r"</?[A-Z]+", lambda tag: tag[0].lower(), text).replace("&nbsp;", " ")
        tags = re.findall(r"<([a-z]+)>\s*(?:<html>)?[^<\s]", text)
        known = {"b", "u", "br", "html", "td", "title", "textes"}
        empty = {label for label, tag in HEADINGS.items() if tag not in tags}
        printed = re.findall(r"([A-ZT][\w' ]{3,40}?|page)\s*:\s*(?:</\w+>|\n)", text)
        return {*tags} - known | {label.strip() for label in printed} - empty
    if "question_header" in text:
        body = text[text.index("question_header") : text.rindex("print_and_pdf")]
        found = re.findall(r"([A-Z][\w' ]{3,40}?)\s*(?:&gt;|:)\s*<", body)
        answered = re.search(r'reponse_contenu">\s*(?!<form)[^\s<]', body)
        headings = set(re.findall(r"<h3>([^<]+)</h3>", body))
        return {*found, *headings - (set() if answered else {"Texte de la réponse"})}
    body = text[text.index("_style-question") : text.index("bloc-actions")]
    flat = re.sub(r"\s+", " ", body)
    found = re.findall(r'class="(?:h6[^"]*|_bold)"[^>]*>\s*([^:<]{3,40}?)\s*:', flat)
    found += re.findall(r"(Publication de la \w+ au Journal Officiel du)", flat)
    found += [label for label in ("Question publiée le", "Réponse publiée le")
              if re.search(label.replace(" ", r"\s+"), flat)]  # fmt: skip
    return set(found)
