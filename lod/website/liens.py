"""The page « Liens »: who is linked to Wikidata, and how surely; what waits for a person."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import Store

from lod import files
from lod.iris import Iris
from lod.liens_revus import LiensRevus
from lod.links import known
from lod.mappings import mandats, noms
from lod.mappings.liens import propositions
from lod.vocab import wikidata
from lod.website.rendering import Contexte, render
from lod.website.tableaux import tableau

TABLES = ("liens-par-legislature", "registres")
SENS = ("de-wikidata", "vers-wikidata", "ici")  # examples, in this order


@dataclass(frozen=True, slots=True)
class Couverture:
    """How many deputies of a legislature the tables have, and how many are linked by which proof.

    `proposes` are those without a link for whom an item is proposed.
    """

    legislature: int
    deputes: int
    par_identifiant: int
    par_concordance: int
    proposes: int

    @property
    def lies(self) -> int:
        """How many have a link."""
        return self.par_identifiant + self.par_concordance


@dataclass(frozen=True, slots=True)
class Candidat:
    """An item that waits for a person: whose it may be, and what speaks for it."""

    iri: str
    nom: str
    qid: str
    adresse: str
    raison: str
    constat: str


def page_liens(contexte: Contexte, revus: LiensRevus, store: Store) -> bytes:
    """Return the page; candidates of deputies that have no page here are only counted."""
    waiting = list(candidats(revus, Iris(contexte.base)))
    here = [c for c in waiting if c.iri in contexte.noms]
    return render(
        "liens.html",
        contexte,
        "liens",
        tableaux=[tableau(store, nom, contexte.base) for nom in TABLES],
        couvertures=couvertures(revus, {c.iri.rpartition("/")[2] for c in waiting}),
        candidats=here,
        ailleurs=len({c.iri for c in waiting} - {c.iri for c in here}),
        anomalies=revus.anomalies,
        sens=[exemple(nom, contexte.base) for nom in SENS],
    )


def couvertures(revus: LiensRevus, proposed: Iterable[str]) -> list[Couverture]:
    """Return, for each legislature of the tables, the newest first, how its deputies are linked."""
    linked, waiting = known(revus), set(proposed)
    counted: dict[int, Counter[str]] = {}
    for m in mandats():
        lien = linked.get(m.acteur_ref)
        how = lien.preuve if lien else "propose" if m.acteur_ref in waiting else ""
        counted.setdefault(m.legislature, Counter())[how] += 1
    return [
        Couverture(n, c.total(), c["IdentifiantP4123"], c["Concordance"], c["propose"])
        for n, c in sorted(counted.items(), reverse=True)
    ]


def candidats(revus: LiensRevus, iris: Iris) -> Iterable[Candidat]:
    """Yield who waits: what `lod link` found last, else the table; never one that is decided."""
    decided = {(r.acteur_ref, r.qid) for r in revus.liens}
    linked = known(revus)
    if revus.candidats is None:
        stated = [(p.acteur_ref, p.qid, p.regle, p.constat) for p in propositions()]
    else:
        stated = [_found(row) for row in revus.candidats]
    for ref, qid, raison, constat in stated:
        if ref not in linked and (ref, qid) not in decided:
            iri = iris.reference("depute", ref).value
            yield Candidat(iri, noms().get(ref, ref), qid, wikidata(qid).value, raison, constat)


def _found(row: Mapping[str, str]) -> tuple[str, str, str, str]:
    return row["acteurRef"], row["qid"], row.get("explication", ""), ""


def exemple(nom: str, base: str) -> tuple[str, str, str]:
    """Return (what it shows, where it is to be asked, its text) of an example of federation."""
    text = (files.FEDERATION / f"{nom}.rq").read_text("utf-8").replace("@BASE@", base)
    said = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ")]
    body = "\n".join(line for line in text.splitlines() if not line.startswith("# "))
    return said[0], said[1] if len(said) > 1 else "", body
