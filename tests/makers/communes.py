"""Make `communes.csv`: `python -m tests.makers.communes ARCHIVE`.

ARCHIVE is what `npm pack @etalab/decoupage-administratif@6.0.0` downloads; another is refused.
"""

import base64
import hashlib
import json
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lod.reference.tables import COMMUNE_COLUMNS, departements
from tests.makers.tables import write

INTEGRITY = (  # of the archive, as npm writes it
    "sha512-XavYsFlbcM/prKr8hNHPKER94IHw/dsxNM4nxjWM"
    "Yk6PLFACpEedvn/7wK8Baozm0dCYhWWcf+7bcWpA5pmCaQ=="
)
MEMBER = "package/data/communes.json"
DISTRICT = "arrondissement-municipal"  # of Paris, Lyon or Marseille
OWN_CODES = {"978": "977"}  # Saint-Martin elects its deputy with Saint-Barthélemy


def table(communes: list[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    """Yield the rows: communes of today and districts of cities, where deputies are elected.

    A postal code of a district is not that of its whole city, too.
    """
    kept = [c for c in communes if c["type"] in ("commune-actuelle", DISTRICT)]
    of_districts: dict[str, set[str]] = {}  # code of a city → postal codes of its districts
    for c in kept:
        if c["type"] == DISTRICT:
            of_districts.setdefault(c["commune"], set()).update(c["codesPostaux"])
    for c in sorted(kept, key=lambda c: str(c["code"])):
        departement = OWN_CODES.get(c["departement"], c["departement"])
        codes = sorted({*c.get("codesPostaux", ())} - of_districts.get(c["code"], set()))
        if departement in departements():
            yield c["code"], c["nom"], departement, " ".join(codes), str(c.get("population", ""))


def read_archive(archive: Path) -> list[dict[str, Any]]:
    """Return all communes of the archive, once it is verified."""
    data = archive.read_bytes()
    digest = base64.b64encode(hashlib.sha512(data).digest()).decode()
    if f"sha512-{digest}" != INTEGRITY:
        raise SystemExit(f"{archive}: another archive than the one of this table; see its README")
    with tarfile.open(archive) as files:
        member = files.extractfile(MEMBER)
        assert member
        communes: list[dict[str, Any]] = json.load(member)
    return communes


if __name__ == "__main__":
    write("communes.csv", COMMUNE_COLUMNS, table(read_archive(Path(sys.argv[1]))))
