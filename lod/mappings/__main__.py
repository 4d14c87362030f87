"""Make the tables of the package: `python -m lod.mappings FOLDER`, where FOLDER holds
`deputes-wikidata.csv` and `groupes-wikidata.csv` (columns as described in README.md).
"""

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

from lod import files

DEPUTES = (
    "acteurRef", "legislature", "nom_complet", "sexe", "naissance", "departement",
    "nom_departement", "circonscription", "groupe", "qid", "preuve", "constat",
)  # fmt: skip
GROUPES = ("organeRef", "legislature", "sigle", "libelle", "debut", "fin")
# the day on which a source read P4123, as precisely as it says; the most precise first
CONSTATS = (("wdqs2022", "2022-11-07"), ("legislatoR2017", "2017-12"), ("nfp2024", "2024"))
CODES = {"999": "099"}  # French citizens abroad: 999 is NosDéputés' own code


def depute(row: dict[str, str]) -> tuple[str, ...]:
    """Return a row of `deputes-*.csv`; a QID keeps its evidence and when it was seen."""
    read = row["qid_sources"].split(";")
    constat = next((day for source, day in CONSTATS if source in read), "")
    preuve = row["evidence_class"]
    return (
        row["acteurRef"], row["legislature"], row["nom_complet"], row["sexe"],
        row["date_naissance"], CODES.get(row["num_deptmt"], row["num_deptmt"]),
        row["departement"].replace("Territoire-de-Belfort", "Territoire de Belfort"),
        row["num_circo"], row["groupe_sigle"], row["wikidata_qid"], preuve,
        constat if preuve == "P4123" else "",
    )  # fmt: skip


def write(name: str, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Write one table, sorted, with the line ends that diffs like."""
    with (files.MAPPINGS / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        by_legislature = sorted(rows, key=lambda row: (int(row[1]), int(row[0][2:])))
        writer.writerows(by_legislature)


def main(folder: Path) -> None:
    """Write the three tables; rows under different licences go to different files."""
    with (folder / "deputes-wikidata.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for name, origin in (("deputes-an.csv", "an_"), ("deputes-nosdeputes.csv", "nosdeputes")):
        ours = (depute(row) for row in rows if row["row_source"].startswith(origin))
        write(name, DEPUTES, ours)
    with (folder / "groupes-wikidata.csv").open(encoding="utf-8", newline="") as file:
        names = ("organeRef", "legislature", "sigle", "libelle", "date_debut", "date_fin")
        write("groupes.csv", GROUPES, [tuple(r[n] for n in names) for r in csv.DictReader(file)])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
