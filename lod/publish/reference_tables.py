"""The reference tables to download: a zip file that is a data package (Frictionless)."""

import hashlib
import re
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lod.base.packaged import MAPPINGS
from lod.base.tabular import indented_json

DESCRIBED = re.compile(r"^\| `(.+)` \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)  # in the README
LICENCES = (
    ("etalab-2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"),
    ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    ("ODbL-1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
)


def write_reference_tables(path: Path) -> None:
    """Write the tables of the program, their README and a `datapackage.json` into a zip file.

    The same tables give the same bytes: no file has a time.
    """
    readme = (MAPPINGS / "README.md").read_bytes()
    about = {name: rest for name, *rest in DESCRIBED.findall(readme.decode())}
    tables = {table.name: table.read_bytes() for table in sorted(MAPPINGS.glob("*.csv"))}
    package = {
        "name": "referentiel-questions-parlementaires",
        "title": "Tables de référence des questions parlementaires",
        "licenses": [{"name": name, "path": address} for name, address in LICENCES],
        "resources": [_resource(name, data, *about[name]) for name, data in tables.items()],
    }
    files = {"datapackage.json": indented_json(package), "README.md": readme, **tables}
    with ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(ZipInfo(name), data, ZIP_DEFLATED)


def _resource(name: str, data: bytes, rows: str, origin: str, licence: str) -> dict[str, Any]:
    names = data.partition(b"\n")[0].decode().strip().split(",")
    return {
        "name": name.removesuffix(".csv"),
        "path": name,
        "description": f"{rows}. Licence: {licence}.",
        "sources": [{"title": origin}],
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": {"fields": [{"name": name, "type": "string"} for name in names]},
    }
