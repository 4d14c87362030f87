"""A question as the Assemblée states it, and its dated events: values, no input or output, no RDF.

Labels are verbatim, and what a source does not state is None or an empty tuple: no default is a
guess. Every reader makes these values; `lod/pipeline/mapping/` turns them into triples. They are
structs of msgspec, as releases keep them; none can be in a reference cycle (`gc=False`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeVar

from msgspec import Struct
from msgspec.structs import fields, replace

V = TypeVar("V", bound=Struct)
TypeQuestion = Literal["QE", "QG", "QOSD", "QM"]
TypeIntervention = Literal["presidence", "question", "reponse", "replique", "interruption"]
# the closing codes that are no withdrawal: by an answer, and with the legislature
REPONSE_PUBLIEE, FIN_DE_LEGISLATURE = "REP_PUB", "FL"


def filled(first: V, second: V) -> V:
    """Return the first value, its empty fields filled from the second."""
    lacking = (field.name for field in fields(first) if not getattr(first, field.name))
    return replace(first, **{name: getattr(second, name) for name in lacking})


class JO(Struct, frozen=True, kw_only=True, gc=False):
    """A place in the Journal officiel."""

    jour: date
    page: int | None = None
    numero: str | None = None  # of the issue: `20220025`
    type: str | None = None  # kind of issue: `JO_QUESTION`


class Organe(Struct, frozen=True, kw_only=True, gc=False):
    """A group or a ministry under the name that it had on the day of the record."""

    libelle: str  # the short label if there are two
    libelle_long: str | None = None
    ref: str | None = None  # `PO…`
    code: str | None = None  # of a ministry that is resolved: name of its IRI
    noms: tuple[str, ...] = ()  # of a ministry that is resolved: its names, the short one first
    # who held a ministry that is resolved, on that day: kind and name of the IRI of the person
    ministre: tuple[str, str] | None = None

    @property
    def libelles(self) -> tuple[str, ...]:
        """The labels, the short one first."""
        return (self.libelle, self.libelle_long) if self.libelle_long else (self.libelle,)


class Auteur(Struct, frozen=True, kw_only=True, gc=False):
    """The deputy who asks: a record gives a reference, a page civility and name."""

    acteur_ref: str | None = None  # `PA…`
    mandat_ref: str | None = None  # `PM…`
    civilite: str | None = None  # `M.`, `Mme`
    nom: str | None = None  # first name and last name


class Circonscription(Struct, frozen=True, kw_only=True, gc=False):
    """A constituency."""

    nom: str  # of the department, as printed
    numero: int  # in the department
    departement: str | None = None  # code of the department, once it is known


class Attribution(Struct, frozen=True, kw_only=True, gc=False):
    """One step of the chain of ministries that were in charge."""

    ministere: Organe
    jo: JO | None = None  # where the JO announced it


class Intervention(Struct, frozen=True, kw_only=True, gc=False):
    """What somebody says in a sitting until somebody else does."""

    libelle: str  # who, as printed: « M. Luc Noël », « Plusieurs députés du groupe LR »
    qualite: str | None = None  # the office, as printed
    debut: int  # of what is said, in characters of the text of the answer
    fin: int
    type: TypeIntervention = "interruption"
    orateur: tuple[str, str] | None = None  # kind and name of the IRI of the person, if certain
    groupe: Organe | None = None  # of a deputy, on the day of the sitting, if certain

    @property
    def nom(self) -> str:
        """The speaker with the office, as printed."""
        return f"{self.libelle}, {self.qualite}" if self.qualite else self.libelle


class Reponse(Struct, frozen=True, kw_only=True, gc=False):
    """An answer, or the transcript of an oral question."""

    jo: JO
    texte: str | None
    page_de_section: bool  # `jo.page` may be the page on which the section « Réponses » begins
    texte_html: str | None = None  # None where it would say no more than `texte`
    code: str | None = None  # digest of the text, for its IRI, added by the build
    # the ministers who speak in it: kind and name of their IRIs, added by the build
    orateurs: tuple[tuple[str, str], ...] = ()
    interventions: tuple[Intervention, ...] = ()  # of a transcript that can be cut, by the build
    # who held the ministry in charge on that day: kind and name of the IRI, added by the build
    ministre: tuple[str, str] | None = None

    @property
    def repondants(self) -> str:
        """Who of the Government answers in an exchange, with the first office printed, or ""."""
        names: dict[str, str] = {}
        for turn in self.interventions:
            if turn.type == "reponse":
                names.setdefault(turn.libelle, turn.nom)
        return " ; ".join(names.values())

    @property
    def jours_de_seance(self) -> tuple[date, date]:
        """The days on which a sitting may have been: that of its JO, and the day before."""
        return self.jo.jour, self.jo.jour - timedelta(days=1)


class Signalement(Struct, frozen=True, kw_only=True, gc=False):
    """The flag that a group puts on a question that was not answered in time."""

    jo: JO
    depot: date | None = None  # the day on which the group deposited it


class Erratum(Struct, frozen=True, kw_only=True, gc=False):
    """A correction, in the JO, of the question or of an answer."""

    corrige: Literal["question", "reponse"]
    jo: JO | None = None
    texte: str | None = None
    rang: int = 1  # of the answer that it corrects, counted from 1


class Cloture(Struct, frozen=True, kw_only=True, gc=False):
    """The end of a question: by an answer, with the legislature, or by a withdrawal."""

    jour: date | None = None  # the oldest pages print a reason alone
    code: str | None = None
    libelle: str | None = None  # the reason, as printed
    jo: JO | None = None

    @property
    def est_retrait(self) -> bool:
        return self.code not in (REPONSE_PUBLIEE, FIN_DE_LEGISLATURE)

    @property
    def reponse(self) -> JO | None:
        """Where the answer was published, if one closed the question on a day that is known."""
        if self.code != REPONSE_PUBLIEE or not self.jour:
            return None
        return self.jo or JO(jour=self.jour)


class Reste(Struct, frozen=True, kw_only=True, gc=False):
    """A value under a label that no reader understands: kept as raw text, and reported."""

    libelle: str
    texte: str


class Source(Struct, frozen=True, kw_only=True, gc=False):
    """The record as read."""

    sha256: str  # of its bytes
    format: str  # media type


class Question(Struct, frozen=True, kw_only=True, gc=False):
    """All that the records state about one question, and what the build adds (the last five)."""

    uid: str  # `QANR5L15QE43349`
    legislature: int
    type: TypeQuestion
    numero: int  # unique in legislature and type
    sources: tuple[Source, ...]  # the records read
    auteur: Auteur
    chaine_complete: bool  # False where the source prints only the last attribution
    titre: str | None = None
    analyses: tuple[str, ...] = ()  # if there are several, or a title beside them
    tete_analyse: str | None = None  # sub-heading
    texte: str | None = None
    texte_html: str | None = None  # None where it would say no more than `texte`
    rubrique: str | None = None
    groupe: Organe | None = None
    circonscription: Circonscription | None = None
    lieux_election: tuple[str, ...] = ()  # department, region or constituency, as printed
    ministere_interroge: Organe | None = None
    ministere_repondant: Organe | None = None
    attributions: tuple[Attribution, ...] = ()  # oldest first
    parutions: tuple[JO, ...] = ()  # publications of the question itself
    reponses: tuple[Reponse, ...] = ()
    signalements: tuple[Signalement, ...] = ()
    renouvellements: tuple[JO, ...] = ()
    errata: tuple[Erratum, ...] = ()
    cloture: Cloture | None = None
    restes: tuple[Reste, ...] = ()
    corrections: tuple[str, ...] = ()  # made by the publisher, in words
    groupe_imprime: Organe | None = None  # what the records call the group, if that is another one
    rappels: tuple[str, ...] = ()  # uids of the questions that the text recalls
    # day up to which the data of the legislature goes; if it has ended, and the archives that have
    # the question stop too early to tell what became of it, the day up to which these go
    donnees_au: date | None = None
    fin_legislature: date | None = None  # last day of the legislature, if it has ended

    @property
    def est_orale(self) -> bool:
        """Whether it is answered in a sitting: its answer is a transcript."""
        return self.type != "QE"

    @property
    def libelle_groupe(self) -> str | None:
        """The group as printed: its long label if there are two."""
        printed = self.groupe_imprime or self.groupe
        return (printed.libelle_long or printed.libelle) if printed else None

    @property
    def ministere_attributaire(self) -> Organe | None:
        """The ministry in charge: the last of the chain."""
        return self.attributions[-1].ministere if self.attributions else None

    @property
    def retrait(self) -> Cloture | None:
        """The closure, if it is a withdrawal."""
        return self.cloture if self.cloture and self.cloture.est_retrait else None

    @property
    def cloture_autre_jour(self) -> JO | None:
        """Where an answer closed it, as its closure says, if none of its answers is of that day."""
        closed = self.cloture.reponse if self.cloture else None
        return closed if closed and all(r.jo.jour != closed.jour for r in self.reponses) else None

    @property
    def parution(self) -> JO | None:
        """The first publication."""
        if len(self.parutions) == 1:  # nearly always, and it is asked for dozens of times
            return self.parutions[0]
        return min(self.parutions, key=lambda jo: jo.jour, default=None)

    @property
    def date_reponse(self) -> date | None:
        return min((r.jo.jour for r in self.reponses), default=None)

    @property
    def attend(self) -> bool:
        """Whether it waits: neither answered nor withdrawn, and the legislature has not ended."""
        return not (self.date_reponse or self.retrait or self.fin_legislature)

    @property
    def date_signalement(self) -> date | None:
        return min((s.jo.jour for s in self.signalements), default=None)

    @property
    def jours(self) -> list[date]:
        """Every day of the Journal officiel that the record names."""
        issues = [*self.parutions, *self.renouvellements]
        issues += [r.jo for r in self.reponses] + [s.jo for s in self.signalements]
        issues += [a.jo for a in self.attributions if a.jo] + [e.jo for e in self.errata if e.jo]
        closed = [self.cloture.jour] if self.cloture and self.cloture.jour else []
        return [jo.jour for jo in issues] + closed


@dataclass(frozen=True, slots=True)
class QuestionEvent:
    day: date
    kind: str  # a key of `site/flux.toml`
    anchor: str  # kind and number of the event: a fragment of the question
    page: int | None = None  # of the Journal officiel
    detail: str = ""  # ministry of an attribution, reason of a withdrawal, who answers in a sitting


def events_of(q: Question) -> list[QuestionEvent]:
    """Return the dated events of a question, the newest first."""
    # the sort is stable: events of one day stay in the order in which they must have happened
    return sorted(_events(q), key=lambda event: event.day)[::-1]


def _events(q: Question) -> Iterator[QuestionEvent]:
    for n, jo in enumerate(q.parutions, start=1):
        yield _event("parution", n, jo)
    for n, a in enumerate(q.attributions, start=1):
        if a.jo:
            yield _event("attribution", n, a.jo, a.ministere.libelle)
    for n, s in enumerate(q.signalements, start=1):
        yield _event("signalement", n, s.jo)
    for n, jo in enumerate(q.renouvellements, start=1):
        yield _event("renouvellement", n, jo)
    for n, r in enumerate(q.reponses, start=1):
        if q.est_orale:
            detail = f" ; réponse de {r.repondants}" if r.repondants else ""
            yield QuestionEvent(r.jo.jour, "seance", f"reponse-{n}", r.jo.page, detail)
        else:
            yield _event("reponse", n, r.jo)
    for n, e in enumerate(q.errata, start=1):
        if e.jo:
            yield QuestionEvent(e.jo.jour, f"erratum-{e.corrige}", f"erratum-{n}", e.jo.page)
    if q.retrait and q.retrait.jour:
        reason = q.retrait.libelle or "sans motif"
        yield QuestionEvent(q.retrait.jour, "retrait", "retrait-1", None, reason)
    if q.cloture_autre_jour:
        yield _event("cloture", 1, q.cloture_autre_jour)


def _event(kind: str, number: int, jo: JO, detail: str = "") -> QuestionEvent:
    # `question_triples` has the same anchor, except for an answer: it may serve many questions,
    # and the ids of their entries must differ
    return QuestionEvent(jo.jour, kind, f"{kind}-{number}", jo.page, detail)
