"""Several records of one question become one: the first in rank, completed by the others.

An answered record comes before one without an answer. A fact that a record lacks is taken from the
next one. Two records that cannot both be right are a contradiction: the first is published, and a
remark names both. A later state of a fact (a longer chain, an answer, a closure) is none. Answers
of one day whose texts differ are both published, and a remark says so.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import eq
from typing import Any, TypeVar

from msgspec.structs import fields, replace

from lod.base.errors import Finding, Where
from lod.model.question import JO, Attribution, Cloture, Erratum, Organe, Question, Reponse, filled
from lod.model.text import fold
from lod.sources.fields import Reading
from lod.sources.forms import ReadRecord

T = TypeVar("T")
FIND_OUT = "find out which one is right"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A fact that two records state differently."""

    fact: str  # its name in French
    published: str  # as the first record has it
    discarded: str  # as the other has it
    both: bool = False  # whether both are published all the same


def ranked(records: Iterable[ReadRecord]) -> tuple[ReadRecord, ...]:
    """Return the records of one question, the one that counts most first."""
    given = tuple(records)
    if len(given) == 1:  # nearly always
        return given
    return tuple(sorted(given, key=lambda read: rank(_reading(read).question), reverse=True))


def merge(records: Sequence[ReadRecord]) -> Reading:
    """Return one reading of the records of one question, which come as `ranked`."""
    first = _reading(records[0])
    question, remarks, repairs = first.question, list(first.remarks), Counter(first.repairs)
    place = Where(records[0].path, records[0].line)
    for record in records[1:]:
        other = _reading(record)
        remarks += other.remarks
        for c in contradictions(question, other.question):
            wrong = f"{c.fact}: '{c.published}' here, '{c.discarded}' in {record.name}"
            remedy = f"{'both are' if c.both else 'the first is'} published; {FIND_OUT}"
            remarks.append(Finding(place, wrong, remedy))
        repairs.update(other.repairs)
        question = combine(question, other.question)
    return Reading(question, tuple(remarks), first.lines, repairs)


def _reading(record: ReadRecord) -> Reading:
    assert record.reading, "only records that were read are merged"
    return record.reading


def rank(q: Question) -> tuple[object, ...]:
    """Return the rank of a record: answered, closed, latest day, facts that were understood."""
    names = (field.name for field in fields(q) if field.name != "restes")
    stated = sum(getattr(q, name) not in (None, ()) for name in names)
    day = max(q.jours, default=None)
    # a value that was not understood may be a part of a fact: the reference of a group
    rest = -len(q.restes)
    return (bool(q.reponses), bool(q.cloture), day.toordinal() if day else 0, stated, rest)


def contradictions(one: Question, two: Question) -> Iterable[Contradiction]:
    """Yield each fact that two records of one question state in ways that cannot both be right."""
    checks: tuple[tuple[str, Any, Any, Callable[[Any, Any], bool]], ...] = (
        ("auteur", one.auteur.acteur_ref, two.auteur.acteur_ref, eq),
        ("titre", one.titre, two.titre, _alike),
        ("rubrique", one.rubrique, two.rubrique, _alike),
        ("texte", one.texte, two.texte, _alike),
        ("groupe", one.groupe, two.groupe, _same_body),
        ("ministère interrogé", one.ministere_interroge, two.ministere_interroge, _same_body),
        ("ministère attributaire", one, two, _chains_agree),
        ("parution", one.parutions, two.parutions, _share_a_day),
        ("réponse", _jos(one), _jos(two), _share_a_day),
        ("fin", _end_of(one), _end_of(two), eq),
    )
    for fact, here, there, agree in checks:
        if here and there and not agree(here, there):
            yield Contradiction(fact, _words(here), _words(there))
    for day in dict.fromkeys(r.jo.jour for r in one.reponses):
        here, there = _texts_of(one, day), _texts_of(two, day)
        only_here = [text for key, text in here.items() if key not in there]
        only_there = [text for key, text in there.items() if key not in here]
        if only_here and only_there:
            fact = f"texte de la réponse du {day}"
            yield Contradiction(fact, _words(only_here[0]), _words(only_there[0]), both=True)


def _texts_of(q: Question, day: date) -> dict[str, str]:
    """Return the texts of the answers of a day, as they are compared and as they are."""
    return {fold(r.texte): r.texte for r in q.reponses if r.jo.jour == day and r.texte}


def _end_of(q: Question) -> str | None:
    """Return how a question ended, in words; None while it is open."""
    if q.reponses:
        return "répondue"
    return f"retirée le {q.retrait.jour}" if q.retrait and q.retrait.jour else None


def combine(one: Question, two: Question) -> Question:
    """Return the first question, completed by the second; events of both are united."""
    texts_from = one if one.texte else two
    chain_from = max(one, two, key=_chain_rank)
    reponses, places = _reponses(one, two)
    return replace(
        filled(one, two),
        sources=tuple(dict.fromkeys(one.sources + two.sources)),
        auteur=filled(one.auteur, two.auteur),
        chaine_complete=chain_from.chaine_complete,
        texte=texts_from.texte,
        texte_html=texts_from.texte_html,
        groupe=_organe(one.groupe, two.groupe),
        lieux_election=tuple(dict.fromkeys(one.lieux_election + two.lieux_election)),
        ministere_interroge=_organe(one.ministere_interroge, two.ministere_interroge),
        attributions=_attributions(chain_from, two if chain_from is one else one),
        parutions=_union(one.parutions, two.parutions, lambda jo: jo.jour, filled),
        reponses=reponses,
        signalements=_union(
            one.signalements,
            two.signalements,
            lambda s: s.jo.jour,
            lambda a, b: replace(filled(a, b), jo=filled(a.jo, b.jo)),
        ),
        renouvellements=_union(
            one.renouvellements, two.renouvellements, lambda jo: jo.jour, filled
        ),
        errata=_errata(one.errata, _moved(two, places)),
        cloture=_cloture(one, two),
        restes=tuple(dict.fromkeys(one.restes + two.restes)),
    )


def _union(
    one: tuple[T, ...], two: tuple[T, ...], key: Callable[[T], object], join: Callable[[T, T], T]
) -> tuple[T, ...]:
    """Return the items of both, in the order of the first; two items of one key are joined."""
    items = {key(item): item for item in one}
    for item in two:
        items[key(item)] = join(items[key(item)], item) if key(item) in items else item
    return tuple(items.values())


def _organe(one: Organe | None, two: Organe | None) -> Organe | None:
    """Return the body with the reference and the long label that either has."""
    if not (one and two and _same_body(one, two)):
        return one or two
    long = one.libelle_long or two.libelle_long
    return replace(one, ref=one.ref or two.ref, libelle_long=long if long != one.libelle else None)


def _chain_rank(q: Question) -> tuple[bool, int]:
    """Return how much a record states of the chain of ministries; a page has the last one only."""
    return q.chaine_complete, len(q.attributions)


def _attributions(longer: Question, other: Question) -> tuple[Attribution, ...]:
    """Return the longer chain; its last step takes the day if only the other record has it."""
    chain = longer.attributions or other.attributions
    last = other.attributions[-1] if other.attributions else None
    if chain and last and last.jo and not chain[-1].jo:
        chain = (*chain[:-1], replace(chain[-1], jo=last.jo))
    return chain


def _reponses(one: Question, two: Question) -> tuple[tuple[Reponse, ...], list[int]]:
    """Return the answers of both, and where among them each of the second record stands.

    Two of a day are one if their texts are alike, or if one has none. Without a day in common the
    second record has no part in them.
    """
    if one.reponses and two.reponses and not _share_a_day(_jos(one), _jos(two)):
        return one.reponses, []
    answers, places = list(one.reponses), []
    for reponse in two.reponses:
        place = next(_places(reponse, answers), None)
        if place is None:
            place = len(answers)
            answers.append(reponse)
        else:
            answers[place] = _reponse(answers[place], reponse)
        places.append(place)
    return tuple(answers), places


def _places(reponse: Reponse, answers: list[Reponse]) -> Iterator[int]:
    """Yield where an answer may stand already, the surest place first."""
    of_day = [(n, r) for n, r in enumerate(answers) if r.jo.jour == reponse.jo.jour]
    yield from (n for n, r in of_day if fold(r.texte or "") == fold(reponse.texte or ""))
    yield from (n for n, r in of_day if not (r.texte and reponse.texte))


def _reponse(one: Reponse, two: Reponse) -> Reponse:
    """Return one answer with the more exact page: of the answer, rather than of its section."""
    page_from = min(one, two, key=lambda r: (r.jo.page is None, r.page_de_section))
    texts_from = one if one.texte else two
    return replace(
        one,
        jo=replace(filled(one.jo, two.jo), page=page_from.jo.page),
        page_de_section=page_from.page_de_section,
        texte=texts_from.texte,
        texte_html=texts_from.texte_html,
    )


def _moved(q: Question, places: list[int]) -> tuple[Erratum, ...]:
    """Return the corrections of a record with the ranks that its answers have in the union."""
    if not q.reponses:
        return q.errata
    return tuple(
        e if e.corrige == "question" else replace(e, rang=places[e.rang - 1] + 1)
        for e in q.errata
        if e.corrige == "question" or e.rang <= len(places)
    )


def _errata(one: tuple[Erratum, ...], two: tuple[Erratum, ...]) -> tuple[Erratum, ...]:
    """Return the corrections; of one correction a page has the day, a record the text and rank."""
    errata = list(one)
    for erratum in two:
        same = [n for n, known in enumerate(errata) if _same_erratum(known, erratum)]
        n = min(same, key=lambda n: errata[n].rang != erratum.rang, default=None)
        if n is None:
            errata.append(erratum)
        else:
            errata[n] = filled(*sorted((errata[n], erratum), key=lambda e: e.texte is None))
    return tuple(dict.fromkeys(errata))


def _same_erratum(one: Erratum, two: Erratum) -> bool:
    """Return whether two errata may be one: neither object, nor day, nor text and rank differ."""
    day = one.jo is None or two.jo is None or one.jo.jour == two.jo.jour
    if one.texte and two.texte and (one.rang, fold(one.texte)) != (two.rang, fold(two.texte)):
        return False
    return one.corrige == two.corrige and day


def _cloture(one: Question, two: Question) -> Cloture | None:
    """Return the closure; a withdrawal is dropped if one of the records has an answer."""
    closures = [q.cloture for q in (one, two) if q.cloture]
    if one.reponses or two.reponses:
        closures = [closure for closure in closures if not closure.est_retrait]
    if len({closure.jour for closure in closures if closure.jour}) > 1:
        return closures[0]  # a place in the JO belongs to its own day
    return reduce(filled, closures) if closures else None


def _jos(q: Question) -> tuple[JO, ...]:
    return tuple(r.jo for r in q.reponses)


def _alike(one: str, two: str) -> bool:
    return fold(one) == fold(two)


def _same_body(one: Organe, two: Organe) -> bool:
    if one.ref and two.ref:
        return one.ref == two.ref
    return bool({fold(label) for label in one.libelles} & {fold(label) for label in two.libelles})


def _chains_agree(one: Question, two: Question) -> bool:
    """Return whether one chain begins the other, or contains the one step that a page has."""
    short, long = sorted((one, two), key=_chain_rank)
    if not short.chaine_complete:
        last = short.attributions[-1:]
        return not last or any(
            _same_body(last[0].ministere, step.ministere) for step in long.attributions
        )
    pairs = zip(short.attributions, long.attributions, strict=False)
    return all(_same_body(a.ministere, b.ministere) for a, b in pairs)


def _share_a_day(one: tuple[JO, ...], two: tuple[JO, ...]) -> bool:
    return bool({jo.jour for jo in one} & {jo.jour for jo in two})


def _words(value: object) -> str:
    """Return a value that contradicts another one, in at most 80 characters."""
    if isinstance(value, Question):
        return " → ".join(step.ministere.libelle for step in value.attributions)
    if isinstance(value, Organe):
        return value.libelle
    if isinstance(value, tuple):
        return ", ".join(str(jo.jour) for jo in value)
    return str(value) if len(str(value)) <= 80 else f"{str(value)[:79]}…"
