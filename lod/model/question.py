"""A question as the Assemblée states it: values only, no input or output, no RDF.

Labels are verbatim, an absent fact is None or an empty tuple, and nothing here has a default
that guesses. Every reader makes these values; `rdf.py` turns them into triples.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from lod.base.pickling import pickled_by_field

TypeQuestion = Literal["QE", "QG", "QOSD", "QM"]
REPONSE_PUBLIEE = "REP_PUB"  # the only closing code that is not a withdrawal


@pickled_by_field
@dataclass(frozen=True, slots=True, kw_only=True)
class JO:
    """A place in the Journal officiel: day, page, issue number, kind of issue."""

    jour: date
    page: int | None = None
    numero: str | None = None
    type: str | None = None


@pickled_by_field
@dataclass(frozen=True, slots=True, kw_only=True)
class Organe:
    """A group or a ministry as it was named that day; `ref` is the Assemblée's `PO…`."""

    libelle: str
    libelle_long: str | None = None
    ref: str | None = None

    @property
    def libelles(self) -> tuple[str, ...]:
        """The labels that it has, the short one first."""
        return (self.libelle, self.libelle_long) if self.libelle_long else (self.libelle,)


@pickled_by_field
@dataclass(frozen=True, slots=True, kw_only=True)
class Auteur:
    """Who asks: `acteur_ref` (`PA…`) from a record, or the name and civility that a page prints."""

    acteur_ref: str | None = None
    mandat_ref: str | None = None
    civilite: str | None = None
    nom: str | None = None


@pickled_by_field
@dataclass(frozen=True, slots=True, kw_only=True)
class Circonscription:
    """A constituency: department as printed, its code once it is known, and the number in it."""

    nom: str
    numero: int
    departement: str | None = None


@pickled_by_field
@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """One step of the chain: the ministry in charge, and where the JO said so."""

    ministere: Organe
    jo: JO | None = None


@pickled_by_field
@dataclass(frozen=True, slots=True, kw_only=True)
class Reponse:
    """An answer, or the transcript of a question au Gouvernement.

    `page_de_section`: the record's page may be the one where the section « Réponses » begins.
    """

    jo: JO
    texte: str | None
    page_de_section: bool
    texte_html: str | None = None


@pickled_by_field
@dataclass(frozen=True, slots=True, kw_only=True)
class Signalement:
    """The flag that a group puts on a late question: JO and day of deposit."""

    jo: JO
    depot: date | None = None


@pickled_by_field
@dataclass(frozen=True, slots=True, kw_only=True)
class Erratum:
    """A correction of the question or of the answer: where the JO printed it, and its text.

    `rang` says which answer it corrects, counted from 1.
    """

    corrige: Literal["question", "reponse"]
    jo: JO | None = None
    texte: str | None = None
    rang: int = 1


@pickled_by_field
@dataclass(frozen=True, slots=True, kw_only=True)
class Cloture:
    """The end of a question: day, code, label; a withdrawal unless the code is REP_PUB."""

    jour: date
    code: str | None = None
    libelle: str | None = None
    jo: JO | None = None

    @property
    def est_retrait(self) -> bool:
        """Whether the question was closed without an answer."""
        return self.code != REPONSE_PUBLIEE


@pickled_by_field
@dataclass(frozen=True, slots=True, kw_only=True)
class Reste:
    """A labelled value that no reader understands: kept as raw text, and reported."""

    libelle: str
    texte: str


@pickled_by_field
@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The record as read: SHA-256 of its bytes, and their media type."""

    sha256: str
    format: str


@pickled_by_field
@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """All that the records say about one question; (legislature, type, numero) are its key.

    `attributions` are ordered, oldest first; `chaine_complete` is false where the source prints
    the last one only. `parutions` are the publications of the question itself. `texte_html` is
    there only where the markup of the text matters. `lieux_election` are where the author was
    elected, as printed: department, region or constituency. `sources` are the records read,
    `corrections` what the publisher corrected in them. No record states the last two: `rappels`
    are the uids of the questions that the text recalls, `donnees_au` is the day up to which the
    data of the legislature goes.
    """

    uid: str
    legislature: int
    type: TypeQuestion
    numero: int
    sources: tuple[Source, ...]
    auteur: Auteur
    chaine_complete: bool
    titre: str | None = None
    analyses: tuple[str, ...] = ()
    tete_analyse: str | None = None
    texte: str | None = None
    texte_html: str | None = None
    rubrique: str | None = None
    groupe: Organe | None = None
    circonscription: Circonscription | None = None
    lieux_election: tuple[str, ...] = ()
    ministere_interroge: Organe | None = None
    ministere_repondant: Organe | None = None
    attributions: tuple[Attribution, ...] = ()
    parutions: tuple[JO, ...] = ()
    reponses: tuple[Reponse, ...] = ()
    signalements: tuple[Signalement, ...] = ()
    renouvellements: tuple[JO, ...] = ()
    errata: tuple[Erratum, ...] = ()
    cloture: Cloture | None = None
    restes: tuple[Reste, ...] = ()
    corrections: tuple[str, ...] = ()
    rappels: tuple[str, ...] = ()
    donnees_au: date | None = None

    @property
    def longueur(self) -> int:
        """How many characters its texts have: what it weighs in memory."""
        texts = [self.texte, self.texte_html]
        texts += [text for r in self.reponses for text in (r.texte, r.texte_html)]
        return sum(len(text) for text in texts if text)

    @property
    def ministere_attributaire(self) -> Organe | None:
        """The ministry in charge: the last of the chain."""
        return self.attributions[-1].ministere if self.attributions else None

    @property
    def retrait(self) -> Cloture | None:
        """The closure, if it is a withdrawal."""
        return self.cloture if self.cloture and self.cloture.est_retrait else None

    @property
    def parution(self) -> JO | None:
        """The first publication."""
        return min(self.parutions, key=lambda jo: jo.jour, default=None)

    @property
    def date_reponse(self) -> date | None:
        """The day of the first answer."""
        return min((r.jo.jour for r in self.reponses), default=None)

    @property
    def attend(self) -> bool:
        """Whether it waits: neither answered nor withdrawn."""
        return not (self.date_reponse or self.retrait)

    @property
    def date_signalement(self) -> date | None:
        """The day of the first flag."""
        return min((s.jo.jour for s in self.signalements), default=None)

    @property
    def jours(self) -> list[date]:
        """Every day of the Journal officiel that the record names."""
        issues = [*self.parutions, *self.renouvellements]
        issues += [r.jo for r in self.reponses] + [s.jo for s in self.signalements]
        issues += [a.jo for a in self.attributions if a.jo] + [e.jo for e in self.errata if e.jo]
        closed = [self.cloture.jour] if self.cloture else []
        return [jo.jour for jo in issues] + closed
