"""What describes the tables to programs: Frictionless Data Package, Croissant.

Both are made of `site/tables.csv` and `site/colonnes.csv`.
"""

from collections.abc import Iterable, Sequence
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


def write_descriptions(
    folder: Path, settings: Settings, day: date, files: Sequence[DownloadFile]
) -> Iterable[DownloadFile]:
    """Write the descriptions of the files of the tables, whose data goes up to a day; return the
    descriptions as files to download.
    """
    descriptions = (data_package(settings, day, files), croissant(settings, day, files))
    for (name, content), description in zip(FILES.items(), descriptions, strict=True):
        (folder / name).write_bytes(indented_json(description))
        yield download_file(folder / name, f"{TABLES}/{name}", content)


def csv_name(table: Table) -> str:
    return f"{table.nom}.csv.gz"


# ---------------------------------------------------------------- Frictionless Data Package


def data_package(settings: Settings, day: date, files: Iterable[DownloadFile]) -> Json:
    licence, by_name = licence_at(settings.licence), {file.name: file for file in files}
    return {
        "name": NAME,
        "title": TITLE,
        "description": DESCRIPTION,
        "homepage": settings.base,
        "version": day.isoformat(),
        "licenses": [{"path": licence.address, "title": licence.name}],
        "contributors": [{"title": CREATOR, "role": "author"}],
        "resources": [
            _resource(table, by_name[f"{TABLES}/{csv_name(table)}"]) for table in tables().values()
        ],
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
            "primaryKey": [*table.cle],
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


def croissant(settings: Settings, day: date, files: Iterable[DownloadFile]) -> Json:
    """Return the description for those who train and test models; records are read of the CSV.

    Fields refer to no others: readers would join tables that nobody asked to join.
    """
    return {
        "@context": orjson.loads((packaged.SITE / "croissant.json").read_bytes()),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": TITLE,
        "description": DESCRIPTION,
        "url": settings.base,
        "license": settings.licence,
        "creator": {"@type": "sc:Organization", "name": CREATOR},
        "datePublished": day.isoformat(),
        "version": f"{day.year}.{day.month}.{day.day}",
        "inLanguage": "fr",
        "citeAs": f"{CREATOR}, {TITLE}, données au {day}, {settings.base}",
        "distribution": [_file_object(settings.base, file) for file in files],
        "recordSet": [_record_set(table) for table in tables().values()],
    }


def _file_object(base: str, file: DownloadFile) -> Json:
    name = file.name.rpartition("/")[2]
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "description": file.content,
        "contentUrl": f"{base}telechargements/{file.name}",
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
