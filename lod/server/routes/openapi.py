"""The API described as OpenAPI 3.1: made of the parameters, the queries and the ontology."""

from functools import cache
from typing import Any

from pyoxigraph import NamedNode, QuerySolutions, Store

from lod import __version__
from lod.base import packaged
from lod.publish.query_catalogue import CatalogueQuery, all_queries
from lod.publish.search.parameters import Parameter, parameters_for
from lod.rdf.ontology import labels, ontology
from lod.rdf.vocab import NAMESPACE, RDFS_COMMENT, term
from lod.server.engine.worker import WorkerLimits

QUESTIONS = "questions"  # the name of the rows that are chosen by parameters
PLACEHOLDER = "VALUES (?rang ?question) { }"  # where the query takes the questions chosen
LONGEST = 8 * 1024 * 1024  # bytes of an answer that becomes JSON; as CSV it may be longer
LICENCE = {
    "name": "Licence Ouverte / Open Licence",
    "url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}
ERRORS = {
    "400": "Paramètre inconnu ou impossible.",
    "413": "Réponse trop grande.",
    "429": "Trop de requêtes de ce client : réessayer après Retry-After.",
    "503": "Trop de requêtes en attente, ou pas d’index : réessayer après Retry-After.",
    "504": "Délai dépassé.",
}
SCALAR = {"type": ["string", "integer", "number", "boolean", "null"]}
TYPES: dict[str, dict[str, Any]] = {
    "integer": {"type": ["integer", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
}
# columns of the questions that are no term of the ontology, or not as it has them
COLUMN_MEANINGS = {
    "question": "L’IRI de la question : son adresse dans les données liées.",
    "legislature": "Numéro de la législature.",
    "type": "Type de la question : QE, QG, QOSD ou QM.",
    "nomAuteur": "Nom de l’auteur.",
    "circonscription": "Circonscription de l’auteur, en toutes lettres.",
    "nomRubrique": "Rubrique, en toutes lettres.",
    "nomMinistereAttributaire": "Ministère chargé de la question, en toutes lettres.",
    "statut": "Code du statut, comme le paramètre statut.",
    "source": "La question sur le site de l’Assemblée nationale.",
}
INTEGER_COLUMNS = ("legislature", "numero", "delaiJours")


@cache
def published_queries() -> dict[str, CatalogueQuery]:
    """Return name → each query of the site that the API answers: those that cost little."""
    return {name: query for name, query in all_queries().items() if not query.why_costly}


@cache
def query_of_questions() -> str:
    """Return the query for the questions chosen; as it stands it gives no row."""
    return (packaged.API / "questions.rq").read_text("utf-8")


def chosen(iris: list[str]) -> str:
    """Return the query for these questions, in their order; each is written as a term."""
    rows = " ".join(f"({rank} {NamedNode(iri)})" for rank, iri in enumerate(iris, start=1))
    return query_of_questions().replace(PLACEHOLDER, f"VALUES (?rang ?question) {{ {rows} }}")


@cache
def columns(query: str) -> tuple[str, ...]:
    """Return the names of the columns of one of our queries."""
    found = Store().query(query)
    assert isinstance(found, QuerySolutions), "the query is a SELECT"
    return tuple(variable.value for variable in found.variables)


def document(base: str, limits: WorkerLimits, rate: float) -> dict[str, Any]:
    """Return the description; it is the same for the same release and settings."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Questions parlementaires : API",
            "version": __version__,
            "summary": "Les questions des députés au Gouvernement, pour qui ne connaît pas RDF.",
            "description": conditions(limits, rate),
            "license": LICENCE,
        },
        "servers": [{"url": base.rstrip("/")}],
        "externalDocs": {
            "url": f"{base}rapprocher.html",
            "description": "Rapprocher un tableur : des noms aux IRI, par /reconciliation.",
        },
        "paths": paths(),
        "components": {
            "schemas": {
                "Valeur": SCALAR,
                "Question": question(),
                "Probleme": problem(),
            },
            "responses": {status: refusal(said) for status, said in ERRORS.items()},
        },
    }


def conditions(limits: WorkerLimits, rate: float) -> str:
    """Return the limits, in words; `rate` is in requests a second of one client, 0 for no limit."""
    speed = f"Un client a droit à {rate:g} requêtes par seconde. " if rate else ""
    return (
        f"Lecture seule, sans clé. Une requête a au plus {limits.seconds:g} s ; une réponse au "
        f"plus {limits.rows} lignes et {limits.size} octets ({LONGEST} octets de résultats pour "
        f"qu’elle soit mise en JSON). {speed}Chaque réponse a un ETag et peut être gardée ; une "
        "réponse 429 ou 503 dit dans Retry-After quand réessayer."
    )


def paths() -> dict[str, Any]:
    """Return every address of the API, and the search."""
    found = {
        "/recherche": {"get": operation(
            "recherche", "Cherche des mots dans les questions et les réponses",
            parameters_for("recherche"),
            {"application/json": {"schema": {"type": "object"}}, **text("text/csv"),
             **text("text/html"), **text("text/plain")},
        )},
        **both(QUESTIONS, "Les questions choisies par des paramètres", parameters_for("api"),
               {"$ref": "#/components/schemas/Question"}),
    }  # fmt: skip
    for name, query in published_queries().items():
        found |= both(name, query.title, (), row(columns(query.text)))
    return found


def both(
    name: str, title: str, parameters: tuple[Parameter, ...], row_schema: dict[str, Any]
) -> dict[str, Any]:
    """Return the two addresses of one table: JSON and CSV."""
    as_json = {"application/json": {"schema": envelope(row_schema)}}
    return {
        f"/api/{name}.json": {"get": operation(f"{name}-json", title, parameters, as_json)},
        f"/api/{name}.csv": {"get": operation(f"{name}-csv", title, parameters, text("text/csv"))},
    }


def text(media: str) -> dict[str, Any]:
    """Return the content of an answer that is a text."""
    return {media: {"schema": {"type": "string"}}}


def operation(
    name: str, title: str, parameters: tuple[Parameter, ...], content: dict[str, Any]
) -> dict[str, Any]:
    """Return one operation."""
    refusals = {status: {"$ref": f"#/components/responses/{status}"} for status in ERRORS}
    return {
        "operationId": name,
        "summary": title,
        "parameters": [parameter(definition) for definition in parameters],
        "responses": {"200": {"description": "Le résultat.", "content": content}, **refusals},
    }


def parameter(definition: Parameter) -> dict[str, Any]:
    """Return one parameter."""
    said: dict[str, Any] = {"type": "string"}
    if definition.valeurs:
        said["enum"] = list(definition.valeurs)
    elif definition.genre == "entier":
        said = {"type": "integer", "minimum": 1, "maximum": definition.maximum}
    elif definition.genre == "jour":
        said["format"] = "date"
    else:
        said["maxLength"] = definition.maximum
    if definition.motif:
        said["pattern"] = f"^{definition.motif}$"
    if definition.defaut:
        said["default"] = int(definition.defaut)
    example: Any = int(definition.exemple) if said["type"] == "integer" else definition.exemple
    return {
        "name": definition.nom,
        "in": "query",
        "description": definition.sens,
        "schema": said,
        "example": example,
    }


def envelope(row_schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a JSON answer: rows, and where they come from."""
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
    """Return the schema of one row: a property a column; what is not known is null."""
    properties = {name: dict(SCALAR) for name in names}
    return {"type": "object", "required": list(names), "properties": properties}


def question() -> dict[str, Any]:
    """Return the schema of a row of the questions, which says more of its columns."""
    names = columns(query_of_questions())
    return {**row(names), "properties": {name: column(name) for name in names}}


def column(name: str) -> dict[str, Any]:
    """Return the schema of a column of the questions, with what the ontology says of its name."""
    said = COLUMN_MEANINGS.get(name) or labels(RDFS_COMMENT).get(NAMESPACE + name)
    kind = TYPES["integer"] if name in INTEGER_COLUMNS else ranges().get(name, SCALAR)
    return {**kind, "description": said} if said else dict(kind)


@cache
def ranges() -> dict[str, dict[str, Any]]:
    """Return local name of a term → the schema of its values, where they are days."""
    dates = {
        t.subject.value.removeprefix(NAMESPACE)
        for t in ontology()
        if (t.predicate, t.object) == (term("rdfs:range"), term("xsd:date"))
        and isinstance(t.subject, NamedNode)
    }
    return dict.fromkeys(sorted(dates), TYPES["date"])


def refusal(said: str) -> dict[str, Any]:
    """Return an answer that is a problem; a browser gets it as a page."""
    schema = {"$ref": "#/components/schemas/Probleme"}
    content = {"application/problem+json": {"schema": schema}, **text("text/html")}
    return {"description": said, "content": content}


def problem() -> dict[str, Any]:
    """Return the schema of a problem, RFC 9457."""
    texts = {name: {"type": "string"} for name in ("type", "title", "detail")}
    properties = {**texts, "status": {"type": "integer"}}
    return {"type": "object", "required": list(properties), "properties": properties}
