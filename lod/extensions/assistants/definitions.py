"""The tools, as the tables in `mcp/` of the extensions define them, and their JSON Schemas."""

import tomllib
from dataclasses import dataclass, replace
from functools import cache

from lod.base import packaged
from lod.base.errors import LodError
from lod.base.words import Sentence
from lod.publish.search.parameters import (
    Parameter,
    SearchRequestError,
    parameters_for,
    read_parameters,
)
from lod.server.routes import openapi
from lod.server.routes.context import Json

FOLDER = packaged.SITE / packaged.EXTENSIONS / "assistants"


class ToolError(LodError):
    """A tool cannot answer its arguments; the message says in French what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that one message, and one answer, may have."""

    requete: int  # bytes of a message
    profondeur: int  # levels of lists and objects in a message
    citation: int  # characters of one text in one answer
    valeur: int  # characters of one value of a table
    courte: int  # characters of a text in a table that is not marked as a quotation
    reponse: int  # bytes of the answer of a tool
    references: int  # questions of a table whose reference is added


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolDefinition:
    """One tool, as a client lists it."""

    nom: str
    titre: str
    description: str
    parameters: tuple[Parameter, ...]
    obligatoires: tuple[str, ...]  # names of parameters that must be given
    output: Json  # field of the answer → its JSON Schema

    def listed(self) -> Json:
        """Return the tool as `tools/list` describes it."""
        properties = {parameter.nom: self._property(parameter) for parameter in self.parameters}
        required = {"required": list(self.obligatoires)} if self.obligatoires else {}
        envelope = _tables()[0]["enveloppe"]
        return {
            "name": self.nom,
            "title": self.titre,
            "description": self.description,
            "inputSchema": {
                "type": "object", "properties": properties, **required,
                "additionalProperties": False,
            },
            "outputSchema": {
                "type": "object", "properties": envelope | self.output, "required": list(envelope),
            },
            "annotations": {
                "readOnlyHint": True, "destructiveHint": False, "idempotentHint": True,
                "openWorldHint": False,
            },
        }  # fmt: skip

    def _property(self, parameter: Parameter) -> Json:
        """Return the JSON Schema of a parameter."""
        described = openapi.parameter(parameter)
        schema: Json = described["schema"]
        return schema | {
            "description": described["description"],
            "examples": [described["example"]],
        }

    def arguments(self, values: Json) -> dict[str, str]:
        """Return name → verified text of the arguments; raise SearchRequestError."""
        texts = read_parameters([*self._texts(values)], self.parameters)
        for name in self.obligatoires:
            if name not in texts:
                raise SearchRequestError("il manque {} ; {}", name, self._expected(name))
        return {p.nom: p.defaut for p in self.parameters if p.defaut} | texts

    def _texts(self, values: Json) -> list[tuple[str, str]]:
        """Return the arguments as texts, without those that are null."""
        for name, value in values.items():
            if isinstance(value, bool) or not isinstance(value, str | int | None):
                told = name[:80], self._expected(name)
                raise SearchRequestError("{} : il faut un texte ou un entier ; {}", *told)
        return [(name, str(value)) for name, value in values.items() if value is not None]

    def _expected(self, name: str) -> Sentence:
        known = {parameter.nom: parameter for parameter in self.parameters}
        others = Sentence("connus : {}", ", ".join(known))
        return known[name].expected if name in known else others


@cache
def _tables() -> list[Json]:
    """Return the table of our tools, then those of other extensions."""
    paths = packaged.with_extensions(packaged.SITE, "mcp", "*.toml")
    own_first = sorted(paths, key=lambda path: path.parent != FOLDER / "mcp")
    return [tomllib.loads(path.read_text("utf-8")) for path in own_first]


@cache
def instructions() -> str:
    """Return the text about this server that a client gives to its model."""
    return "\n".join(table["instructions"].strip() for table in _tables())


@cache
def limits() -> Limits:
    return Limits(**_tables()[0]["limites"])


@cache
def tools() -> dict[str, ToolDefinition]:
    """Return name → tool, in the order of the table."""
    return {row["nom"]: _tool(row) for table in _tables() for row in table["outil"]}


def _tool(row: Json) -> ToolDefinition:
    own = (
        Parameter(**p | {"valeurs": tuple(p.get("valeurs", ()))}) for p in row.get("parametre", ())
    )
    shared = parameters_for(row["parametres"]) if "parametres" in row else ()
    differences = row.get("ecarts", {})  # parameter → fields in which it differs from the API
    return ToolDefinition(
        nom=row["nom"],
        titre=row["titre"],
        description=row["description"],
        parameters=(*(replace(p, **differences.get(p.nom, {})) for p in shared), *own),
        obligatoires=tuple(row.get("obligatoires", ())),
        output=row["sortie"],
    )


@cache
def query(name: str) -> str:
    return (FOLDER / f"{name}.rq").read_text("utf-8")
