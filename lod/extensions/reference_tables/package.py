"""The data package: a folder with each table as CSV and JSON, the triples as Turtle, a description
(Frictionless Data Package) and a README in two languages.

Tables and columns are described in `tables.csv` and `colonnes.csv` beside this module: a row of a
table is about an IRI that fits its pattern, a cell has the values at the path of its column. Rows
about communes come from tables, not from triples. The same program and base give the same bytes.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pyoxigraph import Triple

from lod import __version__
from lod.base.packaged import MAPPINGS
from lod.base.settings import Settings
from lod.base.tabular import csv_line, group_by_key, indented_json, rows
from lod.extensions.reference_tables.facts import facts, graph
from lod.publish.release import whole_or_nothing
from lod.publish.tables import columns as paths
from lod.publish.tables.columns import Graph, Row, cell
from lod.publish.tables.descriptions import TYPES, table_schema
from lod.rdf.iris import Iris, document_of
from lod.rdf.serialize import ntriples, turtle
from lod.rdf.templates import file_format
from lod.reference.tables import communes

HERE = Path(__file__).parent
NAME = "referentiel-questions-parlementaires"
TITLES = {
    "fr": "Référentiel des questions parlementaires",
    "en": "Reference tables of French parliamentary questions",
}
LICENCES = {  # name at SPDX → title, address
    "etalab-2.0": (
        "Licence Ouverte 2.0",
        "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    ),
    "CC0-1.0": ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "ODbL-1.0": ("ODbL 1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
}
READMES = {"README.fr.md": "fr", "README.md": "en"}
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column(paths.Column):
    """A column, as a row of `colonnes.csv` describes it."""

    titre_en: str = ""
    sens_en: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table, as a row of `tables.csv` describes it."""

    nom: str
    motif: str  # regular expression for the paths of its resources; "" if it is not from triples
    cle: str  # columns that identify a row, with spaces between
    licence: str  # a key of LICENCES
    titre: str
    titre_en: str
    sens: str
    sens_en: str
    sources: str  # with ` | ` between

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Its columns, in their order."""
        described = (
            Column(stated=row.pop("sens"), **row)  # type: ignore[arg-type]  # a test holds the kinds
            for row in rows(HERE / "colonnes.csv")
        )
        return group_by_key((column.table, column) for column in described)[self.nom]

    @property
    def names(self) -> list[str]:
        return [column.nom for column in self.columns]


def tables() -> list[Table]:
    """Return the tables, in the order of the file."""
    return [Table(**row) for row in rows(HERE / "tables.csv")]


def write(folder: Path, settings: Settings) -> int:
    """Write the package into a new folder; return how many rows its tables have."""
    with whole_or_nothing(folder) as work:
        return _write(work, settings)


def _write(folder: Path, settings: Settings) -> int:
    stated = facts(Iris(settings.base))
    whole = graph((*stated.triples, *stated.share_alike))
    iris = sorted({t.subject.value for t in (*stated.triples, *stated.share_alike)})  # type: ignore[union-attr]  # no blank node
    resources, counts = list[Json](), dict[str, int]()
    described = tables()
    for table in described:
        lines = list(_rows(table, whole, iris, settings.base))
        counts[table.nom] = len(lines)
        csv = b"".join(map(csv_line, (table.names, *lines)))
        json = orjson.dumps([dict(zip(table.names, line, strict=True)) for line in lines])
        about = _description(table)
        resources.append(_resource(folder, f"{table.nom}.csv", csv, about | _schema(table)))
        resources.append(_resource(folder, f"{table.nom}.json", json, about))
    [share_alike] = (table for table in described if table.licence == "ODbL-1.0")
    for name, triples, about in (
        ("referentiel.ttl", stated.triples, _description_of_all(described)),
        (f"{share_alike.nom}.ttl", stated.share_alike, _description(share_alike)),
    ):
        resources.append(_resource(folder, name, _turtle(triples, about), about))
    _write_readmes(folder, settings.base, described, counts)
    (folder / "datapackage.json").write_bytes(indented_json(_package(settings, resources)))
    return sum(counts.values())


def _write_readmes(folder: Path, base: str, described: list[Table], counts: dict[str, int]) -> None:
    """Write a README in each language, with the number of rows of each table."""
    values = {"tables": described, "counts": counts, "licences": LICENCES, "version": __version__}
    environment = Environment(
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, trim_blocks=True, autoescape=False
    )
    for name, language in READMES.items():
        template = environment.get_template(f"lisez-moi.{language}.txt")
        text = template.render(**values, base=base, title=TITLES[language])
        (folder / name).write_text(text, "utf-8")


def _rows(table: Table, whole: Graph, iris: Iterable[str], base: str) -> Iterator[Row]:
    """Yield the rows of a table, in the order of their IRIs or of the table that they come from."""
    if table.nom == "communes":
        yield from communes()
    elif not table.motif:
        for row in rows(MAPPINGS / "communes-circonscriptions.csv", "code", "origine"):
            for circonscription in row["circonscriptions"].split():
                yield row["code"], circonscription, row["origine"]
    else:
        fits = re.compile(re.escape(base) + table.motif).fullmatch
        for iri in filter(fits, iris):
            yield tuple(
                _cell(column, whole.values(iri, column.terme), base) for column in table.columns
            )


def _cell(column: Column, values: list[str], base: str) -> str | float | None:
    """Return the cell with the values of a column; the code of a part of a resource is that of the
    resource.
    """
    if column.genre == "code":
        values = [document_of(value) if value.startswith(base) else value for value in values]
    return cell(column, values, base)


def _turtle(triples: Iterable[Triple], about: Json) -> bytes:
    """Return triples sorted by subject, below a comment with version and licence."""
    in_order = sorted(triples, key=lambda t: str(t.subject))
    [licence] = about["licenses"]
    head = f"# {about['title']}, {__version__}: {licence['title']}, {licence['path']}\n"
    return head.encode() + turtle(ntriples(in_order), in_order)


def _resource(folder: Path, name: str, data: bytes, about: Json) -> Json:
    """Write a file; return its description, that of its table completed."""
    (folder / name).write_bytes(data)
    form = file_format(name)
    return {
        "name": name.removesuffix(".csv").replace(".", "-"),
        "type": "table" if "schema" in about else "file",  # only CSV is read as a table
        "path": name,
        "format": name.rpartition(".")[2],
        "mediatype": form.media,
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        **about,
    }


def _description(table: Table) -> Json:
    """Return what the descriptions of all forms of a table have in common."""
    return {
        "title": table.titre,
        "title_en": table.titre_en,
        "description": table.sens,
        "description_en": table.sens_en,
        "licenses": [_licence(table.licence)],
        "sources": [{"title": source} for source in table.sources.split(" | ")],
    }


def _description_of_all(described: Iterable[Table]) -> Json:
    """Return the description of the file of all triples but those under a share-alike licence."""
    free = [table for table in described if table.motif and table.licence != "ODbL-1.0"]
    sources = dict.fromkeys(source for table in free for source in table.sources.split(" | "))
    return {
        "title": TITLES["fr"],
        "title_en": TITLES["en"],
        "description": "Toutes les tables en RDF, sauf les communes et NosDéputés.fr.",
        "description_en": "All tables in RDF, but for communes and NosDéputés.fr.",
        "licenses": [_licence("etalab-2.0")],
        "sources": [{"title": source} for source in sources],
    }


def _licence(name: str) -> Json:
    title, address = LICENCES[name]
    return {"name": name, "title": title, "path": address}


def _schema(table: Table) -> Json:
    """Return the Table Schema of a table."""
    key = table.cle.split()
    fields = [_field(column, is_key=column.nom in key) for column in table.columns]
    schema = table_schema(table.columns, key, fields)
    return {"profile": "tabular-data-resource", "schema": schema}


def _field(column: Column, *, is_key: bool) -> Json:
    return {
        "name": column.nom,
        "type": TYPES.get(column.genre, ("string",))[0],
        **({"format": "uri"} if column.genre == "adresse" else {}),
        "title": column.titre,
        "title_en": column.titre_en,
        "description": column.sens,
        "description_en": column.sens_en,
        **({"constraints": {"required": True}} if is_key else {}),
    }


def _package(settings: Settings, resources: list[Json]) -> Json:
    return {
        "profile": "data-package",
        "name": NAME,
        "title": TITLES["fr"],
        "title_en": TITLES["en"],
        "version": __version__,
        "homepage": settings.base,
        "licenses": [_licence(name) for name in LICENCES],
        "contributors": [
            {"title": settings.editeur or "questions-parlementaires-lod", "role": "publisher"}
        ],
        "resources": resources,
    }
