"""What each form of record can state of a question, and a question reduced to that."""

import re
from collections.abc import Callable, Iterator
from typing import Any, cast

from msgspec.structs import fields, replace

from lod.model.question import JO, Attribution, Cloture, Organe, Question, Signalement
from lod.model.text import with_plain_spaces

COLUMNS = {
    "JSON and XML, L14": ("JSON L14", "XML L14"),
    "JSON, L15–L16": ("JSON L15", "JSON L16"),
    "JSON and XML, L17": ("JSON L17", "XML"),
    "older XML": ("older XML",),
    "page A": ("page A",),
    "page B": ("page B",),
    "page C": ("page C",),
    "text of a page C": ("text",),
    "page D": ("page D",),
    "Markdown": ("Markdown",),
}
YES, NO = "yes", "–"
PLACE = "day, page, issue, kind"
DAY_PAGE = "day, page"
# field of `Question` → what each column says of it; « no QG »: not of a question au Gouvernement
CARRIES: dict[str, tuple[str, ...]] = {
    "uid": (YES,) * 10,
    "legislature": (YES,) * 10,
    "type": (YES,) * 10,
    "numero": (YES,) * 10,
    "auteur": (
        *("reference, mandate",) * 3, "reference, mandate, civility, name",
        "civility, name",
        *("reference, civility, name",) * 2, "civility, name", "reference, civility, name",
        "civility, name",
    ),
    "chaine_complete": (*(YES,) * 4, *(NO,) * 6),
    "titre": (*(YES,) * 6, *("yes, QG in capitals",) * 2, YES, YES),
    "analyses": (*(YES,) * 6, *(NO,) * 4),
    "tete_analyse": (YES, NO, NO, YES, YES, YES, *(NO,) * 4),
    "texte": (YES,) * 10,
    "texte_html": (*(YES,) * 7, NO, YES, YES),
    "rubrique": (*(YES,) * 5, *("yes, capitalised",) * 5),
    "groupe": (*("short, long, reference",) * 4, "short, long", *("long",) * 5),
    "circonscription": (
        *(NO,) * 3, "name, number, code", *(NO,) * 3, *("name, number",) * 3,
    ),
    "lieux_election": (
        *(NO,) * 3, "region", "department, region", "department", "region",
        *("constituency",) * 3,
    ),
    "ministere_interroge": (
        *("short, long",) * 2, *("short, long, reference",) * 2, *("short",) * 6,
    ),
    "ministere_repondant": (*(NO,) * 6, *("short",) * 2, *(NO,) * 2),
    "attributions": (
        *("short, long, day, kind",) * 2, *("short, long, reference, day, kind",) * 2,
        *("last only: short, day",) * 3, "last only: short", *("last only: short, day",) * 2,
    ),
    "parutions": (
        *(PLACE,) * 3, f"first only: {PLACE}", DAY_PAGE, "day, page (no QG)",
        "day, page (no QG), issue (no QG)", "day", *(DAY_PAGE,) * 2,
    ),
    "reponses": (
        *(f"text, markup, {PLACE}, of the section",) * 3,
        f"text, markup, {DAY_PAGE}, issue and kind of the closure", f"text, markup, {DAY_PAGE}",
        "text, markup, day, page (no QG)", "text, markup, day, page (no QG), issue (no QG)",
        "text, day", *(f"text, markup, {DAY_PAGE}",) * 2,
    ),
    "signalements": (*(f"{PLACE}, deposit",) * 3, "day, issue, kind, deposit", *("day",) * 6),
    "renouvellements": (*(PLACE,) * 3, "day, issue, kind", *("day",) * 3, NO, *("day",) * 2),
    "errata": (
        *("text, rank",) * 3, PLACE, DAY_PAGE, DAY_PAGE, "day", NO, *(DAY_PAGE,) * 2,
    ),
    "cloture": (
        *(f"end, code, reason, {PLACE}",) * 3, f"end, code, reason, {PLACE}, always a place",
        "end, code, reason of a withdrawal", *("end and reason of a withdrawal",) * 5,
    ),
    "restes": (
        *(NO,) * 4, *("earlier days of attribution",) * 3, NO,
        *("earlier days of attribution",) * 2,
    ),
}  # fmt: skip
Says = Callable[[str], bool]


def cell(field: str, form: str) -> str:
    column = next(n for n, forms in enumerate(COLUMNS.values()) if form in forms)
    return CARRIES[field][column]


def carried(question: Question, form: str) -> Question:
    """Return a question with nothing but what a form can state of it."""
    absent = {f.name: f.default for f in fields(Question)} | {"chaine_complete": False}
    said: dict[str, Any] = {"sources": (), "restes": ()}
    for field in CARRIES:
        words = cell(field, form)
        if words == YES:
            said[field] = getattr(question, field)
        elif words == NO:
            said[field] = absent[field]
        elif field != "restes":
            said[field] = REDUCED[field](question, saying(words, question.type))
    return Question(**said)


def saying(words: str, type_: str) -> Says:
    """Return the function that says whether a cell of the table names a thing."""
    named = re.sub(r"\w+ \(no QG\)", "", words) if type_ == "QG" else words
    return lambda word: word in named


def reduced(value: Any, says: Says, **words: str) -> Any:
    """Return a value without the fields that the cell does not name, each by its word."""
    return replace(value, **{field: None for field, word in words.items() if not says(word)})


def jo(place: JO | None, says: Says) -> JO | None:
    if place is None or not says("day"):
        return None
    return cast(JO, reduced(place, says, page="page", numero="issue", type="kind"))


def answered(place: JO, q: Question, says: Says) -> JO | None:
    if not says("of the closure"):
        return jo(place, says)
    closed = q.cloture and q.cloture.jo
    known = closed if closed and closed.jour == place.jour else JO(jour=place.jour)
    return replace(known, page=place.page)


def organe(whole: Organe | None, says: Says) -> Organe | None:
    if whole is None:
        return None
    short, long = (text and with_plain_spaces(text) for text in (whole.libelle, whole.libelle_long))
    if not says("short"):
        return Organe(libelle=long or short or "")
    plain = replace(whole, libelle=short or "", libelle_long=long)
    return cast(Organe, reduced(plain, says, libelle_long="long", ref="reference"))


def lieux(q: Question, says: Says) -> tuple[str, ...]:
    if says("constituency") and q.circonscription:
        number = q.circonscription.numero
        rank = "re" if number == 1 else "e"
        return (f"{q.circonscription.nom} ({number}{rank} circonscription)",)
    department, region = q.lieux_election[0], q.lieux_election[-1]
    said = [department] * says("department") + [region] * says("region")
    return tuple(dict.fromkeys(said))


def attributions(q: Question, says: Says) -> Iterator[Attribution]:
    alone = len(q.attributions) == 1
    for step in q.attributions[-1:] if says("last only") else q.attributions:
        ministere = organe(step.ministere, says)
        assert ministere
        place = None if alone and says("last only") else jo(step.jo, says)
        yield Attribution(ministere=ministere, jo=place)


def cloture(q: Question, says: Says) -> Cloture | None:
    end = q.cloture
    if end is None or not (says("code") or end.est_retrait):
        return None
    return Cloture(
        jour=end.jour,
        code=end.code if says("code,") or (says("code") and not end.est_retrait) else None,
        libelle=end.libelle if not says("of a withdrawal") or end.est_retrait else None,
        jo=jo(end.jo or (JO(jour=end.jour) if says("always") else None), says),
    )


REDUCED: dict[str, Callable[[Question, Says], Any]] = {
    "auteur": lambda q, says: reduced(
        q.auteur,
        says,
        acteur_ref="reference",
        mandat_ref="mandate",
        civilite="civility",
        nom="name",
    ),
    "titre": lambda q, _: q.titre.upper() if q.titre and q.type == "QG" else q.titre,
    "rubrique": lambda q, _: q.rubrique and q.rubrique[0].upper() + q.rubrique[1:],
    "groupe": lambda q, says: organe(q.groupe, says),
    "circonscription": lambda q, says: (
        q.circonscription if says("code") else replace(q.circonscription, departement=None)
    ),
    "lieux_election": lieux,
    "ministere_interroge": lambda q, says: organe(q.ministere_interroge, says),
    "ministere_repondant": lambda q, says: organe(q.ministere_repondant, says),
    "attributions": lambda q, says: tuple(attributions(q, says)),
    "parutions": lambda q, says: tuple(
        jo(place, says) for place in q.parutions[: 1 if says("first only") else None]
    ),
    "reponses": lambda q, says: tuple(
        replace(
            r,
            jo=answered(r.jo, q, says),
            page_de_section=says("of the section"),
            texte_html=r.texte_html if says("markup") else None,
        )
        for r in q.reponses
    ),
    "signalements": lambda q, says: tuple(
        Signalement(jo=jo(s.jo, says), depot=s.depot if says("deposit") else None)
        for s in q.signalements
    ),
    "renouvellements": lambda q, says: tuple(jo(place, says) for place in q.renouvellements),
    "errata": lambda q, says: tuple(
        reduced(
            replace(e, jo=jo(e.jo, says), rang=e.rang if says("rank") else 1), says, texte="text"
        )
        for e in q.errata
    ),
    "cloture": cloture,
}
