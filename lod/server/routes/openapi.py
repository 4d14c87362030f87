"""The OpenAPI 3.1 description of the API, made from parameters, queries and the ontology.

Its sentences are in `site/api/openapi.toml`; the paths of extensions, complete, in their files of
that name.
"""

import tomllib
from collections.abc import Iterable
from functools import cache
from typing import Any

from pyoxigraph import NamedNode

from lod import __version__
from lod.base import packaged
from lod.publish.publication import Publication
from lod.publish.query_catalogue import CatalogueQuery, all_queries, columns_of
from lod.publish.search.parameters import OF_PAGES, Parameter, parameters_for
from lod.publish.tables.columns import Column, tables
from lod.server.engine.settings import ServerSettings
from lod.server.limits import CONVERTED_BYTES
from lod.website.indexes.feeds import CITATIONS

TEXTS: dict[str, Any] = tomllib.loads((packaged.API / "openapi.toml").read_text("utf-8"))
ADDED: list[dict[str, Any]] = [  # by extensions
    tomllib.loads(path.read_text("utf-8"))
    for path in packaged.with_extensions(packaged.SITE, "api", "openapi.toml")
    if path.parent != packaged.API
]
LICENCE: dict[str, str] = TEXTS["licence"]
TAGS: dict[str, str] = TEXTS["tags"]
SEARCH, CHOSEN = TAGS  # the others are themes of queries
# the query for chosen questions, with an empty VALUES in place of them
QUESTIONS = (packaged.API / "questions.rq").read_text("utf-8")
VALUE = {"$ref": "#/components/schemas/Valeur"}


@cache
def published_queries() -> dict[str, CatalogueQuery]:
    """Return name → query, of the queries of the site that the API answers: all but costly ones."""
    return {name: query for name, query in all_queries().items() if not query.why_costly}


def chosen(iris: list[str]) -> str:
    """Return the query for these questions, in their order; raise ValueError for an invalid IRI."""
    rows = " ".join(f"({rank} {NamedNode(iri)})" for rank, iri in enumerate(iris, start=1))
    head = "VALUES (?rang ?iri) {"  # `bind` of the catalogue binds one variable only
    return QUESTIONS.replace(f"{head} }}", f"{head} {rows} }}")


def document(publication: Publication, settings: ServerSettings) -> dict[str, Any]:
    base, title = publication.base, TEXTS["title"]
    refused = TEXTS["refus"] | TEXTS["refus_de_recherche"] | added("refus")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": __version__,
            "summary": TEXTS["summary"],
            "description": conditions(settings),
            "contact": {"name": publication.publisher or title, "url": base},
            "license": LICENCE,
        },
        "servers": [{"url": base.rstrip("/")}],
        "externalDocs": {"url": f"{base}api.html", "description": TEXTS["guide"]},
        "security": [],
        "tags": [{"name": name, "description": text} for name, text in tags().items()],
        "paths": paths() | added_paths(),
        "components": {
            "schemas": {
                "Valeur": TEXTS["valeur"],
                "Question": question(),
                "Probleme": whole(TEXTS["probleme"]),
                **added("schemas"),
            },
            "responses": {status: refusal(meaning) for status, meaning in refused.items()},
        },
    }


def conditions(settings: ServerSettings) -> str:
    """Return the limits in French, for the pages."""
    limits = settings.limits
    return (
        f"Lecture seule, sans clé. Une requête a au plus {limits.seconds:g} s ; une réponse au "
        f"plus {limits.size} octets ({CONVERTED_BYTES} octets de résultats "
        f"pour qu’elle soit mise en JSON). Chaque réponse a un ETag et peut être gardée ; "
        "une réponse 429 ou 503 dit dans Retry-After quand réessayer."
    )


def tags() -> dict[str, str]:
    """Return name of a tag → its description, in the order in which they are shown."""
    themes = sorted({theme(query) for query in published_queries().values()})
    of_themes = {name: f"Tables du site, thème : {name}." for name in themes}
    return TAGS | of_themes | added("tags")


def theme(query: CatalogueQuery) -> str:
    return query.theme or "autres tables"


def paths() -> dict[str, Any]:
    """Return the paths of the API and of the search."""
    known = parameters_for("recherche")
    searches = {
        "/recherche": known,
        "/recherche.atom": tuple(p for p in known if p.nom not in OF_PAGES),
        "/recherche/suggestions.json": tuple(p for p in known if p.nom == "q"),
    }
    items = {path: {"get": search(path, accepted)} for path, accepted in searches.items()}
    answers = items["/recherche"]["get"]["responses"]
    answers["200"]["content"] |= content(media for media, _ in CITATIONS.values())
    answers |= {"303": TEXTS["semblables"]} | refusals(TEXTS["refus_de_recherche"])
    items |= both("questions", CHOSEN, "Les questions choisies par des paramètres",
                  "Une page de questions, une ligne chacune, avec tous leurs faits.",
                  parameters_for("api"), {"$ref": "#/components/schemas/Question"})  # fmt: skip
    for name, query in published_queries().items():
        names = columns_of(query.text)
        caveat = f" Attention : {query.caveat}." if query.caveat else ""
        text = f"Toutes les lignes d’une table ; colonnes : {', '.join(names)}.{caveat}"
        row = whole(dict.fromkeys(names, VALUE))
        items |= both(name, theme(query), query.title, text, (), row)
    return items


def added(part: str) -> dict[str, Any]:
    return {name: value for texts in ADDED for name, value in texts.get(part, {}).items()}


def added_paths() -> dict[str, Any]:
    """Return the paths of extensions; each operation also states the refusals common to all."""
    refused = refusals([*TEXTS["refus"], *added("refus")])
    return {
        path: {
            method: operation | {"responses": operation["responses"] | refused}
            for method, operation in operations.items()
        }
        for path, operations in added("paths").items()
    }


def search(path: str, parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    """Return the Operation Object of a path of the search."""
    texts = TEXTS["recherches"][path]
    answer = content(texts["media"])
    return operation(texts["name"], SEARCH, texts["title"], texts["told"], parameters, answer)


def both(
    name: str,
    tag: str,
    title: str,
    text: str,
    parameters: tuple[Parameter, ...],
    row_schema: dict[str, Any],
) -> dict[str, Any]:
    forms = {
        "json": (
            f"{text} En JSON, avec leur nombre et la requête SPARQL qui les donne.",
            {"application/json": {"schema": envelope(row_schema)}},
        ),
        "csv": (f"{text} En CSV, UTF-8, une ligne d’en-tête.", content(["text/csv"])),
    }
    return {
        f"/api/{name}.{form}": {
            "get": operation(f"{name}-{form}", tag, title, about, parameters, content)
        }
        for form, (about, content) in forms.items()
    }


def content(media: Iterable[str]) -> dict[str, Any]:
    """Return the content of an answer of some media types: of JSON an object, of others a text."""
    kinds = {name: "object" if name.endswith("json") else "string" for name in media}
    return {name: {"schema": {"type": kind}} for name, kind in kinds.items()}


def operation(
    name: str,
    tag: str,
    title: str,
    text: str,
    parameters: tuple[Parameter, ...],
    answer: dict[str, Any],
) -> dict[str, Any]:
    """Return the Operation Object of a GET; `name` is its operationId, `text` its description."""
    return {
        "operationId": name,
        "tags": [tag],
        "summary": title,
        "description": text,
        "parameters": [blank_too(parameter(definition)) for definition in parameters],
        "responses": {
            "200": {"description": "Le résultat.", "content": answer},
            "304": {"description": "La copie que le client a, par son ETag, est encore bonne."},
            **refusals(TEXTS["refus"]),
        },
    }


def refusals(statuses: Iterable[str]) -> dict[str, Any]:
    return {status: {"$ref": f"#/components/responses/{status}"} for status in statuses}


def blank_too(parameter_object: dict[str, Any]) -> dict[str, Any]:
    """Return a Parameter Object that also admits an empty value, which a form sends for a blank
    field, and white space around a value.
    """
    schema = dict(parameter_object["schema"])
    if "pattern" in schema:
        schema["pattern"] = rf"^\s*(?:{schema['pattern'][1:-1]})?\s*$"
    return parameter_object | {"schema": schema, "allowEmptyValue": True}


def parameter(definition: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if definition.valeurs:
        schema["enum"] = list(definition.valeurs)
    elif definition.genre == "entier":
        schema = {"type": "integer", "minimum": 1, "maximum": definition.maximum}
    elif definition.genre == "jour":
        schema["format"] = "date"
    else:
        schema["maxLength"] = definition.maximum
    if definition.motif:
        schema["pattern"] = f"^{definition.motif}$"
    typed: type[int | str] = int if schema["type"] == "integer" else str
    if definition.defaut:
        schema["default"] = typed(definition.defaut)
    return {
        "name": definition.nom,
        "in": "query",
        "description": definition.sens,
        "schema": schema,
        "example": typed(definition.exemple),
    }


def envelope(row_schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a JSON answer: a page of rows, and facts about it."""
    return whole(TEXTS["reponse"] | {"resultats": {"type": "array", "items": row_schema}})


def whole(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object that has all of these properties."""
    return {"type": "object", "required": list(properties), "properties": properties}


def question() -> dict[str, Any]:
    """Return the schema of a row of the questions: the columns of their table."""
    return whole({column.nom: schema_of(column) for column in tables()["questions"].columns})


def schema_of(column: Column) -> dict[str, Any]:
    """Return the schema of a column, with its meaning, and its codes if it has no other values."""
    kind = TEXTS["colonnes"].get(column.genre, {"type": ["string", "null"]})
    codes = {"enum": [*(code.code for code in column.codes), None]} if column.is_closed else {}
    return {**kind, **codes, "description": column.sens}


def refusal(description: str) -> dict[str, Any]:
    """Return the Response Object of a problem: JSON, or HTML for a browser."""
    schema = {"$ref": "#/components/schemas/Probleme"}
    answer = {"application/problem+json": {"schema": schema}, **content(["text/html"])}
    return {"description": description, "content": answer}
