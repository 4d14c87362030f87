"""What describes the tables to programs: Frictionless Data Package, Croissant.

Both are made of `site/tables.csv` and `site/colonnes.csv`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from lod.base import packaged
from lod.base.settings import Settings
from lod.base.tabular import indented_json
from lod.publish.downloads import TABLES, DownloadFile, download_file
from lod.publish.tables.columns import Column, Table, tables
from lod.rdf.jsonld import expand
from lod.rdf.templates import file_format, licence_at

NAME, TITLE = "questions-parlementaires", "Questions parlementaires"
DESCRIPTION = (
    "Les questions des députés au Gouvernement, avec leurs textes et leurs réponses, en tables."
)
CREATOR = "Assemblée nationale"
FILES = {
    "datapackage.json": "Description des tables CSV (Frictionless Data Package)",
    "croissant.json": "Description des tables (Croissant 1.1)",
}
# kind of column → its type in a Table Schema, in Croissant; of any other kind it is TEXT
TEXT = ("string", "sc:Text")
TYPES = {
    "nombre": ("integer", "sc:Integer"),
    "decimal": ("number", "sc:Float"),
    "jour": ("date", "sc:Date"),
    "booleen": ("boolean", "sc:Boolean"),
    "adresse": ("string", "sc:URL"),
}
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TablesDescription:
    """What the descriptions are made of besides the tables."""

    settings: Settings
    data_until: date
    files: Sequence[DownloadFile]  # of the tables

    @property
    def address(self) -> str:
        return f"{self.settings.base}telechargements/{TABLES}/"

    @property
    def citation(self) -> str:
        return f"{CREATOR}, {TITLE}, données au {self.data_until}, {self.settings.base}"

    def csv_of(self, table: Table) -> DownloadFile:
        return next(f for f in self.files if f.name.endswith(f"/{csv_name(table)}"))


def write_descriptions(folder: Path, told: TablesDescription) -> Iterable[DownloadFile]:
    """Write the descriptions; return them as files to download."""
    made = (data_package(told), croissant(told))
    for (name, content), said in zip(FILES.items(), made, strict=True):
        (folder / name).write_bytes(indented_json(said))
        yield download_file(folder / name, f"{TABLES}/{name}", content)


def csv_name(table: Table) -> str:
    return f"{table.nom}.csv.gz"


# ---------------------------------------------------------------- Frictionless Data Package


def data_package(told: TablesDescription) -> Json:
    licence = licence_at(told.settings.licence)
    return {
        "name": NAME,
        "title": TITLE,
        "description": DESCRIPTION,
        "homepage": told.settings.base,
        "version": told.data_until.isoformat(),
        "licenses": [{"path": licence.address, "title": licence.name}],
        "contributors": [{"title": CREATOR, "role": "author"}],
        "resources": [_resource(table, told.csv_of(table)) for table in tables().values()],
    }


def _resource(table: Table, file: DownloadFile) -> Json:
    keys = [
        {"fields": [c.nom], "reference": {"resource": c.renvoi_table, "fields": [c.renvoi_nom]}}
        for c in table.columns
        if c.renvoi
    ]
    return {
        "name": table.nom,
        "title": table.titre,
        "description": table.sens,
        "path": csv_name(table),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "compression": "gz",
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        "schema": {
            "fields": [_field(table, column) for column in table.columns],
            "missingValues": [""],
            "primaryKey": list(table.cle),
            **({"foreignKeys": keys} if keys else {}),
        },
    }


def _field(table: Table, column: Column) -> Json:
    constraints: Json = {"required": True} if column.nom in table.cle else {}
    if column.is_closed:
        constraints["enum"] = [code.code for code in column.codes]
    field: Json = {"name": column.nom, "title": column.titre, "description": column.sens}
    field["type"] = _types(column)[0]
    if column.genre == "adresse":
        field["format"] = "uri"
    if constraints:
        field["constraints"] = constraints
    return field | ({"rdfType": iri} if (iri := property_of(column)) else {})


# ---------------------------------------------------------------- Croissant


def croissant(told: TablesDescription) -> Json:
    """Return the description for those who train and test models; records are read of the CSV.

    Fields refer to no others: readers would join tables that nobody asked to join.
    """
    day = told.data_until
    return {
        "@context": orjson.loads((packaged.SITE / "croissant.json").read_bytes()),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": TITLE,
        "description": DESCRIPTION,
        "url": told.settings.base,
        "license": told.settings.licence,
        "creator": {"@type": "sc:Organization", "name": CREATOR},
        "datePublished": day.isoformat(),
        "version": f"{day.year}.{day.month}.{day.day}",
        "inLanguage": "fr",
        "citeAs": told.citation,
        "distribution": [_file_object(told, file) for file in told.files],
        "recordSet": [_record_set(table) for table in tables().values()],
    }


def _file_object(told: TablesDescription, file: DownloadFile) -> Json:
    name = file.name.rpartition("/")[2]
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "description": file.content,
        "contentUrl": told.address + name,
        "contentSize": f"{file.size} B",
        "encodingFormat": file_format(name).media,
        "sha256": file.sha256,
    }


def _record_set(table: Table) -> Json:
    return {
        "@type": "cr:RecordSet",
        "@id": table.nom,
        "name": table.nom,
        "description": table.sens,
        "key": [{"@id": f"{table.nom}/{name}"} for name in table.cle],
        "field": [_croissant_field(table, column) for column in table.columns],
    }


def _croissant_field(table: Table, column: Column) -> Json:
    field: Json = {
        "@type": "cr:Field",
        "@id": f"{table.nom}/{column.nom}",
        "name": column.nom,
        "description": column.sens,
        "dataType": _types(column)[1],
        "source": {"fileObject": {"@id": csv_name(table)}, "extract": {"column": column.nom}},
    }
    return field | ({"equivalentProperty": iri} if (iri := property_of(column)) else {})


def _types(column: Column) -> tuple[str, str]:
    return TYPES.get(column.genre, TEXT)


def property_of(column: Column) -> str:
    """Return the IRI of the property that a column has the value of, or "" for none or a path."""
    is_term = ":" in column.terme and "/" not in column.terme and not column.terme.startswith("^")
    return expand(column.terme) if is_term else ""
