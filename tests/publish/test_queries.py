"""The queries of the site: titled, tested with their rows, the same on three engines; the counts of
a table come to the whole that it divides: no question is lost, none counts twice, and nothing
counts that is no question but has the same property.
"""

import csv
import io
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store
from rdflib import Dataset, Graph
from rdflib.namespace import RDFS, SDO, SH

from lod.base import packaged
from lod.base.settings import Settings
from lod.base.tabular import csv_line
from lod.build import build
from lod.publish.query_catalogue import all_queries, divide, narrow, query_text, standalone_queries
from lod.publish.release import current
from lod.rdf.ontology import ontology
from lod.rdf.serialize import read_turtle
from lod.rdf.store import open_store, select
from lod.rdf.vocab import NAMESPACE, PREFIXES
from lod.website.pages.lists import site_lists, views_of
from tests.support.engines import Row, by_oxigraph, by_rdflib, by_server, graph_of, serving
from tests.support.paths import (
    ABOUT,
    BASE,
    BY_NAME,
    QUERIES,
    REAL,
    SHARED,
    TESTS,
    asked,
    files_of_tests,
)
from tests.support.releases import REAL_FOLDERS

ROWS = {path.stem: path for path in files_of_tests("queries", "*.csv")}
COMPETENCY = SHARED / "design" / "competency"
# the nine competency questions, as we ask them
NINE = {
    "cq1": "delais-par-ministere", "cq2": "delai-median", "cq3": "signalees-sans-reponse",
    "cq4": "chaine-des-attributions", "cq5": "mortes-sans-reponse", "cq6": "liste-de-rappel",
    "cq7": "rubrique-par-groupe-et-mois", "cq8": "reponses-et-textes-communs",
    "cq9": "femmes-et-hommes",
}  # fmt: skip


@pytest.fixture(scope="module")
def store(vies: Path) -> Store:
    return open_store(current(vies) / "store")


@pytest.fixture(scope="module")
def graph(store: Store) -> Dataset:
    return graph_of(store)


@pytest.fixture(scope="module")
def server(vies: Path) -> Iterator[str]:
    with serving(current(vies) / "store") as address:
        yield address


@pytest.fixture(scope="module")
def fixture() -> tuple[Store, Dataset]:
    """The two real and seven invented questions that the competency questions come with."""
    store = Store()
    apart = NamedNode("http://x/facts")  # where we publish what Wikidata says
    for triple in read_turtle(COMPETENCY / "fixture.ttl"):
        is_fact = str(triple.subject).startswith("<http://www.wikidata.org/")
        store.add(Quad(*triple, apart) if is_fact else Quad(*triple))
    store.extend(Quad(*triple) for triple in ontology())
    return store, graph_of(store)


def test_all_queries_were_found() -> None:
    assert len(list(packaged.QUERIES.iterdir())) == 79
    assert ROWS.keys() == {path.stem for path in QUERIES}
    for query in all_queries().values():
        assert query.title.endswith(" ?") and query.theme and query.audience, query.name
    assert len(NINE) == 9 and set(NINE.values()) <= set(all_queries())


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_rows(path: Path, store: Store, request: pytest.FixtureRequest) -> None:
    names, rows = by_oxigraph(store, asked(path))
    outcome = b"".join(map(csv_line, (names, *rows))).decode()
    # beside those of the core, or of the same extension
    expected = TESTS / path.relative_to(packaged.SITE).with_suffix(".csv")
    if request.config.getoption("--accept"):
        expected.write_text(outcome, "utf-8", newline="")
    assert rows
    with expected.open(encoding="utf-8", newline="") as file:
        assert outcome == file.read()


def test_no_row_comes_twice(store: Store) -> None:
    """A query of no resource in particular, run as it stands, tells nothing twice."""
    for query in standalone_queries().values():
        _, rows = by_oxigraph(store, query.text)
        assert rows and len(set(rows)) == len(rows), query.name


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_three_engines_agree(path: Path, store: Store, graph: Graph, server: str) -> None:
    """rdflib, Oxigraph and a server that is another program give the same rows."""
    names, rows = by_oxigraph(store, asked(path))
    for others, theirs in (by_rdflib(graph, asked(path)), by_server(server, asked(path))):
        assert others == names
        assert sorted(theirs) == sorted(rows)


def test_a_divided_query_gives_the_rows_of_each_narrowed_one(store: Store) -> None:
    """In their order; a value without rows is not among the parts."""
    values = list(select(store, query_text("facettes")))
    compared = 0
    for site_list in site_lists():
        text = query_text(site_list.requete)
        for facet in site_list.facettes:
            parts: dict[str, list[dict[str, str]]] = {}
            for row in select(store, divide(text, f"{NAMESPACE}{facet}")):
                parts.setdefault(row.pop("part"), []).append(row)
            for view in views_of(site_list, values)[facet]:
                narrowed = list(select(store, narrow(text, view.clause)))
                assert parts.pop(view.value, []) == narrowed, view.path
                compared += bool(narrowed)
            assert not parts
    assert compared > 30


@pytest.mark.shared
@pytest.mark.parametrize("cq", NINE)
def test_the_nine_questions(cq: str, fixture: tuple[Store, Dataset]) -> None:
    """On their own data, the competency questions give the rows that come with them, in order."""
    store, graph = fixture
    query = all_queries()[NINE[cq]].text
    assert by_oxigraph(store, query)[1] == expected_rows(cq)
    assert by_rdflib(graph, query)[1] == expected_rows(cq)


def expected_rows(cq: str) -> list[Row]:
    """The rows that come with a question, but for the days since publication."""
    text = (COMPETENCY / f"{cq}.csv").read_text("utf-8")
    rows = csv.DictReader(io.StringIO(text))
    return [tuple(value for name, value in row.items() if name != "jours") for row in rows]


def test_the_examples_as_rdf(vies: Path) -> None:
    """Each query is in the file of examples and in the store, as it stands in its file."""
    graph = Graph().parse(current(vies) / "dumps/exemples.ttl")
    found = {
        str(s).removeprefix(f"{BASE}exemples#"): str(text)
        for s, text in graph.subject_objects(SH.select)
    }
    assert found == {name: query.text for name, query in standalone_queries().items()}
    assert set(map(str, graph.objects(None, SDO.target))) == {f"{BASE}sparql"}
    stored = open_store(current(vies) / "store")
    for triple in read_turtle(current(vies) / "dumps/exemples.ttl"):
        assert Quad(*triple) in stored
    languages = {text.language for text in graph.objects(None, RDFS.comment)}  # type: ignore[union-attr]
    comments = len([*graph.triples((None, RDFS.comment, None))])
    assert languages == {"fr", "en"} and comments == 2 * len(standalone_queries())


SUMS: dict[str, Any] = {}
COLUMNS, NO_SUM = dict[str, str](), dict[str, str]()  # of the core, and of each extension
PARTS = dict[str, list[str]]()  # query → which columns of a row come to another one
for path in (TESTS / "publish/sums.toml", *sorted(TESTS.glob("extensions/*/sums.toml"))):
    stated = tomllib.loads(path.read_text("utf-8"))
    COLUMNS |= stated.pop("colonnes")
    NO_SUM |= stated.pop("aucune")
    PARTS |= stated.pop("parties", {})
    SUMS |= stated
CASES = [(name, column) for name, described in SUMS.items() for column in described["colonnes"]]
# columns of those that have no other outcome
REST = {"closes", "sans_reponse", "suite_inconnue", "plus_tard", "sans_lien",
        "en_attente"}  # fmt: skip


def query_of(name: str) -> str:
    return SUMS[name].get("requete", name)


def counted(store: Store, *patterns: str, entite: str = "") -> int:
    """How many questions all the patterns match."""
    about = f"VALUES ?entite {{ {NamedNode(BASE + entite)} }}" if entite else ""
    where = " ".join((about, "?question a qp:Question .", *patterns))
    query = f"SELECT (COUNT(DISTINCT ?question) AS ?n) WHERE {{ {where} }}"
    [row] = store.query(query, prefixes=PREFIXES)  # type: ignore[union-attr]  # a SELECT
    return int(row["n"].value)


@pytest.mark.parametrize(("name", "column"), CASES)
def test_the_rows_come_to_the_whole(name: str, column: str, store: Store) -> None:
    """The sum of a column, and the questions without a row, are all questions."""
    described, entite = SUMS[name], ABOUT.get(query_of(name), "")
    wanted = described.get("lignes", {}).items()
    found = select(store, asked(BY_NAME[query_of(name)]))
    numbers = [float(row[column] or 0) for row in found if wanted <= row.items()]
    whole = (described.get("parmi", ""), COLUMNS[column])
    rest = counted(store, *whole, described["sans"], entite=entite) if "sans" in described else 0
    assert numbers and sum(numbers) + rest == counted(store, *whole, entite=entite)


def undivided(store: Store, name: str) -> list[dict[str, str]]:
    """Return the rows of a query, of all resources, whose parts are not the whole."""
    rows, found = list(select(store, query_text(name))), list[dict[str, str]]()
    for rule in PARTS[name]:
        whole, *parts = re.findall(r"\w+", rule)
        complete = [row for row in rows if all(row[column] for column in (whole, *parts))]
        found += [r for r in complete if int(r[whole]) != sum(int(r[part]) for part in parts)]
    return found


@pytest.mark.parametrize("name", PARTS)
def test_the_parts_of_a_row_come_to_its_whole(name: str, store: Store) -> None:
    """Each question of a row has one of the outcomes that stand beside their number."""
    assert not undivided(store, name)


@pytest.mark.shared
def test_so_do_those_of_real_records(tmp_path: Path) -> None:
    build([REAL / name for name in REAL_FOLDERS], tmp_path, Settings(), jobs=2)
    store = open_store(current(tmp_path) / "store")
    assert [name for name in PARTS if undivided(store, name)] == []


def test_every_query_that_divides_is_here() -> None:
    """Whoever says how many are left says of how many."""
    heads = {name: path.read_text("utf-8").partition("\n")[0] for name, path in ROWS.items()}
    assert {name for name, head in heads.items() if REST & {*head.split(",")}} <= PARTS.keys()


# written questions of one ministry: number, status and its day, and what else is said
ODD = (
    (1, "repondue", "1990-03-01", 'qp:delaiJours 10 ; qp:dateReponse "1990-03-01"^^xsd:date'),
    (2, "repondue", "1990-04-01", 'qp:delaiJours 41 ; qp:dateReponse "1990-04-01"^^xsd:date'),
    (3, "suite-inconnue", "2016-02-01", 'qp:dateLimite "2016-01-15"^^xsd:date ; qp:groupe <g> ; '
     'qp:dateLimiteSignalement "2016-02-03"^^xsd:date'),
)  # fmt: skip


def test_what_no_release_of_tests_tells() -> None:
    """No due date, a median of two, an outcome that is not known, ten days that still run."""
    facts = """<m> a qp:Ministere ; skos:prefLabel "routes"@fr ; org:subOrganizationOf <g> .
    <g> a qp:Gouvernement ; rdfs:label "G" ; skos:prefLabel "G" ; schema:startDate "1989" .
    <l> qp:numero 9 ; qp:donneesAu "2016-02-01"^^xsd:date ."""
    for number, state, day, more in ODD:
        facts += f"""<{number}> qp:uid "{number}" ; qp:typeQuestion qp:type-QE ; {more} ;
        qp:legislature <l> ; qp:ministereAttributaire <m> ; qp:dateParution "1990-02-19"^^xsd:date ;
        qp:statut qp:statut-{state} ; qp:statutAu "{day}"^^xsd:date ."""
    store = Store()
    names = "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items())
    store.load(f"BASE <{BASE}> {names} {facts}".encode(), format=RdfFormat.TURTLE)
    [ministry] = select(store, query_text("ministeres"))
    assert (ministry["repondues"], ministry["hors_delai"], ministry["part_hors_delai"]) == (
        "2", "", "",
    )  # fmt: skip
    [government] = select(store, query_text("delais-par-gouvernement"))
    assert (government["dans_le_delai"], government["sans_limite"]) == ("0", "2")
    [minister] = select(store, query_text("delais-par-ministre"))
    assert (minister["dans_le_delai"], minister["sans_limite"]) == ("0", "2")
    [median] = select(store, query_text("delai-median"))
    assert (median["n"], median["mediane"]) == ("2", "25.5")
    assert not list(select(store, query_text("liste-de-rappel")))
    assert not list(select(store, query_text("effet-du-signalement")))


def test_who_answers_in_a_sitting() -> None:
    """The first who answers: by person where a ministry of the question is held, else by title."""
    facts = '<l> qp:numero 9 . qp:type-QG skos:prefLabel "G"@fr . [] org:member <a> ; ' \
            'org:organization <m> . '  # fmt: skip
    answers = (("a", "ministre"), ("b", "ministre"), ("b", "ministre déléguée chargée"),
               ("b", "secrétaire d’État"))  # fmt: skip
    for n, (person, office) in enumerate(answers):
        facts += f"""<{n}> qp:legislature <l> ; qp:typeQuestion qp:type-QG ;
        qp:ministereInterroge <m> ; qp:reponse [ qp:intervention
        [ qp:rang 2 ; qp:orateur <{person}> ; qp:qualite "{office}"@fr ;
          qp:typeIntervention qp:intervention-reponse ; qp:nombreMots {n + 1} ] ,
        [ qp:rang 4 ; qp:orateur <a> ; qp:qualite "ministre"@fr ;
          qp:typeIntervention qp:intervention-reponse ] ,
        [ qp:rang 3 ; qp:typeIntervention qp:intervention-replique ; qp:nombreMots {n or 9} ]] ."""
    store = Store()
    names = "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items())
    store.load(f"BASE <{BASE}> {names} {facts}".encode(), format=RdfFormat.TURTLE)
    [row] = select(store, query_text("qui-repond-en-seance"))
    assert [*row.values()] == ["9", "G", "4", "1", "25", "1", "1", "1"]
    [row] = select(store, query_text("echanges-en-seance"))
    assert [*row.values()] == ["9", "G", "4", "4", "100", "0", "3", "4"]


def test_every_query_that_counts_is_here() -> None:
    """With its sum, or with the reason why it has none."""
    counting = {
        p.stem for p in QUERIES if re.search(r"(COUNT|SUM)\(|qp:posees", p.read_text("utf-8"))
    }
    assert {query_of(name) for name in SUMS} | NO_SUM.keys() == counting
    own = {path.stem for path in packaged.QUERIES.glob("*.rq")}
    assert len([name for name, _ in CASES if query_of(name) in own]) == 117
    assert len(NO_SUM.keys() & own) == 19
