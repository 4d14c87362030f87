"""Test the API: it gives the rows that SPARQL gives, and its description is right."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from jsonschema import Draft202012Validator
from pyoxigraph import QueryResultsFormat, QuerySolutions, Store
from werkzeug.test import Client

from lod.publish.query_catalogue import all_queries, columns_of
from lod.publish.release import current
from lod.publish.search.parameters import facet_columns, parameters_for
from lod.publish.tables.columns import tables
from lod.rdf.store import open_store
from lod.rdf.vocab import PREFIXES
from lod.server.routes import openapi
from tests.support.comparing import of_sqlite
from tests.support.paths import BASE, tables_of
from tests.support.server_data import client_of

TABLES = tables_of(__file__)


def linked(term: str, kind: str) -> tuple[str, str]:
    """Return the patterns of a parameter whose values are the codes of a kind of thing."""
    having = f"?q {term} ?m BIND(STRAFTER(STR(?m), '/{kind}/') AS ?v)"
    return f"?q {term} <{BASE}{kind}/{{}}>", having


# parameter → a SPARQL pattern with {} for its value, and a pattern that gives values ?v
FILTERS = {
    "type": ('?q qp:typeQuestion/skos:notation "{}"', "?q qp:typeQuestion/skos:notation ?v"),
    "legislature": ("?q qp:legislature/qp:numero {}", "?q qp:legislature/qp:numero ?v"),
    "statut": (
        "?q qp:statut/skos:broader* qp:statut-{}",
        "?q qp:statut/skos:broader* ?s BIND(STRAFTER(STR(?s), '#statut-') AS ?v)",
    ),
    "ministere": linked("qp:ministereAttributaire", "ministere"),
    "rubrique": linked("qp:rubrique", "rubrique"),
    "groupe": linked("qp:groupe", "groupe"),
    "circonscription": linked("qp:circonscription", "circonscription"),
    "auteur": (
        "?q qp:auteur ?a FILTER(STRENDS(STR(?a), '/{}'))",
        "?q qp:auteur ?a BIND(REPLACE(STR(?a), '^.*/(depute|auteur)/', '') AS ?v)",
    ),
    "departement": (
        '?q qp:circonscription/schema:containedInPlace/dcterms:identifier "{}"',
        "?q qp:circonscription/schema:containedInPlace/dcterms:identifier ?v",
    ),
    "texte": (
        "?q dcterms:references|(qp:reponse/dcterms:references)"
        " <https://www.legifrance.gouv.fr/eli/{}/jo/texte>",
        "?q dcterms:references|(qp:reponse/dcterms:references) ?t"
        " BIND(STRBEFORE(STRAFTER(STR(?t), '/eli/'), '/jo/texte') AS ?v)",
    ),
    "depuis": ('?q qp:dateParution ?d FILTER(?d >= "{}"^^xsd:date)', "?q qp:dateParution ?v"),
    "jusque": ('?q qp:dateParution ?d FILTER(?d <= "{}"^^xsd:date)', "?q qp:dateParution ?v"),
    "q": (
        "?q qp:titre|qp:texte|(qp:reponse/qp:texte) ?t "
        'FILTER(REGEX(?t, "(^|[^\\\\p{{L}}]){}s?($|[^\\\\p{{L}}])", "i"))',
        "VALUES ?v { 'plan' 'avenir' 'situation' }",
    ),
}


@dataclass(frozen=True)
class Served:
    """A release, its store, and a client of a server of the release."""

    folder: Path
    store: Store
    client: Client

    def get(self, path: str, **args: str) -> Any:
        answer = self.client.get(path, query_string=args or None)
        assert answer.status_code == 200, answer.text
        return answer.json

    def follow(self, address: str) -> Any:
        """Return the JSON at an absolute address below the base."""
        assert address.startswith(BASE)
        return self.get(address.removeprefix(BASE.rstrip("/")))

    def select(self, where: str, name: str) -> list[str]:
        query = f"SELECT DISTINCT ?{name} {{ ?q a qp:Question . {where} }} ORDER BY ?{name}"
        found = self.store.query(query, prefixes=PREFIXES)
        assert isinstance(found, QuerySolutions)
        return [row[name].value for row in found]


@pytest.fixture(scope="module", params=["sample", "vies"])
def served(request: pytest.FixtureRequest) -> Served:
    folder: Path = request.getfixturevalue(request.param)
    server = request.getfixturevalue(f"{request.param}_server")
    return Served(folder, open_store(current(folder) / "store"), client_of(server))


def all_rows(served: Served, **args: str) -> list[dict[str, Any]]:
    """Return the rows on all pages, in order; check that `total` is their number."""
    page = served.get("/api/questions.json", taille="100", **args)
    rows = page["resultats"]
    while page["suivante"]:
        page = served.follow(page["suivante"])
        rows += page["resultats"]
    assert len(rows) == page["total"] == len({row["uid"] for row in rows})
    return rows


def all_uids(served: Served, **args: str) -> list[str]:
    return sorted(row["uid"] for row in all_rows(served, **args))


def test_every_parameter_is_held_against_sparql() -> None:
    assert {p.nom for p in parameters_for("api")} - {"tri", "page", "taille"} == set(FILTERS)


@pytest.mark.parametrize("name", FILTERS)
def test_a_parameter_selects_as_sparql_does(served: Served, name: str) -> None:
    """For some values that occur in the release, the API and SPARQL find the same questions."""
    where, having = FILTERS[name]
    values = served.select(having, "v")
    assert values or (name == "texte" and not served.select("?q qp:texte ?v", "v"))
    for value in values[:: max(1, len(values) // 8)]:
        expected = served.select(f"{where.format(value)} . ?q qp:uid ?uid", "uid")
        assert all_uids(served, **{name: value}) == expected, value


def test_parameters_add_up(served: Served) -> None:
    args = {"type": "QE", "statut": "repondue", "depuis": "2018-01-01", "jusque": "2025-06-30"}
    where = " . ".join(FILTERS[n][0].format(v).replace("?d", f"?d{n}") for n, v in args.items())
    expected = served.select(f"{where} . ?q qp:uid ?uid", "uid")
    assert expected and all_uids(served, **args) == expected


def test_rows_are_those_of_the_tables(served: Served) -> None:
    """Every question, the newest first, has the columns, values and types of the dumps."""
    table = tables()["questions"]
    rows = of_sqlite(current(served.folder) / "dumps/tables", table)
    expected = {row[0]: dict(zip(table.names, map(as_json, row), strict=True)) for row in rows}
    listed = all_rows(served)
    by_uid = sorted(listed, key=lambda row: row["uid"])
    assert listed == sorted(by_uid, key=lambda row: row["date_parution"] or "", reverse=True)
    found = {row["uid"]: row for row in listed}
    assert found == expected and len(found) > 40
    assert {type(row["chaine_complete"]) for row in found.values()} == {bool}
    assert {tuple(row) for row in found.values()} == {table.names}


def as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def test_the_search_has_the_columns_of_the_tables(served: Served) -> None:
    """Codes and names in the CSV are those of the API, under the same names."""
    found = served.client.get("/recherche", query_string={"q": "", "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(found.text, newline="")))
    # no other form has a ministry with its years, or one day by which an answer is due
    named = ("statut", "rubrique", "groupe", "ministere_attributaire")
    own = {"echeance", *(f"{name}_en_clair" for name in named)}
    header = [name for name in rows[0] if name not in own]
    total = served.get("/api/questions.json")["total"]
    assert len(rows) == total > 20 and own < {*rows[0]}
    assert set(header) < set(tables()["questions"].names) and len(header) == 16
    assert {*facet_columns().values()} < set(header)
    listed = {
        row["uid"]: row for row in served.get("/api/questions.json", taille="100")["resultats"]
    }
    for row in rows[:100]:
        asked = listed[row["uid"]]
        if (tete := asked["tete_analyse"]) and asked["titre"]:
            asked["titre"] = f"{tete[0].upper()}{tete[1:]}\u00a0: {asked['titre']}"
        for name in header:
            if not (name == "auteur_nom" and asked[name] is None):  # then it is a label
                assert row[name] == ("" if asked[name] is None else str(asked[name])), name


def test_csv_is_that_of_sparql(served: Served) -> None:
    """The CSV has the same bytes as that of SPARQL; the header Link leads to the next page."""
    args = {"taille": "7", "page": "2"}
    answer = served.client.get("/api/questions.csv", query_string=args)
    as_json = served.get("/api/questions.json", **args)
    query = dict(parse_qsl(urlsplit(as_json["requete"]).query))["query"]
    direct = served.client.get("/sparql", query_string={"query": query, "format": "csv"})
    said = (openapi.LICENCE["url"], 2, served.get("/sante")["release"])
    assert (as_json["licence"], as_json["page"], as_json["release"]) == said
    assert answer.data == direct.data and answer.mimetype == "text/csv"
    assert f"<{BASE}api/questions.csv?page=3&taille=7>" in answer.headers["Link"]
    rows = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert [row["uid"] for row in rows] == [row["uid"] for row in as_json["resultats"]]


def test_what_selects_nothing_is_no_error(served: Served) -> None:
    """A page after the last one has the same total; so much as no question may have a code."""
    total = served.get("/api/questions.json")["total"]
    found = served.get("/api/questions.json", page="9999")
    assert (found["total"], found["resultats"], found["suivante"]) == (total, [], None)
    found = served.get("/api/questions.json", auteur="PA000", q="mot")
    assert (found["total"], found["resultats"]) == (0, [])


def test_every_cheap_query_is_a_table(served: Served) -> None:
    """JSON, CSV, SPARQL and the engine alone give the same rows; a costly one is not published."""
    assert "questions" not in all_queries() and len(openapi.published_queries()) >= 28
    for nom, requete in all_queries().items():
        answer = served.client.get(f"/api/{nom}.csv")
        if requete.why_costly:
            assert answer.status_code == 404
            continue
        query = {"query": requete.text, "format": "csv"}
        assert answer.data == served.client.get("/sparql", query_string=query).data, nom
        direct = served.store.query(requete.text, base_iri=BASE, prefixes=PREFIXES)
        assert isinstance(direct, QuerySolutions)
        assert answer.data == direct.serialize(format=QueryResultsFormat.CSV), nom
        found = served.get(f"/api/{nom}.json")
        assert found["total"] == len(found["resultats"])
        rows = list(csv.reader(io.StringIO(answer.text, newline="")))[1:]
        for ours, theirs in zip(found["resultats"], rows, strict=True):
            assert all(map(same, ours.values(), theirs)), (nom, ours, theirs)


def same(ours: Any, theirs: str) -> bool:
    """Return whether a JSON value is equal to a cell of CSV."""
    if isinstance(ours, bool):
        return theirs == str(ours).lower()
    return float(theirs) == ours if isinstance(ours, int | float) else theirs == (ours or "")


def test_the_description_is_valid(served: Served) -> None:
    """It is valid by the schema of OpenAPI 3.1, and each operationId occurs once."""
    from openapi_spec_validator import validate  # here: it takes long

    said = served.get("/api/openapi.json")
    validate(said)
    assert said["openapi"] == "3.1.0"
    described = 3 + 2 * (1 + len(openapi.published_queries()))
    assert len(said["paths"]) == described + len(openapi.added_paths())


def test_who_reads_the_description_learns_what_each_path_is(served: Served) -> None:
    """Each has an explained tag and a description; nobody signs in; no part is unused."""
    said = served.get("/api/openapi.json")
    assert said["security"] == [] and said["info"]["contact"]["url"] == BASE
    known = {tag["name"] for tag in said["tags"] if tag["description"]}
    used = set()
    for operation in (each for item in said["paths"].values() for each in item.values()):
        [tag] = operation["tags"]
        used.add(tag)
        assert len(operation["description"]) > len(operation["summary"]) > 0
    assert used == known and {"recherche", "questions", "délais"} <= known
    text = json.dumps(said)
    for kind, parts in said["components"].items():
        assert all(f'"#/components/{kind}/{name}"' in text for name in parts)


@pytest.mark.parametrize(
    ("query", "status"),
    [("texte=", 200), ("texte=%20", 200), ("texte=" + "%20" * 101, 400), ("type=", 200),
     ("comme=QANR5L15QE43349", 303), ("comme=T", 404), ("q=a&format=json", 200)],
)  # fmt: skip
def test_a_search_answers_as_described(served: Served, query: str, status: int) -> None:
    """With a status that is described, and parameters that the schema admits, if any are."""
    operation = served.get("/api/openapi.json")["paths"]["/recherche"]["get"]
    assert served.client.get(f"/recherche?{query}").status_code == status
    assert str(status) in operation["responses"] and {"406", "414"} <= {*operation["responses"]}
    described = {p["name"]: p for p in operation["parameters"]}
    for name, value in parse_qsl(query, keep_blank_values=True):
        is_admitted = Draft202012Validator(described[name]["schema"]).is_valid(value)
        is_admitted = is_admitted or (described[name]["allowEmptyValue"] and not value)
        assert is_admitted == (status != 400), (name, value)


def test_every_address_described_answers(served: Served) -> None:
    """Each address answers, without parameters and with their examples, rows as described."""
    said = served.get("/api/openapi.json")
    for path, item in said["paths"].items():
        operation = item["get"]
        assert served.client.get(path).status_code == 200
        for parameter in operation.get("parameters", ()):
            args = {parameter["name"]: parameter["example"]}
            found = served.client.get(path, query_string=args, follow_redirects=True)
            assert found.status_code == 200, (path, args)
        content = operation["responses"]["200"]["content"].get("application/json", {"schema": {}})
        items = content["schema"].get("properties", {}).get("resultats", {}).get("items")
        if items:
            schema = items if "$ref" not in items else said["components"]["schemas"]["Question"]
            for row in served.get(path)["resultats"]:
                assert list(row) == schema["required"]


def test_the_description_says_what_is_admitted(served: Served) -> None:
    """It has the parameters with their closed lists of values, and the limits of the server."""
    said = served.get("/api/openapi.json")
    described = said["paths"]["/api/questions.json"]["get"]["parameters"]
    table = parameters_for("api")
    assert [p["name"] for p in described] == [p.nom for p in table]
    assert [p["schema"].get("enum", []) for p in described] == [list(p.valeurs) for p in table]
    assert all(limit in said["info"]["description"] for limit in ("10 s", "67108864 octets"))
    question = said["components"]["schemas"]["Question"]["properties"]
    assert all(column.get("description") for column in question.values())
    assert question["date_parution"]["format"] == "date"
    assert question["delai_jours"]["type"] == ["integer", "null"]


def test_the_page_for_people(served: Served) -> None:
    page = served.client.get("/api/")
    assert page.mimetype == "text/html"
    names = [*(p.nom for p in parameters_for("api")), *columns_of(openapi.QUESTIONS)]
    assert all(f"<code>{name}</code>" in page.text for name in names)
    assert all(f'href="{nom}.json"' in page.text for nom in openapi.published_queries())
    assert served.client.get("/api").headers["Location"] == "/api/"


@pytest.mark.parametrize(("path", "status", "told"), TABLES["what_cannot_be_answered"])
def test_what_cannot_be_answered(served: Served, path: str, status: int, told: str) -> None:
    answer = served.client.get(path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert told in json.loads(answer.data)["detail"]
