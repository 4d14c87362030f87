"""What a form of the query builder asks for: read from the parameters of an address, verified."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from lod.extensions.query_builder.fields import Field, Subject, subjects
from lod.website.rendering.language import translated

SUBJECT, SHOWN, BY, MOST = "quoi", "montrer", "par", "lignes"  # parameters that are no condition
FROM, TO = "-de", "-a"  # ends of parameters, after the key of a day or a number
YEAR, MONTH = "-annee", "-mois"  # ends of values of BY, after the key of a day
TOTAL = "tout"  # value of BY to count all things together
ROWS = (100, 20, 1000)  # values of MOST, the default first
LONGEST = 200  # characters of a value
GREATEST = Decimal(10) ** 15  # number, at most
DEFAULTS = 5  # columns that are shown if none is chosen, beside the first day
TRUTHS = {"oui": True, "non": False}
Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Condition:
    """What the value of a field must be; only the parts for its kind are set."""

    field: Field
    text: str = ""  # what a text or the name of a thing contains
    terms: tuple[str, ...] = ()  # one of these codes, as prefixed names
    truth: bool | None = None
    least: date | Decimal | None = None
    most: date | Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A form as it was sent."""

    subject: Subject
    given: dict[str, str]  # parameter → value as written, without those of columns
    conditions: tuple[Condition, ...]  # those that can be understood
    shown: tuple[Field, ...]  # columns
    by: Field | None  # by which things are counted
    period: str  # YEAR or MONTH, if `by` is a day
    is_counted: bool  # things are to be counted, not listed
    most: int  # rows
    errors: dict[str, str]  # parameter → what is wrong with it, in French
    is_sent: bool  # the form was sent; False: it is opened for the first time

    @property
    def address(self) -> str:
        """The query string of the same request, without parameters that have no effect."""
        shown = () if self.is_counted else self.shown
        return urlencode([*self.given.items(), *((SHOWN, field.key) for field in shown)])


def read_request(pairs: Pairs) -> Request:
    """Return what the parameters of an address ask for, and what is wrong with them."""
    cleaned = [(name, " ".join(value.split())) for name, value in pairs]
    given: dict[str, str] = {}
    errors: dict[str, str] = {}
    for name, value in cleaned:
        if name == SHOWN or not value:
            continue
        if name in given:
            errors[name] = translated("donné deux fois ; n’en gardez qu’un")
        given[name] = value
    subject = _subject(given, errors)
    known = {SUBJECT, BY, MOST, *(name for field in subject.fields for name in parameters(field))}
    for name in [*given]:
        if name not in known:
            errors[name[:LONGEST]] = translated("paramètre inconnu ; ôtez-le de l’adresse")
        elif wrong := _wrong_letters(given[name]):
            errors[name] = wrong
    asked = {name: value for name, value in given.items() if name not in errors}
    conditions = [c for field in subject.fields if (c := _condition(field, asked, errors))]
    by, period = _by(subject, asked, errors)
    return Request(
        subject=subject,
        given={name: value for name, value in given.items() if name in known},
        conditions=(*conditions,),
        shown=(*_shown(subject, [v for n, v in cleaned if n == SHOWN and v], errors),),
        by=by,
        period=period,
        is_counted=by is not None or asked.get(BY) == TOTAL,
        most=_most(asked, errors),
        errors=errors,
        is_sent=any(name != SUBJECT for name, _ in cleaned),
    )


def parameters(field: Field) -> tuple[str, ...]:
    """Return the parameters of a field: one, or two for the ends of a range."""
    is_range = field.kind in ("jour", "nombre")
    return (f"{field.key}{FROM}", f"{field.key}{TO}") if is_range else (field.key,)


def _subject(given: dict[str, str], errors: dict[str, str]) -> Subject:
    first, *_ = known = subjects()
    asked = given.get(SUBJECT, first)
    if asked not in known:
        errors[SUBJECT] = translated("inconnu ; au choix : {}").format(", ".join(known))
    return known.get(asked, known[first])


def _wrong_letters(value: str) -> str:
    """Return what is wrong with the letters of a value; or "".

    A backslash is refused: SPARQL decodes `\\u0022` before parsing, and engines do so differently.
    """
    if len(value) > LONGEST:
        return translated("trop long ; au plus {} caractères").format(LONGEST)
    if "\\" in value or not value.isprintable():
        return translated(
            "un signe que les données n’ont pas : barre oblique inverse ou caractère de contrôle"
        )
    return ""


def _condition(field: Field, asked: dict[str, str], errors: dict[str, str]) -> Condition | None:
    """Return the condition on a field; None if there is none, or it is wrong."""
    if not any(name in asked for name in parameters(field)):
        return None
    match field.kind:
        case "jour" | "nombre":
            return _range(field, asked, errors)
        case "code":
            choice = next((c for c in field.choices if c.code == asked[field.key]), None)
            if choice:
                return Condition(field, terms=choice.terms)
            errors[field.key] = translated("inconnu ; choisissez dans la liste")
        case "booleen":
            if asked[field.key] in TRUTHS:
                return Condition(field, truth=TRUTHS[asked[field.key]])
            errors[field.key] = translated("oui ou non")
        case _:
            return Condition(field, text=asked[field.key])
    return None


def _range(field: Field, asked: dict[str, str], errors: dict[str, str]) -> Condition | None:
    """Return the condition on a day or a number; None if an end of it is wrong."""
    ends: list[date | Decimal | None] = []
    for name in parameters(field):
        text = asked.get(name, "")
        end = (_day(text) if field.kind == "jour" else _number(text)) if text else None
        if text and end is None:
            day = translated("« {} » n’est pas un jour comme 2024-01-31")
            number = translated("« {} » n’est pas un nombre comme 12")
            errors[name] = (day if field.kind == "jour" else number).format(text)
        ends.append(end)
    least, most = ends
    if any(name in errors for name in parameters(field)):
        return None
    if least is not None and most is not None and least > most:  # type: ignore[operator]
        errors[parameters(field)[1]] = translated("avant le début ; échangez les deux")
        return None
    return Condition(field, least=least, most=most)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def _number(text: str) -> Decimal | None:
    """Return a number, with a comma or a point; None if the text is no number, or too great."""
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    is_plain = number.is_finite() and abs(number) <= GREATEST and len(text) < 20
    return number if is_plain and "e" not in text.lower() else None


def periods(field: Field) -> dict[str, str]:
    """Return the values of BY for a field → their names in the language of the page."""
    if field.kind != "jour":
        return {field.key: field.name}
    return {
        field.key + YEAR: f"{field.name}{translated(', par année')}",
        field.key + MONTH: f"{field.name}{translated(', par mois')}",
    }


def _by(
    subject: Subject, asked: dict[str, str], errors: dict[str, str]
) -> tuple[Field | None, str]:
    """Return the field by which things are counted, and the period if it is a day."""
    text = asked.get(BY, TOTAL)
    for field in subject.fields if text != TOTAL else ():
        if field.is_countable and text in periods(field):
            return field, text.removeprefix(field.key)
    if text != TOTAL:
        errors[BY] = translated("inconnu ; choisissez dans la liste")
    return None, ""


def _shown(subject: Subject, keys: list[str], errors: dict[str, str]) -> Iterator[Field]:
    """Yield the columns in the order of the fields: the chosen ones, else the default ones."""
    if any(subject.field(key) is None for key in keys):
        errors[SHOWN] = translated("colonne inconnue ; cochez dans la liste")
    chosen = [field for field in subject.fields if field.key in keys]
    yield from chosen or default_columns(subject)


def default_columns(subject: Subject) -> list[Field]:
    """Return the columns that are shown if none is chosen: the first fields that the shapes expect
    of each thing, and the first day; if few are expected, the first fields to count by instead.
    """
    expected = [field for field in subject.fields if field.is_expected]
    if len(expected) < DEFAULTS // 2:
        expected = [field for field in subject.fields if field.is_countable]
    days = [field for field in subject.fields if field.kind == "jour"]
    chosen = {*expected[:DEFAULTS], *days[:1]}
    return [field for field in subject.fields if field in chosen]


def _most(asked: dict[str, str], errors: dict[str, str]) -> int:
    text = asked.get(MOST, str(ROWS[0]))
    if text in map(str, ROWS):
        return int(text)
    errors[MOST] = translated("au choix : {}").format(", ".join(map(str, sorted(ROWS))))
    return ROWS[0]
