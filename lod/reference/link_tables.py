"""Tables of links, as values: registers, their identifiers of deputies, facts of Wikidata; and of
headings: their English names, their EuroVoc descriptors, and which of them look alike.

Each raises UsageError for a row that lacks a required cell. `data/README.md` states the origin and
the licence of each file.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from lod.base.errors import LodError
from lod.base.packaged import MAPPINGS
from lod.base.tabular import group_by_key, rows, typed_rows
from lod.model.text import bare_name

SAFE_IN_ADDRESS = "/:()',!;-"  # characters that are not escaped in an address
QID = re.compile(r"Q[1-9]\d*", re.ASCII)
CONSTAT = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
# property → types that the value of a fact may have, each with its pattern below
FACT_TYPES = {
    "P21": ("element",), "P39": ("element",), "P102": ("element",), "P106": ("element",),
    "P569": ("jour", "mois", "annee"),
    "P18": ("adresse",), "P856": ("adresse",),
}  # fmt: skip
VALUE_PATTERNS = {
    "element": QID,
    "jour": re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
    "mois": re.compile(r"\d{4}-\d\d", re.ASCII),
    "annee": re.compile(r"\d{4}", re.ASCII),
    "adresse": re.compile(r'https?://[^\x00-\x20\x7f<>"{}|\\^`]+'),
}
SAME = "même"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSource:
    """Where evidence was read, as a row of `sources.csv` states it."""

    code: str
    nom: str
    constat: str  # day, month or year in which it was read
    licence: str  # under which it gives what is published; `faits` if its facts are free


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A register of persons, as a row of `autorites.csv` states it."""

    code: str
    nom: str
    element: str  # the property or item of Wikidata that stands for the register
    adresse: str  # pattern of the address of a person, `{}` for the identifier
    iri: str  # pattern of the IRI that the register has for a person in RDF; "" without RDF
    motif: str  # regular expression of its identifiers
    colonne: str  # of the original table, from which `tools.makers.tables` takes identifiers
    sources: tuple[str, ...]  # codes of `sources.csv`: who may have read the identifiers


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterIdentifier:
    """The identifier of a person in a register, as a row of `identifiants.csv` states it."""

    register: Register
    valeur: str
    source: str  # code of `sources.csv`

    @property
    def address(self) -> str:
        """The page of the register about the person; an identifier may be a title with spaces."""
        return self.register.adresse.format(quote(self.valeur.replace(" ", "_"), SAFE_IN_ADDRESS))

    @property
    def iri(self) -> str:
        """What the register calls the person in its own RDF; "" if it publishes none."""
        return self.register.iri.format(self.valeur)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSuggestion:
    """An item that may be a deputy, on one piece of evidence: a row of `candidats.csv`."""

    acteur_ref: str
    qid: str
    regle: str  # the evidence, in words
    constat: str  # day, month or year in which it was read


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeName:
    """The name of the ministry of an office of Wikidata, as a row of `postes.csv` states it."""

    poste: str  # item of the office of a minister
    anglais: str  # what Wikidata calls the office in English
    nom: str  # of the ministry


@dataclass(frozen=True, slots=True, kw_only=True)
class WikidataFact:
    """A statement of Wikidata about an item, as `faits-wikidata.csv` has it."""

    qid: str
    propriete: str  # a key of FACT_TYPES
    valeur: str
    type: str  # of the value: a key of VALUE_PATTERNS
    libelle: str  # name of the value if it is an item, else ""
    source: str  # code of `sources.csv`, or address of the endpoint
    constat: str  # day, month or year in which it was read

    @property
    def fault(self) -> str:
        """Why the fact cannot be published, in words; "" if it can."""
        is_fact = (
            self.type in FACT_TYPES.get(self.propriete, ())
            and VALUE_PATTERNS[self.type].fullmatch(self.valeur)
            and QID.fullmatch(self.qid)
            and CONSTAT.fullmatch(self.constat)
            and (self.libelle or self.type != "element")
        )
        fact = f"{self.qid} {self.propriete} '{self.valeur}'"
        return "" if is_fact else f"{fact} is no fact that is published"


@cache
def evidence_sources() -> dict[str, EvidenceSource]:
    path, required = MAPPINGS / "sources.csv", ("code", "nom", "constat", "licence")
    return {s.code: s for s in typed_rows(EvidenceSource, path, *required)}


def rights() -> str:
    """Return who has rights in what is published, and under which licence, in French."""
    sources = (s for s in evidence_sources().values() if s.licence != "faits")
    by_licence = group_by_key((s.licence, s.nom) for s in sources)
    links = (f"{licence} ({' ; '.join(names)})" for licence, names in sorted(by_licence.items()))
    return f"Enregistrements : Assemblée nationale, Licence Ouverte. Liens : {', '.join(links)}."


@cache
def registers() -> dict[str, Register]:
    required = ("code", "nom", "element", "adresse", "motif", "colonne")
    return {r.code: r for r in typed_rows(Register, MAPPINGS / "autorites.csv", *required)}


@cache
def register_identifiers() -> Mapping[str, tuple[RegisterIdentifier, ...]]:
    """Return acteurRef → identifiers of the person; raise LodError for a malformed one."""
    return group_by_key(_identifiers(MAPPINGS / "identifiants.csv"))


def _identifiers(path: Path) -> Iterator[tuple[str, RegisterIdentifier]]:
    for row in rows(path, "acteurRef", "autorite", "valeur", "source"):
        register = registers()[row["autorite"]]
        if not re.fullmatch(register.motif, row["valeur"]):
            wrong = f"'{row['valeur']}' is no identifier of {register.nom}"
            raise LodError(f"{path}: {row['acteurRef']}: {wrong}; correct it, or remove the row")
        valeur, source = row["valeur"], row["source"]
        yield row["acteurRef"], RegisterIdentifier(register=register, valeur=valeur, source=source)


@cache
def item_suggestions() -> tuple[ItemSuggestion, ...]:
    """Return the items that one piece of evidence suggests for a deputy; they are not links."""
    required, path = ("acteurRef", "qid", "regle", "constat"), MAPPINGS / "candidats.csv"
    return tuple(typed_rows(ItemSuggestion, path, *required, acteur_ref="acteurRef"))


@cache
def office_names() -> dict[tuple[str, str], OfficeName]:
    """Return (item of an office, bare name of a ministry) → what was reviewed of them."""
    names = typed_rows(OfficeName, MAPPINGS / "postes.csv", "poste", "anglais", "nom")
    return {(name.poste, bare_name(name.nom)): name for name in names}


@cache
def table_facts() -> tuple[WikidataFact, ...]:
    return tuple(typed_rows(WikidataFact, MAPPINGS / "faits-wikidata.csv", "qid", "propriete"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedAuthor:
    """Who an author is that records know by name alone, as a row of `auteurs.csv` states it."""

    auteur: str  # legislature and name, as its address ends: `11/pascal-terrasse`
    nom: str
    qid: str
    motif: str  # what speaks for it: seat, group, day
    par: str
    constat: str


@cache
def reviewed_authors() -> tuple[ReviewedAuthor, ...]:
    required = ("auteur", "nom", "qid", "motif", "par", "constat")
    return tuple(typed_rows(ReviewedAuthor, MAPPINGS / "auteurs.csv", *required))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedHeading:
    """What was decided about a heading of today, as a row of `rubriques-eurovoc.csv` states it."""

    rubrique: str  # as the list spells it
    anglais: str  # our own English name; "" if none is sure
    eurovoc: str  # identifier of the descriptor; "" if none is close, and then it has no names
    libelle_fr: str
    libelle_en: str
    motif: str  # why; "" if heading and descriptor have the same words
    par: str  # who decided
    constat: str  # on which day


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedPair:
    """Two headings that look alike, as a row of `rubriques-proches.csv` states it."""

    rubrique: str
    autre: str
    decision: str  # `même` or `distinctes`
    motif: str


@cache
def reviewed_headings() -> tuple[ReviewedHeading, ...]:
    required = ("rubrique", "par", "constat")
    return tuple(typed_rows(ReviewedHeading, MAPPINGS / "rubriques-eurovoc.csv", *required))


@cache
def reviewed_pairs() -> tuple[ReviewedPair, ...]:
    required = ("rubrique", "autre", "decision", "motif")
    return tuple(typed_rows(ReviewedPair, MAPPINGS / "rubriques-proches.csv", *required))
