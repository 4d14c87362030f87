"""Who speaks in the transcript of an oral question: a person only where name, day and role agree.

The author asks; a minister has an office, and is one of that day; anybody else is a deputy whose
name and civility no other deputy of the legislature has, and who sat on that day. A deputy has
the group of the day: the one that archives tell of every day on which the sitting may have been.
"""

import re
from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from lod.model.interventions import GOVERNMENT, folded, interventions_of
from lod.model.question import Intervention, Organe, Question, Reponse
from lod.reference.directory import Directory
from lod.reference.executive import Executive
from lod.reference.matching import civilite, in_common, name_key, only
from lod.reference.tables import deputy_rows_named

Person = tuple[str, str]  # kind and name of the IRI
# « M. Gérald Darmanin, ministre de l’intérieur et des outre-mer. », at the beginning of a line
SPEAKER = re.compile(
    r"^(?:M\.|Mme)\s+(?P<nom>[^,.:;()\n]{3,60}),\s*"
    r"(?:ministre|premi(?:er|ère)\s+ministre|secrétaire\s+d['’]état|garde\s+des\s+sceaux"
    r"|haute?[\s-]commissaire)",
    re.M | re.I,
)


def interventions(
    q: Question, r: Reponse, directory: Directory, executive: Executive
) -> tuple[Intervention, ...]:
    """Return the turns of an answer that is a transcript, each with its speaker where certain."""
    if not (q.est_orale and r.texte):
        return ()
    known: dict[tuple[str, str | None, bool], tuple[Person | None, Organe | None]] = {}

    def spoken(turn: Intervention) -> Intervention:
        key = (turn.libelle, turn.qualite, turn.type in ("question", "replique"))
        if key not in known:
            known[key] = _speaker(turn, q, r.jours_de_seance, directory, executive)
        orateur, groupe = known[key]
        return replace(turn, orateur=orateur, groupe=groupe)

    return tuple(map(spoken, interventions_of(r.texte, r.texte_html, q.auteur.nom)))


def ministers(
    q: Question, r: Reponse, turns: Sequence[Intervention], executive: Executive
) -> tuple[Person, ...]:
    """Return the ministers who speak in a transcript; in one that is not cut, by the lines that
    begin with a name and an office.
    """
    if turns:
        speakers = (t.orateur for t in turns if GOVERNMENT.search(folded(t.qualite or "")))
    else:
        lines = SPEAKER.finditer(r.texte or "") if q.est_orale else ()
        named = (executive.minister_named(line["nom"], r.jo.jour) for line in lines)
        speakers = (minister.person if minister else None for minister in named)
    return tuple(dict.fromkeys(filter(None, speakers)))


def _speaker(
    turn: Intervention,
    q: Question,
    days: Sequence[date],
    directory: Directory,
    executive: Executive,
) -> tuple[Person | None, Organe | None]:
    """Return who speaks in a turn, and the group of a deputy."""
    civility, _, name = turn.libelle.partition(" ")
    if civilite(civility) is None or turn.type == "presidence":  # several, « Un député »
        return None, None
    if GOVERNMENT.search(folded(turn.qualite or "")):
        ministers = (executive.minister_named(name, day) for day in days)
        return next((minister.person for minister in ministers if minister), None), None
    if turn.type in ("question", "replique") and name_key(name) == name_key(q.auteur.nom or ""):
        ref = q.auteur.acteur_ref if _agrees(q.auteur.civilite, civility) else None
    else:
        ref = _deputy(name, civility, q.legislature, days, directory)
    return (("depute", ref), _groupe(ref, q, days, directory)) if ref else (None, None)


def _groupe(ref: str, q: Question, days: Sequence[date], directory: Directory) -> Organe | None:
    """Return the group of a deputy that is the same on each of the days; of an author of whom no
    archive tells one then, the group that the record states for one of them.
    """
    groups = {directory.groupe_on(ref, day) for day in days}
    if any(groups):
        groupe = only(groups)
        return groupe.organe if groupe else None
    is_stated = ref == q.auteur.acteur_ref and q.parution and q.parution.jour in days
    return q.groupe if is_stated and q.groupe and q.groupe.ref else None


def _agrees(stated: str | None, printed: str) -> bool:
    """Return whether a civility that is known, if any, is the printed one."""
    return in_common([civilite(stated)], [civilite(printed)]) is not False


def _deputy(
    name: str, civility: str, legislature: int, days: Sequence[date], directory: Directory
) -> str | None:
    """Return the reference of the only deputy whom a name and a civility mean on a day."""
    rows = deputy_rows_named().get((legislature, name_key(name)), ())
    fitting: dict[str, str | None] = {row.acteur_ref: row.sexe for row in rows}
    fitting |= {p.ref: p.civilite for p in directory.persons_named(name, legislature)}
    return only(
        ref
        for ref, stated in fitting.items()
        if _agrees(stated, civility) and directory.sat(ref, legislature, days) is not False
    )
