"""Make the tables of the package: `python -m tools.makers.tables FOLDER ARCHIVE_2022 ARCHIVE_2026`.

FOLDER has the files that `lod/reference/data/README.md` names; the archives are AMO30 of February
2022 and of January 2026. Without the second one, nobody of legislature 16 is in the table.
"""

import csv
import gzip
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from lod.base import durable, packaged
from lod.base.tabular import csv_line
from lod.reference.amo_archives import read_directory
from lod.reference.directory import GROUPE, DeputySeat, Directory
from lod.reference.link_tables import evidence_sources, registers
from lod.reference.matching import name_key

Row = dict[str, str]
SHIPPED = packaged.MAPPINGS  # the tables as they are
Link = tuple[str, str, str, str]  # item, class of evidence, sources, day
Cells = Callable[[str, str], tuple[str, ...]]  # reference and name of a person → `link_cells`
# the legislatures of which each archive has every deputy, under the names of its time
WHOLE_IN_ARCHIVES = ((13, 14, 15), (16,))
# sources that read P4123, those with the most precise date first
P4123_READINGS = ("wdqs2022", "legislatoR2017", "nfp2024")
POLITICIAN_SOURCE = "wikidata2025"  # names and years of birth of French politicians
OWN_CODES = {"999": "099"}  # code of NosDéputés → that of the Assemblée, for citizens abroad
# beginning of the evidence for the item of a group → source
GROUP_EVIDENCE = {
    "EveryPolitician": "everypolitician2019",
    "P4100 label": "wdqs2022",
    "OpenParliamentTV": "optv2026",
}
# beginning of the rule by which an item is only a candidate → rule in the table, source
CANDIDATE_RULES = {
    "name+birth_year": ("nom et année", POLITICIAN_SOURCE),
    "nfp2024": ("nfp2024 seul", "nfp2024"),
    "explicit link": ("carnet public", POLITICIAN_SOURCE),
}


def read(path: Path) -> list[Row]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, rows: Iterable[tuple[str, ...]]) -> None:
    """Write one table below the header that it has, with line ends of Unix."""
    header = (SHIPPED / name).read_bytes().splitlines(keepends=True)[0]
    durable.write(packaged.MAPPINGS / name, header + b"".join(csv_line(r, end="\n") for r in rows))


class PoliticianList:
    """The list of French politicians in Wikidata, with their names and years of birth."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.items: dict[tuple[str, str], set[str]] = {}  # (key of a name, year of birth) → items
        self.birth_years: dict[str, set[str]] = {}  # item → years of birth, "" for none
        self.names: dict[str, str] = {}  # item → name, of those that have one
        for row in rows:
            key = name_key(row["name"]), row["birth_year"]
            self.items.setdefault(key, set()).add(row["qid"])
            self.birth_years.setdefault(row["qid"], set()).add(row["birth_year"])
            if row["name"] != row["qid"]:
                self.names.setdefault(row["qid"], row["name"])

    def only(self, names: Iterable[str], birth_year: str) -> str:
        """Return the item with one of the names and the year; "" if there are none or several."""
        found: set[str] = set()
        for name in names:
            found |= self.items.get((name_key(name), birth_year), set())
        return found.pop() if len(found) == 1 else ""


def find_evidence(rows: Iterable[Row], politicians: PoliticianList) -> dict[str, Link]:
    """Return acteurRef → the link of a person who has one."""
    names: dict[str, set[str]] = {}
    by_ref: dict[str, Row] = {}
    for row in rows:
        names.setdefault(row["acteurRef"], set()).add(row["nom_complet"])
        by_ref[row["acteurRef"]] = row
    found = {}
    for ref, row in by_ref.items():
        qid, read_in = row["wikidata_qid"], row["qid_sources"].split(";")
        if row["evidence_class"] == "P4123":
            best = next(source for source in P4123_READINGS if source in read_in)
            found[ref] = (qid, "P4123", row["qid_sources"], evidence_sources()[best].constat)
        elif qid and politicians.only(names[ref], row["date_naissance"][:4]) == qid:
            read_in.append(POLITICIAN_SOURCE)
            day = evidence_sources()[POLITICIAN_SOURCE].constat
            found[ref] = (qid, "concordance", ";".join(read_in), day)
    return found


def link_cells(
    links: Mapping[str, Link], politicians: PoliticianList, ref: str, name: str
) -> tuple[str, ...]:
    """Return the last cells of a row: the name of a person in Wikidata if it differs, the link."""
    link = links.get(ref, ("", "", "", ""))
    theirs = politicians.names.get(link[0], "")
    is_new = theirs and name_key(theirs) != name_key(name)
    return (theirs if is_new else "", *link)


def archive_rows(
    directory: Directory, legislatures: Collection[int], last_cells: Cells
) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the deputies of an archive, with the latest seat and group of each."""
    latest: dict[tuple[int, str], DeputySeat] = {}
    for seat in sorted(directory.seats.values(), key=lambda seat: seat.start):
        if seat.legislature in legislatures:
            latest[seat.legislature, seat.acteur_ref] = seat
    for (legislature, ref), seat in sorted(
        latest.items(), key=lambda x: (x[0][0], _number(x[0][1]))
    ):
        person, place = directory.persons[ref], seat.circonscription
        assert place and place.departement and person.birth_date, ref
        bodies = (directory.bodies[m.groupe_ref] for m in directory.memberships.get(ref, ()))
        groups = [body.sigle or "" for body in bodies if body.legislature == legislature]
        yield (
            ref, str(legislature), person.full_name, "H" if person.civilite == "M." else "F",
            str(person.birth_date), place.departement, place.nom, str(place.numero),
            groups[-1] if groups else "", *last_cells(ref, person.full_name),
        )  # fmt: skip


def deputy_row(row: Row, name: str, last_cells: Cells) -> tuple[str, ...]:
    """Return a row of `deputes-an.csv`: the item with its evidence if it is known."""
    return (
        row["acteurRef"], row["legislature"], name, row["sexe"],
        row["date_naissance"], OWN_CODES.get(row["num_deptmt"], row["num_deptmt"]),
        row["departement"].replace("Territoire-de-Belfort", "Territoire de Belfort"),
        row["num_circo"], row["groupe_sigle"], *last_cells(row["acteurRef"], name),
    )  # fmt: skip


def _number(ref: str) -> int:
    return int(ref[2:])


def candidate_rows(rows: Iterable[Row], known: Mapping[str, object]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of `candidats.csv`: persons with an item on one piece of evidence."""
    for ref, row in {row["acteurRef"]: row for row in rows}.items():
        if ref in known:
            continue
        if row["wikidata_qid"]:
            day = max(evidence_sources()[s].constat for s in row["qid_sources"].split(";"))
            yield ref, row["wikidata_qid"], "EveryPolitician seul", day
        elif row["qid_inferred"]:
            rules = CANDIDATE_RULES.items()
            rule, source = next(x for b, x in rules if row["inferred_rule"].startswith(b))
            yield ref, row["qid_inferred"], rule, evidence_sources()[source].constat


def identifier_rows(rows: Iterable[Row]) -> Iterator[tuple[str, ...]]:
    """Yield the identifiers in registers of persons whose item has P4123; print malformed ones."""
    for row in rows:
        read_in = {*row["qid_sources"].split(";"), "nosdeputes2022", "an2025"}
        for register in registers().values():
            value = _identifier(row[register.colonne])
            source = next((s for s in register.sources if s in read_in), "")
            if row["evidence_class"] != "P4123" or not (value and source):
                continue
            if re.fullmatch(register.motif, value):
                yield row["acteurRef"], register.code, value, source
            else:
                print(f"left out: {row['acteurRef']} {register.code} '{value}'", file=sys.stderr)


def _identifier(cell: str) -> str:
    """Return the identifier of a cell: of Wikipedia the title of the page, of ISNI the digits."""
    begin, wiki, title = cell.partition("/wiki/")
    return unquote(title).replace("_", " ") if wiki else begin.replace(" ", "")


def fact_rows(items: Iterable[str], politicians: PoliticianList) -> Iterator[tuple[str, ...]]:
    """Yield the rows of `faits-wikidata.csv`: years of birth of items that are linked."""
    day = evidence_sources()[POLITICIAN_SOURCE].constat
    for qid in sorted(items, key=lambda qid: int(qid[1:])):
        for birth_year in sorted(filter(None, politicians.birth_years.get(qid, ()))):
            yield qid, "P569", birth_year, "annee", "", POLITICIAN_SOURCE, day


def group_row(row: Row) -> tuple[str, ...]:
    """Return a row of `groupes.csv`: the item with its source if it is known."""
    source = next((s for b, s in GROUP_EVIDENCE.items() if row["evidence"].startswith(b)), "")
    names = ("organeRef", "legislature", "sigle", "libelle", "date_debut", "date_fin")
    return (*(row[name] for name in names), row["wikidata_qid"], source)


def older_groups(archive: Directory) -> dict[str, tuple[str, ...]]:
    """Return the rows of groups of legislatures before the 14th, which an archive alone has."""
    return {
        g.ref: (
            g.ref, str(g.legislature), g.short_label or "", g.libelle, str(g.start), str(g.end),
            "", "",
        )
        for g in archive.bodies.values()
        if g.type == GROUPE and g.legislature and g.legislature < 14
    }  # fmt: skip


def circonscription_row(row: Row) -> tuple[str, ...]:
    """Return a row of `circonscriptions.csv`."""
    departement = OWN_CODES.get(row["num_deptmt"], row["num_deptmt"])
    return departement, row["num_circo"], row["wikidata_qid"], row["wd_label_fr"]


def main(folder: Path, *archives: Path) -> None:
    """Write the tables."""
    rows = read(folder / "deputes-wikidata.csv")
    rows.sort(key=lambda row: (int(row["legislature"]), _number(row["acteurRef"])))
    politicians = PoliticianList(read(folder / "politicians.csv.gz"))
    known = find_evidence(rows, politicians)
    last_cells = partial(link_cells, known, politicians)
    ours: list[tuple[str, ...]] = []
    for archive, legislatures in zip(archives, WHOLE_IN_ARCHIVES, strict=False):
        ours += archive_rows(read_directory([archive])[0], legislatures, last_cells)
    current = [row for row in rows if row["row_source"].startswith("an_")]
    ours += (deputy_row(row, row["nom_complet"], last_cells) for row in current)
    write("deputes-an.csv", ours)
    candidates = sorted(candidate_rows(rows, known), key=lambda row: _number(row[0]))
    write("candidats.csv", candidates)
    persons = read(folder / "deputes-autorites.csv")
    persons.sort(key=lambda row: _number(row["acteurRef"]))
    write("identifiants.csv", identifier_rows(persons))
    items = {qid for qid, *_ in known.values()}
    write("faits-wikidata.csv", fact_rows(items, politicians))
    groups = {row["organeRef"]: group_row(row) for row in read(folder / "groupes-wikidata.csv")}
    groups = older_groups(read_directory(archives[:1])[0]) | groups
    write("groupes.csv", sorted(groups.values(), key=lambda row: (int(row[1]), _number(row[0]))))
    constituencies = read(folder / "circonscriptions-wikidata.csv")
    write("circonscriptions.csv", map(circonscription_row, constituencies))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
