"""The turns of a debate: its transcript, cut where a line begins with a name in bold.

    <strong>M. Luc Noël,</strong><i> ministre. </i>Je vous réponds. <i>(Applaudissements.)</i>

A turn is a place in the plain text, which stays as it is. Who has the floor is what the chair says:
« La parole est à M. Luc Noël. » Whoever else speaks interrupts.
"""

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from lod.model.question import Intervention, TypeIntervention
from lod.model.safe_html import LINE
from lod.model.text import fold, strip_tags, with_plain_spaces

# the name, and after a comma the office, in italics or in bold as well; « </i> » may come before
LABEL = re.compile(
    r"(?:\s|</?(?:em|i)>)*<(strong|b)>(?P<bold>[^<>]{2,400}[.,]\s*)</\1>"
    r"(?P<italics>\s*<(em|i)>[^<>]{2,400}</\4>)?"
)
CIVILITY = re.compile(r"(?:m|mme) ")  # folded, as are the next two
CHAIR = re.compile(r"l[ea] presidente?")
GOVERNMENT = re.compile(r"\b(?:ministre|secretaire d etat|garde des sceaux|haute? commissaire)\b")
# « La parole est à M. Luc Noël, pour … », « C’est Mme la ministre du travail qui répondra »
FLOOR = re.compile(r"parole est (?:à\s)?(?P<holder>(?:(?:M\.|Mme)\s)?[^.,;:…(–]+)")
MINISTER = re.compile(r"(?:M\.|Mme)\s(?P<holder>l[ea]\s[^.,;:…(–]+)")
# « (Applaudissements sur les bancs du groupe Dem (MoDem et indépendants).) »: no words of a speaker
DIRECTION = re.compile(r"\((?:«\s*)?(?=[^\W\d_a-zà-ÿœ])(?:[^()]|\([^()]*\))*\)")


def interventions_of(text: str, html: str | None, author: str | None) -> tuple[Intervention, ...]:
    """Return the turns of a transcript, given as plain text and as safe HTML; none where fewer than
    two names stand in bold, or where the two forms do not have the same lines.

    The author of the question speaks first.
    """
    pieces = [(piece, plain) for piece in LINE.split(html or "") if (plain := strip_tags(piece))]
    lines = [line for line in re.finditer(r"[^\n]+", text) if line[0].strip()]
    if [plain for _, plain in pieces] != [line[0].strip() for line in lines]:
        return ()
    turns = list[Intervention]()
    for (piece, _), line in zip(pieces, lines, strict=True):
        if label := LABEL.match(piece):
            turns.append(_begun(label, line))
        elif turns:  # one more paragraph of the same speaker
            turns[-1] = replace(turns[-1], fin=line.end())
    if len(turns) < 2:
        return ()
    types = _types(text, turns, fold(author or ""))
    return tuple(replace(turn, type=type_) for turn, type_ in zip(turns, types, strict=True))


def _begun(label: re.Match[str], line: re.Match[str]) -> Intervention:
    """Return the turn that a line of the text begins."""
    name, comma, office = with_plain_spaces(label["bold"]).partition(",")
    printed = label["bold"]
    if comma and not office and label["italics"]:
        office = with_plain_spaces(strip_tags(label["italics"]))
        printed = label[0]
    said = line[0].strip()[len(strip_tags(printed)) :].lstrip()
    return Intervention(
        libelle=name.strip(" ."),
        qualite=office.strip(" .") or None,
        debut=line.start() + line[0].rindex(said),
        fin=line.end(),
    )


def _types(text: str, turns: Sequence[Intervention], holder: str) -> Iterator[TypeIntervention]:
    """Yield the type of each turn; the holder has the floor at first, folded."""
    asks, is_answered = "", False
    for turn in turns:
        speaker = _bare(turn.libelle)
        if CHAIR.fullmatch(speaker):
            holder = _given(text[turn.debut : turn.fin]) or holder
            yield "presidence"
        elif GOVERNMENT.search(fold(turn.qualite or "")):
            has_floor = holder.startswith(speaker) or GOVERNMENT.search(holder) is not None
            if has_floor:
                holder, is_answered = speaker, True
            yield "reponse" if has_floor else "interruption"
        elif not holder.startswith(speaker) or (is_answered and speaker != asks):
            yield "interruption"
        else:
            asks = speaker
            yield "replique" if is_answered else "question"


def _given(said: str) -> str | None:
    """Return to whom the chair gives the floor, folded."""
    if floor := FLOOR.search(said):
        return _bare(floor["holder"])
    offices = (fold(match["holder"]) for match in MINISTER.finditer(said))
    return next((office for office in offices if GOVERNMENT.search(office)), None)


def _bare(name: str) -> str:
    """Return a name folded, without civility."""
    return CIVILITY.sub("", fold(name), count=1)


def spoken_in(
    text: str, turns: Sequence[Intervention], start: int, end: int
) -> Intervention | None:
    """Return the turn whose words stand between two places of a transcript; None for words of
    several speakers, and for those of nobody: names, applause.
    """
    turn = next((turn for turn in turns if turn.debut <= start and end <= turn.fin), None)
    said = DIRECTION.finditer(text, turn.debut, turn.fin) if turn else ()
    is_direction = any(found.start() <= start and end <= found.end() for found in said)
    return None if is_direction else turn
