"""The turns of a debate: its transcript, cut where a line begins with a name in bold.

    <strong>M. Luc Noël,</strong><i> ministre. </i>Je vous réponds. <i>(Applaudissements.)</i>

A turn is a place in the plain text, which stays as it is. Who has the floor is what the chair says:
« La parole est à M. Luc Noël. » Whoever else speaks interrupts.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec.structs import replace

from lod.model.question import Intervention, TypeIntervention
from lod.model.safe_html import LINE
from lod.model.text import fold, strip_tags, with_plain_spaces

BEGIN, END = "\x01", "\x02"  # of a name with its office: controls, so that no text holds them
# at the beginning of a line the name, in bold, up to a full stop; or to a comma, which the office
# follows in italics or, in bold, up to the full stop. « </i> » may come before
SPEAKER_LABEL = re.compile(
    rf"(?P<before>(?:\A|{LINE.pattern})(?:\s|</?(?:em|i)>)*)"
    r"(?P<label><(?P<bold>strong|b)>[^<>]{2,400}?(?:\.(?=\s*</(?P=bold)>)"
    r"|,\s*</(?P=bold)>\s*<(?P<office>em|i)>[^<>]{2,400}?(?=\s*</(?P=office)>)))"
)
CIVILITY = re.compile(r"(?:m|mme) ")  # folded, as are the next two
ARTICLE, DELEGATED = re.compile(r"l[ea] "), "ministre delegue"
CHAIR = re.compile(r"l[ea] presidente?")
GOVERNMENT = re.compile(r"\b(?:ministre|secretaire d etat|garde des sceaux|haute? commissaire)\b")
# « La parole est à M. Luc Noël, pour … », « C’est Mme la ministre du travail qui répondra »
FLOOR = re.compile(r"parole est (?:à\s)?(?P<holder>(?:(?:M\.|Mme)\s)?[^.,;:…(–]+)")
MINISTER = re.compile(r"(?:M\.|Mme)\s(?P<holder>l[ea]\s[^.,;:…(–]+)")
# « (Applaudissements sur les bancs du groupe Dem (MoDem et indépendants).) »: no words of a speaker
DIRECTION = re.compile(r"\((?:«\s*)?[A-ZÀ-ÖØ-ÞŒ][a-zà-öø-ÿœ.\s](?:[^()]|\([^()]*\))*\)")
WORD = re.compile(r"[^\W_]\S*")  # from its first letter or digit to the next space
TYPES_OF_WORDS = ("question", "reponse", "replique")  # of turns, of which words are counted


def interventions_of(text: str, html: str | None, author: str | None) -> tuple[Intervention, ...]:
    """Return the turns of a transcript, given as plain text and as safe HTML; none where fewer than
    two names stand in bold, or where the two forms do not say the same.

    The author of the question speaks first.
    """
    marked = _marked(html or "")
    heading, *parts = strip_tags(marked).split(BEGIN) if marked.count(BEGIN) > 1 else [""]
    if heading + "".join(parts).replace(END, "") != text:
        return ()
    turns, place = list[Intervention](), len(heading)
    for part in parts:
        label, _, said = part.partition(END)
        name, _, office = with_plain_spaces(label).partition(",")
        place += len(label)
        debut, fin = place + len(said) - len(said.lstrip()), place + len(said.rstrip())
        place += len(said)
        turns.append(
            Intervention(
                libelle=name.strip(" ."),
                qualite=office.strip(" .") or None,
                debut=debut,
                fin=max(debut, fin),
            )
        )
    types = _types(text, turns, fold(author or ""))
    return tuple(replace(turn, type=type_) for turn, type_ in zip(turns, types, strict=True))


def _marked(html: str) -> str:
    """Return HTML with BEGIN and END around each label."""
    pieces, after = list[str](), 0
    for match in SPEAKER_LABEL.finditer(html):
        start, end = match.span("label")
        pieces += html[after:start], BEGIN, html[start:end], END
        after = end
    return "".join((*pieces, html[after:]))


@lru_cache(4096)  # few names and offices recur in all transcripts
def folded(label: str) -> str:
    return fold(label)


def _types(text: str, turns: Sequence[Intervention], holder: str) -> Iterator[TypeIntervention]:
    """Yield the type of each turn; the holder has the floor at first, folded."""
    asks, is_answered = "", False
    for turn in turns:
        speaker = _bare(turn.libelle)
        if CHAIR.fullmatch(speaker):
            holder = _given(text[turn.debut : turn.fin]) or holder
            yield "presidence"
        elif GOVERNMENT.search(folded(turn.qualite or "")):
            has_floor = holder.startswith(speaker) or _is_same(folded(turn.qualite or ""), holder)
            if has_floor:
                holder, is_answered = speaker, True
            yield "reponse" if has_floor else "interruption"
        elif not holder.startswith(speaker) or (is_answered and speaker != asks):
            yield "interruption"
        else:
            asks = speaker
            yield "replique" if is_answered else "question"


def _is_same(office: str, holder: str) -> bool:
    """Return whether an office is the one that the chair names, which may be shorter, or longer; of
    two ministers who are delegated the chair may name the other half of the title.
    """
    named = ARTICLE.sub("", holder, count=1)
    is_part = bool(named) and (office.startswith(named) or named.startswith(office))
    return is_part or (office.startswith(DELEGATED) and named.startswith(DELEGATED))


def _given(said: str) -> str | None:
    """Return to whom the chair gives the floor, folded."""
    if floor := FLOOR.search(said):
        return _bare(floor["holder"])
    offices = (fold(match["holder"]) for match in MINISTER.finditer(said))
    return next((office for office in offices if GOVERNMENT.search(office)), None)


def _bare(name: str) -> str:
    """Return a name folded, without civility."""
    return CIVILITY.sub("", folded(name), count=1)


def spoken_in(
    text: str, turns: Sequence[Intervention], start: int, end: int
) -> Intervention | None:
    """Return the turn whose words stand between two places of a transcript; None for words of
    several speakers, and for those of nobody: names, applause.
    """
    turn = next((turn for turn in turns if turn.debut <= start and end <= turn.fin), None)
    directions = DIRECTION.finditer(text, turn.debut, turn.fin) if turn else ()
    is_direction = any(told.start() <= start and end <= told.end() for told in directions)
    return None if is_direction else turn


def words_of(said: str) -> int:
    """Return how many words a turn has, without what tells of the sitting.

    >>> words_of("Qu’en est-il, « ici » ? (Rires.)")
    3
    """
    return len(WORD.findall(DIRECTION.sub(" ", said) if "(" in said else said))


def pieces_of(said: str) -> list[tuple[str, bool]]:
    """Return what a turn says in pieces, each with whether it tells of the sitting instead.

    >>> pieces_of("Oui (non). (Rires.)")
    [('Oui (non). ', False), ('(Rires.)', True)]
    """
    pieces, after = [], 0
    for direction in DIRECTION.finditer(said):
        pieces += [(said[after : direction.start()], False), (direction[0], True)]
        after = direction.end()
    return [piece for piece in (*pieces, (said[after:], False)) if piece[0]]
