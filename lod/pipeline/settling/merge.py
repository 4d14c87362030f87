"""Several records of one question become one: the first in rank, completed by the others.

An answered record comes before one without an answer. A fact that a record lacks is taken from the
next one. Two records that cannot both be right are a contradiction: the first is published, and a
remark names both. A later state of a fact (a longer chain, an answer, a closure) contradicts
nothing. Answers of one day whose texts differ are both published, and a remark says so.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import eq
from typing import Any, TypeVar

from msgspec.structs import fields, replace

from lod.base.errors import Remark, Where
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
    discarded: str  # as the second has it
    both: bool = False  # whether both are published all the same


def ranked(records: Iterable[ReadRecord]) -> tuple[ReadRecord, ...]:
    """Return the records of one question, the one that counts most first, whatever their names and
    places.
    """
    unranked = tuple(records)
    if len(unranked) == 1:  # nearly always
        return unranked
    by_bytes = sorted(unranked, key=lambda read: read.sha256)  # for those of equal rank
    return tuple(sorted(by_bytes, key=lambda read: rank(_reading(read).question), reverse=True))


def merge(records: Sequence[ReadRecord]) -> Reading:
    """Return one reading of the records of one question, which come as `ranked`."""
    first = _reading(records[0])
    question, remarks, repairs = first.question, list(first.remarks), Counter(first.repairs)
    place = Where(records[0].path, records[0].line)
    for record in records[1:]:
        reading = _reading(record)
        remarks += reading.remarks
        for c in contradictions(question, reading.question):
            wrong = f"{c.fact}: '{c.published}' here, '{c.discarded}' in {record.name}"
            remedy = f"{'both are' if c.both else 'the first is'} published; {FIND_OUT}"
            remarks.append(Remark(place, wrong, remedy))
        repairs.update(reading.repairs)
        question = combine(question, reading.question)
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


def contradictions(first: Question, second: Question) -> Iterable[Contradiction]:
    """Yield each fact that two records of one question state in ways that cannot both be right."""
    checks: tuple[tuple[str, Any, Any, Callable[[Any, Any], bool]], ...] = (
        ("auteur", first.auteur.acteur_ref, second.auteur.acteur_ref, eq),
        ("titre", first.titre, second.titre, _alike),
        ("rubrique", first.rubrique, second.rubrique, _alike),
        ("texte", first.texte, second.texte, _alike),
        ("groupe", first.groupe, second.groupe, _same_body),
        ("ministère interrogé", first.ministere_interroge, second.ministere_interroge, _same_body),
        ("ministère attributaire", first, second, _chains_agree),
        ("parution", first.parutions, second.parutions, _share_a_day),
        ("réponse", _jos(first), _jos(second), _share_a_day),
        ("fin", _end_of(first), _end_of(second), eq),
    )
    for fact, here, there, agree in checks:
        if here and there and not agree(here, there):
            yield Contradiction(fact, _words(here), _words(there))
    for day in dict.fromkeys(r.jo.jour for r in first.reponses):
        here, there = _texts_of(first, day), _texts_of(second, day)
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


def combine(first: Question, second: Question) -> Question:
    """Return the first question, completed by the second; events of both are united."""
    texts_from = first if first.texte else second
    chain_from = max(first, second, key=_chain_rank)
    reponses, places = _reponses(first, second)
    return replace(
        filled(first, second),
        sources=tuple(dict.fromkeys(first.sources + second.sources)),
        auteur=filled(first.auteur, second.auteur),
        chaine_complete=chain_from.chaine_complete,
        texte=texts_from.texte,
        texte_html=texts_from.texte_html,
        groupe=_organe(first.groupe, second.groupe),
        lieux_election=tuple(dict.fromkeys(first.lieux_election + second.lieux_election)),
        ministere_interroge=_organe(first.ministere_interroge, second.ministere_interroge),
        attributions=_attributions(chain_from, second if chain_from is first else first),
        parutions=_union(first.parutions, second.parutions, lambda jo: jo.jour, filled),
        reponses=reponses,
        signalements=_union(
            first.signalements,
            second.signalements,
            lambda s: s.jo.jour,
            lambda a, b: replace(filled(a, b), jo=filled(a.jo, b.jo)),
        ),
        renouvellements=_union(
            first.renouvellements, second.renouvellements, lambda jo: jo.jour, filled
        ),
        errata=_errata(first.errata, _moved(second, places)),
        cloture=_cloture(first, second),
        restes=tuple(dict.fromkeys(first.restes + second.restes)),
    )


def _union(
    one: tuple[T, ...], two: tuple[T, ...], key: Callable[[T], object], join: Callable[[T, T], T]
) -> tuple[T, ...]:
    """Return the items of both, in the order of the first; two items of one key are joined."""
    items = {key(item): item for item in one}
    for item in two:
        items[key(item)] = join(items[key(item)], item) if key(item) in items else item
    return tuple(items.values())


def _organe(first: Organe | None, second: Organe | None) -> Organe | None:
    """Return the body with the reference and the long label that either has."""
    if not (first and second and _same_body(first, second)):
        return first or second
    long = first.libelle_long or second.libelle_long
    return replace(
        first, ref=first.ref or second.ref, libelle_long=long if long != first.libelle else None
    )


def _chain_rank(q: Question) -> tuple[bool, int]:
    """Return how much a record states of the chain of ministries; a page has the last one only."""
    return q.chaine_complete, len(q.attributions)


def _attributions(longer: Question, shorter: Question) -> tuple[Attribution, ...]:
    """Return the longer chain; its last step takes the day if only the shorter one has it."""
    chain = longer.attributions or shorter.attributions
    last = shorter.attributions[-1] if shorter.attributions else None
    if chain and last and last.jo and not chain[-1].jo:
        chain = (*chain[:-1], replace(chain[-1], jo=last.jo))
    return chain


def _reponses(first: Question, second: Question) -> tuple[tuple[Reponse, ...], list[int]]:
    """Return the answers of both, and the index among them of each answer of the second.

    Two answers of a day are one if their texts are alike, or if one has none. If the two records
    have no day in common, the answers of the second are left out.
    """
    if first.reponses and second.reponses and not _share_a_day(_jos(first), _jos(second)):
        return first.reponses, []
    answers, places = list(first.reponses), []
    for reponse in second.reponses:
        place = next(_places(reponse, answers), None)
        if place is None:
            place = len(answers)
            answers.append(reponse)
        else:
            answers[place] = _reponse(answers[place], reponse)
        places.append(place)
    return tuple(answers), places


def _places(reponse: Reponse, answers: list[Reponse]) -> Iterator[int]:
    """Yield the indexes of the answers that may be the same as this one, the surest first."""
    of_day = [(n, r) for n, r in enumerate(answers) if r.jo.jour == reponse.jo.jour]
    yield from (n for n, r in of_day if fold(r.texte or "") == fold(reponse.texte or ""))
    yield from (n for n, r in of_day if not (r.texte and reponse.texte))


def _reponse(first: Reponse, second: Reponse) -> Reponse:
    """Join two statements of an answer; a page of the answer is better than one of its section."""
    page_from = min(first, second, key=lambda r: (r.jo.page is None, r.page_de_section))
    texts_from = first if first.texte else second
    return replace(
        first,
        jo=replace(filled(first.jo, second.jo), page=page_from.jo.page),
        page_de_section=page_from.page_de_section,
        texte=texts_from.texte,
        texte_html=texts_from.texte_html,
    )


def _moved(q: Question, places: list[int]) -> tuple[Erratum, ...]:
    """Return the errata of a record with the ranks that its answers have in the union."""
    if not q.reponses:
        return q.errata
    return tuple(
        e if e.corrige == "question" else replace(e, rang=places[e.rang - 1] + 1)
        for e in q.errata
        if e.corrige == "question" or e.rang <= len(places)
    )


def _errata(first: tuple[Erratum, ...], second: tuple[Erratum, ...]) -> tuple[Erratum, ...]:
    """Return the errata of both; of the same one, a page has the day, a record text and rank."""
    errata = list(first)
    for erratum in second:
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


def _cloture(first: Question, second: Question) -> Cloture | None:
    """Return the closure; a withdrawal is dropped if one of the records has an answer."""
    closures = [q.cloture for q in (first, second) if q.cloture]
    if first.reponses or second.reponses:
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
