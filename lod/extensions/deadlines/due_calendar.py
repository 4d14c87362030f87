"""A calendar of due days (iCalendar, RFC 5545): for each question an event of a whole day."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from lod.extensions.deadlines.due import OVERDUE, STATES, Deadlines, DueQuestion
from lod.pipeline.mapping.question_triples import question_name_of
from lod.publish.publication import Publication
from lod.website.rendering import language
from lod.website.rendering.templates import said

MOST = 1000  # events
LINE = 75  # octets, of a line without its end
SUMMARIES = {state: "Réponse attendue" for state in STATES} | {
    OVERDUE[0]: "En retard, peut être signalée",
    OVERDUE[1]: "Signalée, en retard",
}
ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def calendar(deadlines: Deadlines, title: str, publication: Publication) -> bytes:
    """Return the calendar in the language of the moment, with at most MOST events: those still to
    come, the soonest first; if there is room, the overdue ones, the latest first.

    Its time stamps are the last day of the data, so that the same data gives the same bytes.
    """
    late = [row for row in deadlines.due if row.etat in OVERDUE]
    to_come = [row for row in deadlines.due if row.etat not in OVERDUE]
    chosen = sorted([*to_come, *reversed(late)][:MOST], key=lambda row: (row.echeance, row.uid))
    end = language.suffix()
    lines = [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//Questions parlementaires//Echeances//FR"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        ("NAME", escaped(title)),
        ("X-WR-CALNAME", escaped(title)),  # for programs older than RFC 7986
        ("SOURCE;VALUE=URI", f"{publication.base}{deadlines.path}{end}.ics"),
        ("REFRESH-INTERVAL;VALUE=DURATION", "P1D"),
    ]
    for row in chosen:
        lines += _event(row, publication)
    lines.append(("END", "VCALENDAR"))
    return b"".join(folded(f"{name}:{value}") for name, value in lines)


def _event(row: DueQuestion, publication: Publication) -> Iterator[tuple[str, str]]:
    page = f"{row.question}{language.suffix()}.html"
    name = question_name_of(row.uid)
    host = urlsplit(publication.base).hostname or "localhost"
    yield "BEGIN", "VEVENT"
    yield "UID", f"{row.uid}-echeance@{host}"  # stays the same when a flag moves the day
    yield "DTSTAMP", f"{_basic(publication.data_until.isoformat())}T000000Z"
    yield "SEQUENCE", "1" if row.signalement else "0"
    yield "DTSTART;VALUE=DATE", _basic(row.echeance)
    summary = f"{said(SUMMARIES[row.etat])}{language.colon()} {row.titre or name}"
    yield "SUMMARY", escaped(summary)
    yield "DESCRIPTION", escaped("\n".join(_description(row, name, page)))
    yield "URL", page
    yield "CATEGORIES", escaped(said(STATES[row.etat]))
    yield "TRANSP", "TRANSPARENT"  # it takes nobody's time
    yield "END", "VEVENT"


def _description(row: DueQuestion, name: str, page: str) -> Iterator[str]:
    group = f" ({row.groupe})" if row.groupe else ""
    yield f"{name}, {row.auteur}{group} → {row.ministere}"
    days = (("Publiée le", row.parution), ("Signalée le", row.signalement))
    yield "; ".join(f"{said(word)} {language.iso_text(day)}" for word, day in days if day)
    yield page


def _basic(day: str) -> str:
    """Return a day, ISO 8601, in the basic format."""
    return f"{date.fromisoformat(day):%Y%m%d}"


def escaped(text: str) -> str:
    """Return a text as a value of iCalendar.

    >>> print(escaped("Eau, air ; sol\\\\terre"))
    Eau\\, air \\; sol\\\\terre
    """
    return text.translate(ESCAPES)


def folded(line: str) -> bytes:
    """Return a line in pieces of at most LINE octets, each but the first after a space; characters
    stay whole.

    >>> [len(part) for part in folded("é" * 60).split(b"\\r\\n")]
    [74, 47, 0]
    """
    data, start, room = line.encode(), 0, LINE
    parts = []
    while len(data) - start > room:
        end = start + room
        while data[end] & 0xC0 == 0x80:  # in the middle of a character
            end -= 1
        parts.append(data[start:end])
        start, room = end, LINE - 1  # a space comes first
    return b"\r\n ".join((*parts, data[start:])) + b"\r\n"
