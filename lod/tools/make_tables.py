"""Make the tables of the package: `python -m lod.tools.make_tables FOLDER`, where
FOLDER holds the files that README.md names.
"""

import csv
import gzip
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

from lod.base import packaged as files
from lod.reference.link_tables import autorites, sources
from lod.reference.names import mots

Row = dict[str, str]
DEPUTES = (
    "acteurRef", "legislature", "nom_complet", "sexe", "naissance", "departement",
    "nom_departement", "circonscription", "groupe", "qid", "preuve", "sources", "constat",
)  # fmt: skip
GROUPES = ("organeRef", "legislature", "sigle", "libelle", "debut", "fin", "qid", "sources")
CIRCONSCRIPTIONS = ("departement", "numero", "qid", "libelle")
CANDIDATS = ("acteurRef", "qid", "regle", "constat")
IDENTIFIANTS = ("acteurRef", "autorite", "valeur", "source")
FAITS = ("qid", "propriete", "valeur", "type", "libelle", "source", "constat")
# who read P4123; the one that says the day most precisely first
LECTURES = ("wdqs2022", "legislatoR2017", "nfp2024")
LISTE = "wikidata2025"  # names and years of birth of French politicians
CODES = {"999": "099"}  # French citizens abroad: 999 is NosDéputés' own code
# who says which item a group has, by how its evidence begins
PREUVES_GROUPES = {
    "EveryPolitician": "everypolitician2019",
    "P4100 label": "wdqs2022",
    "OpenParliamentTV": "optv2026",
}
# what is known of an item by the name alone, or is not sure, is a candidate: the rule, and who says
REGLES = {
    "name+birth_year": ("nom et année", LISTE),
    "nfp2024": ("nfp2024 seul", "nfp2024"),
    "explicit link": ("carnet public", LISTE),
}


def read(path: Path) -> list[Row]:
    """Return the rows of a table, packed or not."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Write one table, with the line ends that diffs like."""
    with (files.MAPPINGS / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


class Liste:
    """The list of French politicians in Wikidata: which items bear a name and a year of birth."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.items: dict[tuple[tuple[str, ...], str], set[str]] = {}
        self.annees: dict[str, set[str]] = {}
        for row in rows:
            key = tuple(sorted(mots(row["name"]))), row["birth_year"]
            self.items.setdefault(key, set()).add(row["qid"])
            self.annees.setdefault(row["qid"], set()).add(row["birth_year"])

    def only(self, noms: Iterable[str], annee: str) -> str:
        """Return the only item that bears one of the names and the year, or ""."""
        found: set[str] = set()
        for nom in noms:
            found |= self.items.get((tuple(sorted(mots(nom))), annee), set())
        return found.pop() if len(found) == 1 else ""


def preuves(rows: Iterable[Row], liste: Liste) -> dict[str, tuple[str, str, str, str]]:
    """Return acteurRef → (item, class of evidence, sources, day) for persons that have a link."""
    noms: dict[str, set[str]] = {}
    by_ref: dict[str, Row] = {}
    for row in rows:
        noms.setdefault(row["acteurRef"], set()).add(row["nom_complet"])
        by_ref[row["acteurRef"]] = row
    found = {}
    for ref, row in by_ref.items():
        qid, read_in = row["wikidata_qid"], row["qid_sources"].split(";")
        if row["evidence_class"] == "P4123":
            best = next(source for source in LECTURES if source in read_in)
            found[ref] = (qid, "P4123", row["qid_sources"], sources()[best].constat)
        elif qid and liste.only(noms[ref], row["date_naissance"][:4]) == qid:
            found[ref] = (
                qid,
                "concordance",
                f"{row['qid_sources']};{LISTE}",
                sources()[LISTE].constat,
            )
    return found


def depute(row: Row, known: Mapping[str, tuple[str, str, str, str]]) -> tuple[str, ...]:
    """Return a row of `deputes-*.csv`; an item is there with its evidence, or not at all."""
    return (
        row["acteurRef"], row["legislature"], row["nom_complet"], row["sexe"],
        row["date_naissance"], CODES.get(row["num_deptmt"], row["num_deptmt"]),
        row["departement"].replace("Territoire-de-Belfort", "Territoire de Belfort"),
        row["num_circo"], row["groupe_sigle"],
        *known.get(row["acteurRef"], ("", "", "", "")),
    )  # fmt: skip


def candidats(rows: Iterable[Row], known: Mapping[str, object]) -> Iterator[tuple[str, ...]]:
    """Yield who has an item on one evidence alone, and which; a person is to look at it."""
    for row in {row["acteurRef"]: row for row in rows}.values():
        rule = row["inferred_rule"]
        if row["acteurRef"] in known:
            continue
        if row["wikidata_qid"]:
            day = max(sources()[s].constat for s in row["qid_sources"].split(";"))
            yield row["acteurRef"], row["wikidata_qid"], "EveryPolitician seul", day
        elif row["qid_inferred"]:
            regle, source = next(said for begin, said in REGLES.items() if rule.startswith(begin))
            yield row["acteurRef"], row["qid_inferred"], regle, sources()[source].constat


def identifiants(rows: Iterable[Row]) -> Iterator[tuple[str, ...]]:
    """Yield the other identifiers of persons whose item bears P4123, told if one cannot be one.

    The first source that both the person and the register have has read it.
    """
    for row in rows:
        read_in = {*row["qid_sources"].split(";"), "nosdeputes2022", "an2025"}
        for autorite in autorites().values():
            valeur = _valeur(row[autorite.colonne])
            source = next((s for s in autorite.sources if s in read_in), "")
            if row["evidence_class"] != "P4123" or not (valeur and source):
                continue
            if re.fullmatch(autorite.motif, valeur):
                yield row["acteurRef"], autorite.code, valeur, source
            else:
                print(f"left out: {row['acteurRef']} {autorite.code} '{valeur}'", file=sys.stderr)


def _valeur(cell: str) -> str:
    """Return an identifier; of Wikipedia the title of the page, of the ISNI the digits."""
    begin, wiki, title = cell.partition("/wiki/")
    return unquote(title).replace("_", " ") if wiki else begin.replace(" ", "")


def faits(items: Iterable[str], liste: Liste) -> Iterator[tuple[str, ...]]:
    """Yield what the list says of the items that are linked: a year of birth, seldom two."""
    for qid in sorted(items, key=lambda qid: int(qid[1:])):
        for annee in sorted(filter(None, liste.annees.get(qid, ()))):
            yield qid, "P569", annee, "annee", "", LISTE, sources()[LISTE].constat


def groupe(row: Row) -> tuple[str, ...]:
    """Return a row of `groupes.csv`: an item is there with who says so."""
    source = next((s for b, s in PREUVES_GROUPES.items() if row["evidence"].startswith(b)), "")
    names = ("organeRef", "legislature", "sigle", "libelle", "date_debut", "date_fin")
    return (*(row[name] for name in names), row["wikidata_qid"], source)


def circonscription(row: Row) -> tuple[str, ...]:
    """Return a row of `circonscriptions.csv`; one whose item is of another stays without."""
    departement = CODES.get(row["num_deptmt"], row["num_deptmt"])
    return departement, row["num_circo"], row["wikidata_qid"], row["wd_label_fr"]


def main(folder: Path) -> None:
    """Write the tables; rows under different licences go to different files."""
    rows = read(folder / "deputes-wikidata.csv")
    rows.sort(key=lambda row: (int(row["legislature"]), int(row["acteurRef"][2:])))
    liste = Liste(read(folder / "politicians.csv.gz"))
    known = preuves(rows, liste)
    for name, origin in (("deputes-an.csv", "an_"), ("deputes-nosdeputes.csv", "nosdeputes")):
        ours = (row for row in rows if row["row_source"].startswith(origin))
        write(name, DEPUTES, (depute(row, known) for row in ours))
    write("candidats.csv", CANDIDATS, sorted(candidats(rows, known), key=lambda r: int(r[0][2:])))
    persons = read(folder / "deputes-autorites.csv")
    persons.sort(key=lambda row: int(row["acteurRef"][2:]))
    write("identifiants.csv", IDENTIFIANTS, identifiants(persons))
    write("faits-wikidata.csv", FAITS, faits({qid for qid, *_ in known.values()}, liste))
    groupes = read(folder / "groupes-wikidata.csv")
    groupes.sort(key=lambda row: (int(row["legislature"]), int(row["organeRef"][2:])))
    write("groupes.csv", GROUPES, map(groupe, groupes))
    lieux = read(folder / "circonscriptions-wikidata.csv")
    write("circonscriptions.csv", CIRCONSCRIPTIONS, map(circonscription, lieux))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
