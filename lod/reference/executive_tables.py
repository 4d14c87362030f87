"""Governments, ministries and ministers, as the tables and the archives AMO state them.

The tables are reviewed; the archives add the bodies that the tables lack, and ends that were not
known when they were made.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from lod.base.packaged import MAPPINGS
from lod.base.tabular import day_or_none, group_by_key, rows, split_cell
from lod.model.dates import french_date
from lod.model.text import fold, slug
from lod.reference.directory import GOUVERNEMENT, MINISTERE, Body, Directory
from lod.reference.executive import GRACE, Executive, Government, Minister, Ministry
from lod.reference.tables import latest_names

WORD = re.compile(r"[^\W\d_]+")


@cache
def from_tables() -> Executive:
    """Return what the tables of the package state."""
    governments = {row["code"]: _government(row) for row in _table("gouvernements.csv", "nom")}
    codes = {code: government.code for code, government in governments.items()}
    ministries: dict[str, Ministry] = {}
    for row in _table("ministeres.csv", "abrege", "gouvernement"):
        made = _ministry(row, codes)
        if made.code in ministries:  # a second body of that name in one government
            made = replace(made, code=f"{made.code}-{made.start}")
        ministries[made.code] = made
    by_government = group_by_key((m.gouvernement, m) for m in ministries.values())
    ministers = []
    for row in _table("ministres.csv", "nom", "gouvernement"):
        government = codes[row["gouvernement"]]
        ministers.append(_minister(row, by_government.get(government, ())))
    return Executive(
        governments={government.code: government for government in governments.values()},
        ministries=ministries,
        ministers=group_by_key((m.ministere, m) for m in ministers),
        stated_predecessors=group_by_key(
            (row["ministere"], row["precedent"])
            for row in rows(MAPPINGS / "successions.csv", "ministere", "precedent", "motif")
        ),
    )


def with_archives(directory: Directory) -> Executive:
    """Return what tables and archives state together.

    A body that the tables have without its reference is known by its label and first day; it then
    has the reference, and keeps its code.
    """
    known = from_tables()
    governments, ministries = dict(known.governments), dict(known.ministries)
    codes: dict[str, str] = {}  # reference of a government → its code
    for ref, body in sorted(directory.bodies.items()):
        if body.type == GOUVERNEMENT:
            g = governments.get(ref) or _listed_government(body, governments) or _led(body)
            governments[g.code] = replace(g, ref=ref, end=g.end or body.end)
            codes[ref] = g.code
    for ref, body in sorted(directory.bodies.items()):
        if body.type == MINISTERE:
            m = ministries.get(ref) or _listed_ministry(body, known, ministries) or _archived(body)
            parent = m.gouvernement or codes.get(body.parent or "")
            end = m.end or body.end
            ministries[m.code] = replace(m, ref=ref, end=end, gouvernement=parent)
    governments = _ended(governments)
    seated = {seat.acteur_ref for seat in directory.seats.values()}
    ministers = {
        code: tuple(replace(m, est_depute=m.est_depute or m.ref in seated) for m in held)
        for code, held in known.ministers.items()
    }
    codes = {m.ref: m.code for m in ministries.values() if m.ref}
    stated = {
        codes[ref]: (codes[body.predecessor],)
        for ref, body in directory.bodies.items()
        if ref in codes and body.predecessor in codes
    }
    return Executive(
        governments=governments,
        ministries=ministries,
        ministers=ministers,
        stated_predecessors=stated | known.stated_predecessors,
    )


def _listed_government(body: Body, governments: dict[str, Government]) -> Government | None:
    """Return the government of the tables, without reference, that bears the short label of a body:
    RAFFARIN 3 is Jean-Pierre Raffarin 3; and that began with it.
    """
    words = set(fold(body.short_label or "").split())
    for g in governments.values():
        if not g.ref and words <= set(fold(g.nom).split()) and abs(g.start - body.start) <= GRACE:
            return g
    return None


def _listed_ministry(
    body: Body, known: Executive, ministries: dict[str, Ministry]
) -> Ministry | None:
    """Return the ministry of the tables, still without reference, that bore a label of a body and
    began with it; the long label says more.
    """
    for label in body.organe.libelles[::-1]:
        m = known.ministry_named(label, body.start)
        if m and not ministries[m.code].ref and abs(m.start - body.start) <= GRACE:
            return m
    return None


def _ended(governments: dict[str, Government]) -> dict[str, Government]:
    """Return the governments in their order, each with its end: the day before the next one.

    The archives leave some open that have ended.
    """
    in_order = sorted(governments.values(), key=lambda g: g.start)
    for n, (g, following) in enumerate(pairwise(in_order)):
        last = following.start - timedelta(days=1)
        in_order[n] = replace(g, end=min(g.end, last) if g.end else last)
    return {g.code: g for g in in_order}


def _table(name: str, *required: str) -> Iterator[dict[str, str]]:
    return rows(MAPPINGS / name, "debut", *required)


def _government(row: dict[str, str]) -> Government:
    return Government(
        code=row["organeRef"] or row["code"],
        nom=row["nom"],
        ref=row["organeRef"] or None,
        qid=row["qid"],
        start=date.fromisoformat(row["debut"]),
        end=day_or_none(row["fin"]),
    )


def _ministry(row: dict[str, str], governments: dict[str, str]) -> Ministry:
    return Ministry(
        code=row["organeRef"] or f"{slug(row['abrege'])}-{row['gouvernement']}",
        libelle=row["libelle"] or row["abrege"],
        abrege=row["abrege"],
        ref=row["organeRef"] or None,
        gouvernement=governments[row["gouvernement"]],
        start=date.fromisoformat(row["debut"]),
        end=day_or_none(row["fin"]),
    )


def _minister(row: dict[str, str], ministries: Iterable[Ministry]) -> Minister:
    """Return a minister, joined to the ministry by reference, else by its name and the day."""
    start = date.fromisoformat(row["debut"])
    code = row["organeRef"] or next(
        m.code for m in ministries if m.abrege == row["ministere"] and m.covers(start)
    )
    ref = row["acteurRef"] or None
    return Minister(
        ministere=code,
        fonction=row["fonction"],
        nom=f"{row['prenom']} {row['nom']}".strip(),
        ref=ref,
        est_depute=ref in latest_names(),
        qid=row["qid"],
        preuve=row["preuve"],
        postes=split_cell(row["postes"]),
        start=start,
        end=day_or_none(row["fin"]),
    )


def _archived(body: Body) -> Ministry:
    """Return a ministry that only the archives have."""
    abrege = body.short_label or body.libelle
    return Ministry(
        code=body.ref, libelle=body.libelle, abrege=abrege, ref=body.ref, start=body.start,
        end=body.end,
    )  # fmt: skip


def _led(body: Body) -> Government:
    """Return a government that only the archives have."""
    return Government(
        code=body.ref, nom=government_name(body), ref=body.ref, start=body.start, end=body.end
    )


def government_name(body: Body) -> str:
    """Return the label of a government: « Gouvernement Fillon 2 », from its short label FILLON 2.

    The label of each government in the archive is just « Gouvernement ». One without a short label
    is named by its first day.
    """
    short = body.short_label
    if not short:
        return f"Gouvernement du {french_date(body.start)}"
    return f"Gouvernement {WORD.sub(_cased_word, short) if short.isupper() else short}"


def _cased_word(match: re.Match[str]) -> str:
    word = match[0]
    return word if set(word) <= set("IVX") else word.lower() if word == "DE" else word.capitalize()
