"""Official records read again without the readers: every fact is in the graph, and nothing else.

Here JSON is plain objects; names of keys are those that the Assemblée writes. What the readers do
to a value (dates, white space, tags) is done once more, in another way.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Store
from pyoxigraph import Quad as OxiQuad

from lod.base.inputs import Record
from lod.model.question import REPONSE_PUBLIEE
from lod.pipeline.settling.convert import Accepted, convert
from lod.rdf.iris import Iris
from lod.rdf.vocab import NAMESPACE
from tests.support.paths import REAL

FOLDERS = {"found/json-L15-QG": 66, "found/json-L15-QG-autre-version": 2, "json": 301}
FOUNDED = {
    "PO759900": "2018-10-18"
}  # groups that some of these records name before they were there
Facts = Counter[tuple[str, str]]
pytestmark = pytest.mark.shared


def day(text: str) -> str:
    if "/" in text:
        d, m, y = text.split("/")
        text = f"{y}-{m}-{d}"
    return date.fromisoformat(text).isoformat()


def words(html: str) -> str:
    """Return a text without tags, entities and white space."""
    bare = re.sub(r"<[^>]*(?:>|$)", " ", html)
    return re.sub(r"\W+", "", unescape(bare))


def many(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def titles(q: dict[str, Any]) -> list[str]:
    index = q["indexationAN"]
    found = (index.get("analyses") or {}).get("analyse") or (index.get("ANALYSE") or {}).get("ANA")
    return many(found)


def stated(q: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (what, value) of each fact of a record."""
    yield "uid", q["uid"]
    yield "numero", q["identifiant"]["numero"]
    yield "legislature", q["identifiant"]["legislature"]
    yield "type", q["type"]
    if titles(q):
        yield "titre", words(". ".join(titles(q)))
    if q["indexationAN"].get("rubrique"):
        yield "rubrique", words(q["indexationAN"]["rubrique"])
    yield "auteur", q["auteur"]["identite"]["acteurRef"]
    if q["auteur"]["identite"].get("mandatRef"):
        yield "mandat", q["auteur"]["identite"]["mandatRef"]
    group = q["auteur"].get("groupe") or {}
    if group.get("developpe"):
        yield "groupe", group["developpe"]
    texts = many((q.get("textesQuestion") or {}).get("texteQuestion"))
    asked, ref = (
        min((day(t["infoJO"]["dateJO"]) for t in texts), default=""),
        group.get("organeRef"),
    )
    if re.fullmatch(r"PO\d+", ref or "") and asked >= FOUNDED.get(ref, ""):
        yield "organe du groupe", ref
    yield "ministère interrogé", q["minInt"]["abrege"]
    for step in many(q["minAttribs"]["minAttrib"]):
        yield "ministère attributaire", step["denomination"]["abrege"]
        if (step.get("infoJO") or {}).get("dateJO"):
            yield "jour d’attribution", day(step["infoJO"]["dateJO"])
    for text in texts:
        yield "texte", words(text["texte"])
        yield "parution", day(text["infoJO"]["dateJO"])
    answers = many((q.get("textesReponse") or {}).get("texteReponse"))
    closed = q.get("cloture") or {}
    for answer in answers:
        yield "réponse", day(answer["infoJO"]["dateJO"])
        yield "texte de la réponse", words(answer["texte"])
        if page := answer["infoJO"].get("pageJO") or closing_page(closed, answer["infoJO"]):
            yield "page de la réponse", page
    if closed:
        if closed["codeCloture"] != REPONSE_PUBLIEE:
            yield "retrait", day(closed["dateCloture"])
        elif answers and all(a["infoJO"]["dateJO"] != closed["dateCloture"] for a in answers):
            yield "clôture", f"{day(closed['dateCloture'])}, page {closed['infoJO']['pageJO']}"
        elif not answers:  # the closure alone says that there was an answer
            yield "réponse", day(closed["dateCloture"])
            if (closed.get("infoJO") or {}).get("pageJO"):
                yield "page de la réponse", closed["infoJO"]["pageJO"]


def closing_page(closed: dict[str, Any], answered: dict[str, Any]) -> str | None:
    """Return the page that the closure of an answer's own day states; legislatures 14 to 16."""
    place = closed.get("infoJO") or {}
    return place.get("pageJO") if place.get("dateJO") == answered["dateJO"] else None


PATHS = {  # what → path from the question
    "uid": "qp:uid",
    "numero": "qp:numero",
    "legislature": "qp:legislature/qp:numero",
    "titre": "qp:titre",
    "rubrique": "qp:rubrique/skos:prefLabel",
    "mandat": "qp:mandatRef",
    "groupe": "qp:libelleGroupe",
    "ministère interrogé": "qp:libelleMinistereInterroge",
    "ministère attributaire": "qp:attribution/qp:libelle",
    "jour d’attribution": "qp:attribution/qp:date",
    "texte": "qp:texte",
    "réponse": "qp:reponse/qp:date",
    "texte de la réponse": "qp:reponse/qp:texte",
    "page de la réponse": "qp:reponse/qp:page",
    "retrait": "qp:dateRetrait",
    "auteur": "qp:auteur/qp:uid",
    "type": "qp:typeQuestion",
    "organe du groupe": "qp:groupe/qp:uid",
}
FOLDED = {"titre", "rubrique", "texte", "texte de la réponse"}


def published(store: Store, iri: NamedNode, type_: str) -> Iterator[tuple[str, str]]:
    """Yield (what, value) of each fact that the graph states."""
    for what, path in PATHS.items():
        query = f"""PREFIX qp: <{NAMESPACE}> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
            SELECT DISTINCT ?node ?o WHERE {{ {iri} {path.rpartition("/")[0] or "qp:uid"} ?node .
            {"?node" if "/" in path else iri} {path.rpartition("/")[2]} ?o }}"""
        for solution in store.query(query):  # type: ignore[union-attr]
            o = solution["o"]
            assert isinstance(o, Literal | NamedNode)
            value = o.value.rpartition("type-")[2] if what == "type" else o.value
            yield what, words(value) if what in FOLDED else value
    query = f"""PREFIX qp: <{NAMESPACE}> SELECT ?o {{ {iri} qp:evenement [ a qp:Cloture ;
        qp:date ?day ; qp:page ?page ] BIND(CONCAT(STR(?day), ", page ", STR(?page)) AS ?o) }}"""
    for solution in store.query(query):  # type: ignore[union-attr]
        yield "clôture", solution["o"].value  # type: ignore[union-attr]
    if type_ != "QG":
        query = f"PREFIX qp: <{NAMESPACE}> SELECT ?o {{ {iri} qp:dateParution ?o }}"
        for solution in store.query(query):  # type: ignore[union-attr]
            yield "parution", solution["o"].value  # type: ignore[union-attr]


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.slow
def test_every_fact_is_in_the_graph_and_nothing_else(folder: str, iris: Iris) -> None:
    """For each record: the facts counted here are those that the graph states."""
    paths = sorted((REAL / folder).rglob("*.json"))
    assert len(paths) == FOLDERS[folder]
    checked, differences = 0, {}
    for path in paths:
        expected, found = facts_of(path, iris)
        checked += expected.total()
        if expected != found:
            differences[path.name] = (expected - found, found - expected)
    assert differences == {}
    assert checked > 10 * len(paths)


def facts_of(path: Path, iris: Iris) -> tuple[Facts, Facts]:
    data = path.read_bytes()
    q = json.loads(data)["question"]
    verdict = convert(Record(path.name, path.name, data), iris)
    assert isinstance(verdict, Accepted), path
    store = Store()
    store.extend(OxiQuad(t.subject, t.predicate, t.object) for t in verdict.triples())
    question = iris.question(q["uid"])
    expected, found = Counter(stated(q)), Counter(published(store, question, q["type"]))
    if not any(what == "organe du groupe" for what, _ in expected):  # « POnull »: from the tables
        found = Counter({fact: n for fact, n in found.items() if fact[0] != "organe du groupe"})
    return expected, found


def test_a_closure_on_another_day_than_the_answer_is_told(iris: Iris) -> None:
    """A real record says that an answer of 29 July closed it, and has one of 14 July."""
    [path] = REAL.rglob("QANR5L15QG4237.json")
    verdict = convert(Record(path.name, path.name, path.read_bytes()), iris)
    assert isinstance(verdict, Accepted)
    [told] = [f.wrong for f in verdict.remarks if "closed by" in f.wrong]
    assert told == "closed by an answer of 2021-07-29, and no answer bears that date"
