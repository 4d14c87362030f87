"""Make the tables of communes: `python -m tools.makers.communes ARCHIVE WORKBOOK`.

ARCHIVE is what `npm pack @etalab/decoupage-administratif@6.0.0` downloads, WORKBOOK the table of
constituencies of the Ministère de l'Intérieur; others are refused. It writes the communes, which
constituencies each belongs to, by which parts where they are several, and that of each consular
post.
"""

import base64
import hashlib
import json
import sys
import tarfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from lod.reference.tables import communes, departements
from tools.makers.tables import write

INTEGRITY = (  # of the archive, as npm writes it
    "sha512-XavYsFlbcM/prKr8hNHPKER94IHw/dsxNM4nxjWM"
    "Yk6PLFACpEedvn/7wK8Baozm0dCYhWWcf+7bcWpA5pmCaQ=="
)
MEMBER = "package/data/communes.json"
DISTRICT = "arrondissement-municipal"  # of Paris, Lyon or Marseille
OWN_CODES = {"978": "977"}  # Saint-Martin elects its deputy with Saint-Barthélemy
SHA256 = "46ff9b58d8ee4cb67fdfb3999be2ee6cd83d6df10486244a2bbda634d64a8220"
SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# codes of the Ministère → what codes of Insee begin with, and what is taken from the rest
OVERSEAS = {
    **{"ZA": ("97", 0), "ZB": ("97", 0), "ZC": ("97", 0), "ZD": ("97", 0), "ZX": ("97", 0)},
    # Mayotte is 501 there and 601 at Insee; in Polynesia the 7 of 987 is left out
    **{"ZM": ("97", -100), "ZS": ("97", 0), "ZN": ("98", 0), "ZP": ("98", -700)},
}
ABROAD, WALLIS = "ZZ", "ZW"
PARIS = "75056"
# Lyon and Marseille → how the codes of their districts begin, which the workbook does not have
DISTRICTS = {"69123": "6938", "13055": "132"}
MERGED = ("commune-deleguee", "commune-associee")
Row = tuple[str, str, str, str, int, int, str]  # the seven columns of the workbook
Cantons = dict[str, dict[int, list[str]]]  # commune → constituency → names of its cantons there


def commune_rows(archive: list[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    """Yield the rows: communes of today, and districts of cities where deputies are elected."""
    kept = [c for c in archive if c["type"] in ("commune-actuelle", DISTRICT)]
    of_districts: dict[str, set[str]] = {}  # code of a city → postal codes of its districts
    for c in kept:
        if c["type"] == DISTRICT:
            of_districts.setdefault(c["commune"], set()).update(c["codesPostaux"])
    for c in sorted(kept, key=lambda c: str(c["code"])):
        departement = OWN_CODES.get(c["departement"], c["departement"])
        codes = sorted({*c.get("codesPostaux", ())} - of_districts.get(c["code"], set()))
        if departement in departements():
            yield c["code"], c["nom"], departement, " ".join(codes), str(c.get("population", ""))


def read_archive(path: Path) -> list[dict[str, Any]]:
    """Return all communes of the archive, once it is verified."""
    data = path.read_bytes()
    digest = base64.b64encode(hashlib.sha512(data).digest()).decode()
    if f"sha512-{digest}" != INTEGRITY:
        raise SystemExit(f"{path}: another archive than the one of this table; see its README")
    with tarfile.open(path) as files:
        member = files.extractfile(MEMBER)
        assert member
        archive: list[dict[str, Any]] = json.load(member)
    return archive


def workbook_rows(path: Path) -> Iterator[Row]:
    """Yield the cells below the head: department, commune, number of constituency, canton."""
    with zipfile.ZipFile(path) as files:
        shared = ElementTree.fromstring(files.read("xl/sharedStrings.xml"))
        texts = ["".join(t.text or "" for t in item.iter(f"{SPACE}t")) for item in shared]
        sheet = ElementTree.fromstring(files.read("xl/worksheets/sheet1.xml"))
    for row in list(sheet.iter(f"{SPACE}row"))[1:]:
        cells = dict.fromkeys("ABCDEFG", "")
        for cell in row:
            value = cell.findtext(f"{SPACE}v", "")
            is_shared = cell.get("t") == "s"
            cells[cell.attrib["r"][0]] = (texts[int(value)] if is_shared else value).strip()
        departement, name, code, commune, number, canton, canton_name = cells.values()
        yield departement, name, code, commune, int(number), int(canton), canton_name


def insee_code(departement: str, code: str) -> str:
    """Return the code of Insee.

    >>> insee_code("1", "4"), insee_code("ZM", "501"), insee_code("ZP", "11")
    ('01004', '97601', '98711')
    """
    start, less = OVERSEAS.get(departement, (departement.zfill(2), 0))
    return f"{start}{int(code) - less:03}"


def delimitation(rows: Iterable[Row]) -> tuple[Cantons, list[tuple[str, str]]]:
    """Return what the workbook says of communes; and each consular post with its constituency."""
    cantons: Cantons = defaultdict(lambda: defaultdict(list))
    posts = []
    for departement, _, code, name, number, canton, canton_name in rows:
        if departement == ABROAD:
            posts.append((name, f"099-{number}"))
        elif departement != WALLIS:  # one row for its three communes
            commune = insee_code(departement, code)
            parts = cantons[commune][number]
            if commune == PARIS:  # its cantons have a letter for a name
                parts.append("1er" if canton == 15 else f"{canton - 14}e")
                cantons[f"751{canton - 14:02}"][number] = []
            elif "fictif" not in canton_name:  # those of Lyon are said to be none
                parts.append(canton_name)
    return cantons, posts


class Communes:
    def __init__(self, cantons: Cantons, archive: list[dict[str, Any]]) -> None:
        self._cantons = cantons
        # the name before it was merged, which is that of the delegated commune, comes last
        in_order = sorted(archive, key=lambda c: bool(c["type"] in MERGED))
        self._names = {c["code"]: c["nom"] for c in in_order}
        self._merged: dict[str, set[str]] = {}  # commune → those that are delegated in it
        for c in archive:
            if c["type"] in MERGED:
                self._merged.setdefault(c["chefLieu"], set()).add(c["code"])

    def table(self) -> Iterator[tuple[str, str, str]]:
        """Yield the rows of `communes-circonscriptions.csv`."""
        for row in communes():
            numbers, origin = self._numbers(row.code)
            if row.departement == "986":
                numbers, origin = {1}, "seule du departement"
            yield row.code, " ".join(sorted(f"{row.departement}-{n}" for n in numbers)), origin

    def _numbers(self, code: str) -> tuple[set[int], str]:
        for city, start in DISTRICTS.items():
            if code.startswith(start):
                return {*self._cantons[city]}, "ville entiere"
        own = {*self._cantons.get(code, ())}
        numbers = own.union(*(self._cantons.get(c, ()) for c in self._merged.get(code, ())))
        origin = "table" if numbers == own else "table+deleguees"
        return numbers, origin if numbers else "inconnue"

    def parts(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield the rows of `communes-partagees.csv`: a part of a city, each in its order."""
        for row in communes():
            numbers, origin = self._numbers(row.code)
            if len(numbers) < 2:
                continue
            if origin == "table+deleguees":
                kind, parts = "communes déléguées", self._delegated(row.code, numbers)
            else:
                kind = "arrondissements" if row.code == PARIS else "cantons"
                parts = self._cantons.get(row.code, {})
            if len({*map(tuple, parts.values())}) < 2:
                continue  # one canton is cut in two: its name says nothing
            for number in sorted(numbers):
                yield row.code, f"{row.departement}-{number}", kind, ", ".join(parts[number])

    def _delegated(self, code: str, numbers: set[int]) -> dict[int, list[str]]:
        """Return constituency → the names of the delegated communes that are in it."""
        cantons, merged = self._cantons, sorted(self._merged[code] | {code})
        return {n: [self._names[c] for c in merged if n in cantons.get(c, ())] for n in numbers}


def main(archive: Path, workbook: Path) -> None:
    if hashlib.sha256(workbook.read_bytes()).hexdigest() != SHA256:
        raise SystemExit(f"{workbook}: another workbook than the one of these tables")
    listed = read_archive(archive)
    write("communes.csv", commune_rows(listed))
    cantons, posts = delimitation(workbook_rows(workbook))
    made = Communes(cantons, listed)
    write("communes-circonscriptions.csv", made.table())
    write("communes-partagees.csv", made.parts())
    write("postes-consulaires.csv", sorted(posts))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
