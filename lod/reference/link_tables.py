"""Tables of the links: which registers there are, what they call a person, what Wikidata says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from lod.base import packaged
from lod.base.errors import LodError
from lod.reference.tables import rows, split_cell

SAFE_IN_ADDRESS = "/:()',!;-"  # what an address says as it is
QID = re.compile(r"Q[1-9]\d*", re.ASCII)
CONSTAT = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
# what a fact may be: property → types of its value; a value must look like its type
FACT_TYPES = {
    "P21": ("element",), "P102": ("element",), "P569": ("jour", "mois", "annee"),
    "P18": ("adresse",), "P856": ("adresse",),
}  # fmt: skip
VALUE_PATTERNS = {
    "element": QID,
    "jour": re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
    "mois": re.compile(r"\d{4}-\d\d", re.ASCII),
    "annee": re.compile(r"\d{4}", re.ASCII),
    "adresse": re.compile(r'https?://[^\x00-\x20\x7f<>"{}|\\^`]+'),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSource:
    """Where an evidence was read, as a row of `sources.csv` states it."""

    nom: str
    constat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A register of persons, as a row of `autorites.csv` states it.

    `element` is the property or item of Wikidata that stands for it, `adresse` makes an address of
    an identifier, which `motif` describes; `colonne` and `sources` say where the table comes from.
    """

    code: str
    nom: str
    element: str
    adresse: str
    motif: str
    colonne: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterIdentifier:
    """What a register calls a person, as a row of `identifiants.csv` states it."""

    register: Register
    valeur: str
    source: str

    @property
    def address(self) -> str:
        """The page of the register about the person; titles of pages have spaces and accents."""
        return self.register.adresse.format(quote(self.valeur.replace(" ", "_"), SAFE_IN_ADDRESS))


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSuggestion:
    """An item that may be a deputy, on one evidence alone, as a row of `candidats.csv` says."""

    acteur_ref: str
    qid: str
    regle: str
    constat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WikidataFact:
    """What Wikidata says of an item, as a row of `faits-wikidata.csv` or of `lod link` states it.

    `type` is `element`, `jour`, `mois`, `annee` or `adresse`; `libelle` names an item.
    """

    qid: str
    propriete: str
    valeur: str
    type: str
    libelle: str
    source: str
    constat: str

    @property
    def fault(self) -> str:
        """What keeps the fact from being published, or ""."""
        is_fact = (
            self.type in FACT_TYPES.get(self.propriete, ())
            and VALUE_PATTERNS[self.type].fullmatch(self.valeur)
            and QID.fullmatch(self.qid)
            and CONSTAT.fullmatch(self.constat)
            and (self.libelle or self.type != "element")
        )
        said = f"{self.qid} {self.propriete} '{self.valeur}'"
        return "" if is_fact else f"{said} is no fact that is published"


@cache
def evidence_sources() -> dict[str, EvidenceSource]:
    """Return code → where it was read."""
    return {
        row["code"]: EvidenceSource(nom=row["nom"], constat=row["constat"])
        for row in rows(packaged.MAPPINGS / "sources.csv", "code", "nom", "constat")
    }


@cache
def registers() -> dict[str, Register]:
    """Return code → register, in the order of the file."""
    names = ("code", "nom", "element", "adresse", "motif", "colonne")
    return {
        row["code"]: Register(**{n: row[n] for n in names}, sources=split_cell(row["sources"]))
        for row in rows(packaged.MAPPINGS / "autorites.csv", *names)
    }


@cache
def register_identifiers() -> Mapping[str, tuple[RegisterIdentifier, ...]]:
    """Return acteurRef → what registers call the person; raise LodError for what cannot be one."""
    path = packaged.MAPPINGS / "identifiants.csv"
    found: dict[str, tuple[RegisterIdentifier, ...]] = {}
    for row in rows(path, "acteurRef", "autorite", "valeur", "source"):
        register = registers()[row["autorite"]]
        if not re.fullmatch(register.motif, row["valeur"]):
            wrong = f"'{row['valeur']}' is no identifier of {register.nom}"
            raise LodError(f"{path}: {row['acteurRef']}: {wrong}; correct it, or remove the row")
        one = RegisterIdentifier(register=register, valeur=row["valeur"], source=row["source"])
        found[row["acteurRef"]] = (*found.get(row["acteurRef"], ()), one)
    return found


@cache
def item_suggestions() -> tuple[ItemSuggestion, ...]:
    """Return who has an item on one evidence alone; none of them is a link."""
    return tuple(
        ItemSuggestion(
            acteur_ref=row["acteurRef"],
            qid=row["qid"],
            regle=row["regle"],
            constat=row["constat"],
        )
        for row in rows(packaged.MAPPINGS / "candidats.csv", "acteurRef", "qid", "regle", "constat")
    )


@cache
def table_facts() -> tuple[WikidataFact, ...]:
    """Return what the table says of items of Wikidata."""
    names = ("qid", "propriete", "valeur", "type", "libelle", "source", "constat")
    path = packaged.MAPPINGS / "faits-wikidata.csv"
    return tuple(
        WikidataFact(**{name: row[name] for name in names})
        for row in rows(path, "qid", "propriete")
    )
