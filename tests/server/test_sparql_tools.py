"""What tools of SIB ask of an endpoint before a person has asked, as it stands there."""

import csv
import json
from pathlib import Path

import pytest
from rdflib import Graph
from werkzeug.test import Client

from tests.support.paths import BASE

TOOLS = Path(__file__).with_name("sparql_tools")
with (TOOLS / "table.csv").open(encoding="utf-8", newline="") as file:
    TABLE = list(csv.DictReader(file))
UNION = "union-default-graph"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def rows(client: Client, query: str, **more: str) -> list[dict[str, dict[str, str]]]:
    """Return the rows of a query, asked as the editor asks."""
    media = {"Accept": "application/sparql-results+json"}
    answer = client.get("/sparql", query_string={"ac": "1", "query": query, **more}, headers=media)
    assert answer.status_code == 200, answer.text
    return json.loads(answer.data)["results"]["bindings"]  # type: ignore[no-any-return]


def test_all_queries_are_in_the_table() -> None:
    assert sorted(row["requete"] for row in TABLE) == sorted(p.stem for p in TOOLS.glob("*.rq"))
    assert len(TABLE) == 8


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["requete"])
def test_a_query_has_rows(row: dict[str, str], client: Client) -> None:
    """As many as the table asks for, each with a value in its column, within what tools wait; those
    that read VoID, of the union.
    """
    query = (TOOLS / f"{row['requete']}.rq").read_text("utf-8")
    found = rows(client, query, **{UNION: row[UNION]})
    assert len(found) >= int(row["lignes"])
    assert all(row["colonne"] in one for one in found)


@pytest.mark.parametrize("name", ["prefixes", "examples", "partitions", "void"])
def test_the_service_description_answers_as_well(name: str, client: Client) -> None:
    """A tool that finds nothing in the default graph asks what GET /sparql gives: the same."""
    described = Graph().parse(data=client.get("/sparql").data, format="turtle")
    query = (TOOLS / f"{name}.rq").read_text("utf-8")
    columns = ["prefix", "sq", "prop"]
    found = rows(client, query, **{UNION: "true"})
    ours = {one[c]["value"] for one in found for c in columns if c in one}
    theirs = {str(row[c]) for row in described.query(query) for c in columns if c in row.labels}  # type: ignore[union-attr, index, call-overload]
    assert ours and ours == theirs


def test_examples_are_told_in_both_languages(client: Client) -> None:
    found = rows(client, (TOOLS / "examples.rq").read_text("utf-8"))
    languages = [one["comment"]["xml:lang"] for one in found]
    assert languages.count("fr") == languages.count("en") == len(found) // 2


@pytest.mark.parametrize("value", ["", "true", "1"])
def test_the_union_has_all_graphs(value: str, client: Client) -> None:
    """What stands in named graphs is seen, each triple once; GRAPH still works."""
    [plain], [union] = rows(client, COUNT), rows(client, COUNT, **{UNION: value})
    [named] = rows(client, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", **{UNION: value})
    plain_n, union_n, named_n = (int(row["n"]["value"]) for row in (plain, union, named))
    assert named_n > 100 and union_n == plain_n + named_n
    assert rows(client, COUNT, **{UNION: "false"}) == [plain]
    wikidata = "SELECT ?e { ?d owl:sameAs ?e . ?e schema:birthDate ?day }"
    assert not rows(client, wikidata) and len(rows(client, wikidata, **{UNION: value})) > 100


@pytest.mark.parametrize(
    ("query", "more"),
    [(COUNT, {"default-graph-uri": f"{BASE}.well-known/void#faits-wikidata"}),
     (COUNT, {"named-graph-uri": f"{BASE}.well-known/void#faits-wikidata"}),
     ("SELECT ?s FROM <urn:g> { ?s ?p ?o }", {})],
)  # fmt: skip
def test_the_union_goes_with_no_graph(query: str, more: dict[str, str], client: Client) -> None:
    """The engine would take no notice of what the query says of its dataset: so it is refused."""
    answer = client.get("/sparql", query_string={"query": query, UNION: "true", **more})
    assert (answer.status_code, answer.json["type"].rpartition("/")[2]) == (400, "requete-invalide")  # type: ignore[index]


def test_the_page_keeps_the_union(client: Client) -> None:
    """The form to correct a query, and the links to other forms, ask the same dataset."""
    asked = {"query": COUNT, UNION: "true"}
    page = client.get("/sparql", query_string=asked, headers={"Accept": "text/html"}).text
    assert f'<input type="hidden" name="{UNION}" value="true">' in page
    assert page.count(f"{UNION}=true") >= 3


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT ?t { ?q qp:title ?t }", ["qp:title is no term; did you mean qp:titre?"]),
        ("SELECT ?t { ?q qp:zzzzzzzz ?t }", ["qp:zzzzzzzz is no term"]),
        ("ASK { ?q a qp:Député }", ["qp:D?put? is no term; did you mean qp:Depute?"]),
        ("ASK { ?q a qp:nope }", ["qp:nope is no term"]),
        ("PREFIX : <https://w3id.org/questions-parlementaires/def#> SELECT ?t { ?q :zzzzzzzz ?t }",
         ["qp:zzzzzzzz is no term"]),
        ("ASK { ?q <https://w3id.org/questions-parlementaires/def#zzzzzzzz> ?t }",
         ["qp:zzzzzzzz is no term"]),
        ("PREFIX qp: <urn:> ASK { ?q qp:zzzzzzzz ?t }", []),
        ("SELECT ?t { ?q qp:titre ?t # qp:zzzzzzzz\n FILTER(?t = 'qp:zzzzzzzz') }", []),
        ("ASK { ?q qp:typeQuestion qp:type-QE ; qp:statut qp:statut-retiree . }", []),
        (f"ASK {{ GRAPH <{BASE}.well-known/void#ontologie> {{ ?s ?p ?o }} }}",
         ["#ontologie is no named graph: what it held is in the default graph"]),
        ("ASK { GRAPH <.well-known/void#faits-wikidata> { ?s ?p ?o } }", []),
        (f"ASK {{ <{BASE}.well-known/void#ontologie> void:triples ?n }}", []),
    ],
)  # fmt: skip
def test_a_mistake_is_told(query: str, said: list[str], client: Client) -> None:
    """In a header that scripts of other sites may read, and on the page, in its language."""
    answer = client.get("/sparql", query_string={"query": query})
    assert answer.status_code == 200
    assert answer.headers.get("X-SPARQL-Notice", "") == " | ".join(said)
    assert "X-SPARQL-Notice" in answer.headers["Access-Control-Expose-Headers"]
    french, english = (
        client.get("/sparql", query_string={"query": query},
                   headers={"Accept": "text/html", "Accept-Language": language}).text
        for language in ("fr", "en")
    )  # fmt: skip
    assert all(one in english for one in said)
    assert ("n’est pas un" in french) == bool(said) and "n’est pas un" not in english


def test_a_graph_of_the_request_that_is_no_more(client: Client) -> None:
    graph = {"default-graph-uri": f"{BASE}.well-known/void#exemples"}
    answer = client.get("/sparql", query_string={"query": COUNT, **graph})
    assert "#exemples is no named graph" in answer.headers["X-SPARQL-Notice"]
    answer = client.get("/sparql", query_string={"query": "ASK { ?q qp:é%C3%A9 ?t }"})
    assert answer.headers.get("X-SPARQL-Notice", "").isascii()
