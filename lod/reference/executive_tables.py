"""Governments, ministries and ministers, as the tables and the archives AMO state them.

The tables are reviewed; the archives add the bodies that the tables lack, and ends that were not
known when they were made.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from lod.base.packaged import MAPPINGS
from lod.base.tabular import day_or_none, group_by_key, rows, split_cell, typed_rows
from lod.model.dates import french_date
from lod.model.text import fold, slug
from lod.reference.directory import GOUVERNEMENT, MINISTERE, Body, Directory
from lod.reference.executive import GRACE, Executive, Government, Minister, Ministry
from lod.reference.tables import latest_names

WORD = re.compile(r"[^\W\d_]+")


@cache
def from_tables() -> Executive:
    """Return what the tables of the package state."""
    columns = {"ref": "organeRef", "start": "debut", "end": "fin"}
    path = MAPPINGS / "gouvernements.csv"
    listed = list(typed_rows(Government, path, "nom", "debut", **columns))
    codes = {government.code: government.ref or government.code for government in listed}
    ministries: dict[str, Ministry] = {}
    required, columns = ("debut", "abrege", "gouvernement"), columns | {"code": "gouvernement"}
    for row in typed_rows(Ministry, MAPPINGS / "ministeres.csv", *required, **columns):
        code = row.ref or f"{slug(row.abrege)}-{row.code}"
        if code in ministries:  # a second body of that name in one government
            code = f"{code}-{row.start}"
        ministries[code] = replace(
            row, code=code, libelle=row.libelle or row.abrege, gouvernement=codes[row.code]
        )
    by_government = group_by_key((m.gouvernement, m) for m in ministries.values())
    ministers = [
        _minister(row, by_government.get(codes[row["gouvernement"]], ()))
        for row in rows(MAPPINGS / "ministres.csv", "debut", "prenom", "nom", "gouvernement")
    ]
    return Executive(
        governments={g.code: g for g in (replace(g, code=codes[g.code]) for g in listed)},
        ministries=ministries,
        ministers=group_by_key((m.ministere, m) for m in ministers),
        stated_predecessors=group_by_key(
            (row["ministere"], row["precedent"])
            for row in rows(MAPPINGS / "successions.csv", "ministere", "precedent", "motif")
        ),
    )


def with_archives(directory: Directory) -> Executive:
    """Return what tables and archives state together.

    A body that the tables list without a reference is recognised by its label and first day; it
    gets the reference and keeps its code.
    """
    known = from_tables()
    governments, ministries = dict(known.governments), dict(known.ministries)
    codes: dict[str, str] = {}  # reference of a government → its code
    for ref, body in sorted(directory.bodies.items()):
        if body.type == GOUVERNEMENT:
            g = (
                governments.get(ref)
                or _listed_government(body, governments)
                or Government(code=ref, nom=government_name(body), start=body.start)
            )
            governments[g.code] = replace(g, ref=ref, end=g.end or body.end)
            codes[ref] = g.code
    for ref, body in sorted(directory.bodies.items()):
        if body.type == MINISTERE:
            short = body.short_label or body.libelle
            m = (
                ministries.get(ref)
                or _listed_ministry(body, known, ministries)
                or Ministry(code=ref, libelle=body.libelle, abrege=short, start=body.start)
            )
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
    """Return the government of the tables that has no reference yet, began within GRACE of a body,
    and whose name has the words of its short label: RAFFARIN 3 is « Jean-Pierre Raffarin 3 ».
    """
    words = set(fold(body.short_label or "").split())
    for g in governments.values():
        if not g.ref and words <= set(fold(g.nom).split()) and abs(g.start - body.start) <= GRACE:
            return g
    return None


def _listed_ministry(
    body: Body, known: Executive, ministries: dict[str, Ministry]
) -> Ministry | None:
    """Return the ministry of the tables that has no reference yet, bore a label of a body, and
    began within GRACE of it; the long label is tried first, because it says more.
    """
    for label in body.organe.libelles[::-1]:
        m = known.ministry_named(label, body.start)
        if m and not ministries[m.code].ref and abs(m.start - body.start) <= GRACE:
            return m
    return None


def _ended(governments: dict[str, Government]) -> dict[str, Government]:
    """Return the governments in their order, each with its end: the day before the next one.

    In the archives some governments that have ended have no end.
    """
    in_order = sorted(governments.values(), key=lambda g: g.start)
    for n, (g, following) in enumerate(pairwise(in_order)):
        last = following.start - timedelta(days=1)
        in_order[n] = replace(g, end=min(g.end, last) if g.end else last)
    return {g.code: g for g in in_order}


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
        first_name=row["prenom"],
        last_name=row["nom"],
        ref=ref,
        est_depute=ref in latest_names(),
        qid=row["qid"],
        preuve=row["preuve"],
        postes=split_cell(row["postes"]),
        start=start,
        end=day_or_none(row["fin"]),
    )


def government_name(body: Body) -> str:
    """Return the label of a government: « Gouvernement Fillon 2 », from its short label FILLON 2.

    The label of each government in the archive is just « Gouvernement ». Without a short label, the
    government is named by its first day.
    """
    short = body.short_label
    if not short:
        return f"Gouvernement du {french_date(body.start)}"
    return f"Gouvernement {WORD.sub(_cased_word, short) if short.isupper() else short}"


def _cased_word(match: re.Match[str]) -> str:
    word = match[0]
    return word if set(word) <= set("IVX") else word.lower() if word == "DE" else word.capitalize()
