"""The OpenAPI 3.1 description of the API, made from parameters, queries and the ontology."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from pyoxigraph import NamedNode, QuerySolutions, Store

from lod import __version__
from lod.base import packaged
from lod.publish.publication import Publication
from lod.publish.query_catalogue import CatalogueQuery, all_queries
from lod.publish.search.parameters import OF_PAGES, Parameter, parameters_for
from lod.publish.tables.columns import Column, tables
from lod.server.engine.settings import ServerSettings
from lod.server.limits import CONVERTED_BYTES
from lod.website.indexes.feeds import CITATIONS

LICENCE = {
    "name": "Licence Ouverte / Open Licence",
    "url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}
ERRORS = {  # status → its description, of every operation
    "400": "Paramètre inconnu ou impossible.",
    "413": "Réponse trop grande.",
    "414": "Adresse trop longue.",
    "429": "Trop de requêtes de ce client : réessayer après Retry-After.",
    "503": "Trop de requêtes en attente, ou pas d’index : réessayer après Retry-After.",
    "504": "Délai dépassé.",
}
OF_SEARCH = {  # of the search besides
    "404": "Pas de question semblable : « comme » n’en nomme aucune.",
    "406": "Aucune des formes que demande Accept.",
}
ALIKE = {
    "description": "Mène à la recherche des questions semblables, si « comme » en nomme une.",
    "headers": {"Location": {"schema": {"type": "string", "format": "uri-reference"}}},
}
SEARCH, CHOSEN = "recherche", "questions"  # tags; the others are themes of queries
SCALAR = {"type": ["string", "integer", "number", "boolean", "null"]}
TYPES: dict[str, dict[str, Any]] = {  # kind of column → its schema; any other is a text
    "nombre": {"type": ["integer", "null"]},
    "jour": {"type": ["string", "null"], "format": "date"},
    "booleen": {"type": ["boolean", "null"]},
    "adresse": {"type": ["string", "null"], "format": "uri"},
}


@cache
def published_queries() -> dict[str, CatalogueQuery]:
    """Return name → query, of the queries of the site that the API answers: all but costly ones."""
    return {name: query for name, query in all_queries().items() if not query.why_costly}


@cache
def query_of_questions() -> str:
    """Return the query for chosen questions, with an empty VALUES in place of them."""
    return (packaged.API / "questions.rq").read_text("utf-8")


def chosen(iris: list[str]) -> str:
    """Return the query for these questions, in their order; raise ValueError for an invalid IRI."""
    rows = " ".join(f"({rank} {NamedNode(iri)})" for rank, iri in enumerate(iris, start=1))
    head = "VALUES (?rang ?iri) {"  # `bind` of the catalogue binds one variable only
    return query_of_questions().replace(f"{head} }}", f"{head} {rows} }}")


@cache
def columns(query: str) -> tuple[str, ...]:
    """Return the names of the columns of a SELECT."""
    found = Store().query(query)
    assert isinstance(found, QuerySolutions), "the query is a SELECT"
    return tuple(variable.value for variable in found.variables)


def document(publication: Publication, settings: ServerSettings) -> dict[str, Any]:
    base, title = publication.base, "Questions parlementaires : API"
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": __version__,
            "summary": "Les questions des députés au Gouvernement, pour qui ne connaît pas RDF.",
            "description": conditions(settings),
            "contact": {"name": publication.publisher or title, "url": base},
            "license": LICENCE,
        },
        "servers": [{"url": base.rstrip("/")}],
        "externalDocs": {
            "url": f"{base}api.html",
            "description": "Cette API par des exemples, et ce qui répond à côté d’elle.",
        },
        "security": [],
        "tags": [{"name": name, "description": text} for name, text in tags().items()],
        "paths": paths(),
        "components": {
            "schemas": {"Valeur": SCALAR, "Question": question(), "Probleme": problem()},
            "responses": {
                status: refusal(meaning) for status, meaning in (ERRORS | OF_SEARCH).items()
            },
        },
    }


def conditions(settings: ServerSettings) -> str:
    """Return the limits in French, for the pages."""
    limits, speed = settings.limits, ""
    if settings.rate:
        speed += f"Un client a droit à {settings.rate:g} requêtes par seconde. "
    if settings.budget:
        speed += f"Un client a droit à {settings.budget:g} secondes de calcul par minute. "
    return (
        f"Lecture seule, sans clé. Une requête a au plus {limits.seconds:g} s ; une réponse au "
        f"plus {limits.rows} lignes et {limits.size} octets ({CONVERTED_BYTES} octets de résultats "
        f"pour qu’elle soit mise en JSON). {speed}Chaque réponse a un ETag et peut être gardée ; "
        "une réponse 429 ou 503 dit dans Retry-After quand réessayer."
    )


def tags() -> dict[str, str]:
    """Return name of a tag → its description, in the order in which they are shown."""
    themes = sorted({theme(query) for query in published_queries().values()})
    return {
        SEARCH: "Chercher des mots dans les questions et les réponses.",
        CHOSEN: "Prendre les questions que des paramètres choisissent, avec tous leurs faits.",
        **{name: f"Tables du site, thème : {name}." for name in themes},
    }


def theme(query: CatalogueQuery) -> str:
    return query.theme or "autres tables"


def paths() -> dict[str, Any]:
    """Return the paths of the API and of the search."""
    known = parameters_for("recherche")
    cited = {media: text(media)[media] for media, _ in CITATIONS.values()}
    search = operation(
        "recherche", SEARCH, "Cherche des mots dans les questions et les réponses",
        "Une page de questions trouvées, avec des extraits, des comptes par filtre et ce que les "
        "mots nomment ; en CSV, toutes ; en RIS et en BibTeX, les mille premières. « comme » mène "
        "à la recherche des questions semblables.",
        known,
        {"application/json": {"schema": {"type": "object"}}, **text("text/csv"),
         **text("text/html"), **text("text/plain"), **cited},
    )  # fmt: skip
    search["responses"] |= {"303": ALIKE} | refusals(OF_SEARCH)
    found = {
        "/recherche": {"get": search},
        "/recherche.atom": {"get": operation(
            "recherche-flux", SEARCH, "Le flux des derniers événements d’une recherche",
            "Parutions, réponses et changements des questions trouvées, les derniers d’abord, pour "
            "un lecteur de flux ; un navigateur en reçoit une page.",
            tuple(p for p in known if p.nom not in OF_PAGES),
            {**text("application/atom+xml"), **text("text/html")},
        )},
        "/recherche/suggestions.json": {"get": operation(
            "suggestions", SEARCH, "Ce que nomme un début de mot",
            "Députés, lieux, ministères, rubriques… dont un nom commence ainsi, avec leur page et "
            "leur filtre.",
            tuple(p for p in known if p.nom == "q"),
            {"application/json": {"schema": {"type": "object"}}},
        )},
        **both("questions", CHOSEN, "Les questions choisies par des paramètres",
               "Une page de questions, une ligne chacune, avec tous leurs faits.",
               parameters_for("api"), {"$ref": "#/components/schemas/Question"}),
    }  # fmt: skip
    for name, query in published_queries().items():
        names = columns(query.text)
        caveat = f" Attention : {query.caveat}." if query.caveat else ""
        told = f"Toutes les lignes d’une table ; colonnes : {', '.join(names)}.{caveat}"
        found |= both(name, theme(query), query.title, told, (), row(names))
    return found


def both(
    name: str,
    tag: str,
    title: str,
    told: str,
    parameters: tuple[Parameter, ...],
    row_schema: dict[str, Any],
) -> dict[str, Any]:
    forms = {
        "json": (
            f"{told} En JSON, avec leur nombre et la requête SPARQL qui les donne.",
            {"application/json": {"schema": envelope(row_schema)}},
        ),
        "csv": (f"{told} En CSV, UTF-8, une ligne d’en-tête.", text("text/csv")),
    }
    return {
        f"/api/{name}.{form}": {
            "get": operation(f"{name}-{form}", tag, title, about, parameters, content)
        }
        for form, (about, content) in forms.items()
    }


def text(media: str) -> dict[str, Any]:
    return {media: {"schema": {"type": "string"}}}


def operation(
    name: str,
    tag: str,
    title: str,
    told: str,
    parameters: tuple[Parameter, ...],
    content: dict[str, Any],
) -> dict[str, Any]:
    """Return the Operation Object of a GET; `name` is its operationId, `told` its description."""
    return {
        "operationId": name,
        "tags": [tag],
        "summary": title,
        "description": told,
        "parameters": [blank_too(parameter(definition)) for definition in parameters],
        "responses": {
            "200": {"description": "Le résultat.", "content": content},
            "304": {"description": "La copie que le client a, par son ETag, est encore bonne."},
            **refusals(ERRORS),
        },
    }


def refusals(statuses: Iterable[str]) -> dict[str, Any]:
    return {status: {"$ref": f"#/components/responses/{status}"} for status in statuses}


def blank_too(described: dict[str, Any]) -> dict[str, Any]:
    """Return a Parameter Object that admits an empty value, which a form sends for a blank field,
    and white space around any.
    """
    schema = dict(described["schema"])
    if "pattern" in schema:
        schema["pattern"] = rf"^\s*(?:{schema['pattern'][1:-1]})?\s*$"
    return described | {"schema": schema, "allowEmptyValue": True}


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
    address = {"type": "string", "format": "uri"}
    properties = {
        "total": {"type": "integer", "description": "Nombre de résultats, toutes pages comprises."},
        "page": {"type": "integer"},
        "suivante": {"type": ["string", "null"], "description": "Adresse de la page suivante."},
        "requete": {**address, "description": "La requête SPARQL qui donne les mêmes lignes."},
        "licence": address,
        "release": {"type": "string", "description": "La version des données."},
        "resultats": {"type": "array", "items": row_schema},
    }
    return {"type": "object", "required": list(properties), "properties": properties}


def row(names: tuple[str, ...]) -> dict[str, Any]:
    """Return the schema of a row with these columns, each of any scalar type or null."""
    properties = {name: {"$ref": "#/components/schemas/Valeur"} for name in names}
    return {"type": "object", "required": list(names), "properties": properties}


def question() -> dict[str, Any]:
    """Return the schema of a row of the questions: the columns of their table."""
    described = tables()["questions"]
    properties = {column.nom: schema_of(column) for column in described.columns}
    return {**row(described.names), "properties": properties}


def schema_of(column: Column) -> dict[str, Any]:
    """Return the schema of a column, with its meaning, and its codes if there are no others."""
    kind = TYPES.get(column.genre, {"type": ["string", "null"]})
    codes = {"enum": [*(code.code for code in column.codes), None]} if column.is_closed else {}
    return {**kind, **codes, "description": column.sens}


def refusal(description: str) -> dict[str, Any]:
    """Return the Response Object of a problem: JSON, or HTML for a browser."""
    schema = {"$ref": "#/components/schemas/Probleme"}
    content = {"application/problem+json": {"schema": schema}, **text("text/html")}
    return {"description": description, "content": content}


def problem() -> dict[str, Any]:
    texts = {name: {"type": "string"} for name in ("type", "title", "detail", "advice")}
    properties = {**texts, "status": {"type": "integer"}}
    return {"type": "object", "required": list(properties), "properties": properties}
