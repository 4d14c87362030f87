"""The page « Liens »: who is linked to Wikidata, and how surely; what waits for a person."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lod.base import packaged as files
from lod.pipeline.mapping.links import Lien, known
from lod.rdf.iris import Iris
from lod.rdf.vocab import wikidata
from lod.reference.link_tables import propositions
from lod.reference.reviewed_links import LiensRevus
from lod.reference.tables import mandats, noms
from lod.website.query_cache import Guichet
from lod.website.query_tables import tableau
from lod.website.rendering import Contexte, render

TABLES = ("liens-par-legislature", "registres")


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

    ref: str
    qid: str
    raison: str
    constat: str = ""

    @property
    def nom(self) -> str:
        """What the deputy is called."""
        return noms().get(self.ref, self.ref)

    @property
    def adresse(self) -> str:
        """The page of the item."""
        return wikidata(self.qid).value


def page_liens(contexte: Contexte, revus: LiensRevus, guichet: Guichet) -> bytes:
    """Return the page; candidates of deputies that have no page here are only counted."""
    linked, iris = known(revus), Iris(contexte.base)
    waiting = {c: iris.reference("depute", c.ref).value for c in candidats(revus, linked)}
    here = {c: iri for c, iri in waiting.items() if iri in contexte.noms}
    return render(
        "liens.html",
        contexte,
        "liens",
        tableaux=[tableau(guichet, nom, contexte.base) for nom in TABLES],
        couvertures=couvertures(linked, {c.ref for c in waiting}),
        candidats=here,
        ailleurs=len(set(waiting.values()) - set(here.values())),
        anomalies=revus.anomalies,
        sens=[exemple(path, contexte.base) for path in sorted(files.FEDERATION.glob("*.rq"))],
    )


def couvertures(linked: Mapping[str, Lien], proposed: Collection[str]) -> list[Couverture]:
    """Return, for each legislature of the tables, the newest first, how its deputies are linked."""
    counted: dict[int, Counter[str]] = {}
    for m in mandats():
        lien = linked.get(m.acteur_ref)
        how = lien.preuve if lien else "propose" if m.acteur_ref in proposed else ""
        counted.setdefault(m.legislature, Counter())[how] += 1
    return [
        Couverture(n, c.total(), c["IdentifiantP4123"], c["Concordance"], c["propose"])
        for n, c in sorted(counted.items(), reverse=True)
    ]


def candidats(revus: LiensRevus, linked: Collection[str]) -> Iterator[Candidat]:
    """Yield who waits: what `lod link` found last, else the table; never one that is decided."""
    decided = {(r.acteur_ref, r.qid) for r in revus.liens}
    if revus.candidats is None:
        stated = [Candidat(p.acteur_ref, p.qid, p.regle, p.constat) for p in propositions()]
    else:
        stated = [
            Candidat(row["acteurRef"], row["qid"], row.get("explication", ""))
            for row in revus.candidats
        ]
    for candidat in stated:
        if candidat.ref not in linked and (candidat.ref, candidat.qid) not in decided:
            yield candidat


def exemple(path: Path, base: str) -> tuple[str, str, str]:
    """Return (what it shows, where it is to be asked, its text) of an example of federation."""
    text = path.read_text("utf-8").replace("@BASE@", base)
    said = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ")]
    body = "\n".join(line for line in text.splitlines() if not line.startswith("# "))
    return said[0], said[1] if len(said) > 1 else "", body
