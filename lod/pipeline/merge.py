"""Several records of one question → one: the richest and newest wins, the others complete it.

An answered record comes before one that is not: an answer is never taken back. What a record
lacks is taken from the next; what two records state differently is a contradiction, and told with
both sources. A later state of the same fact (a longer chain, an answer, a closure) is none.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import reduce
from operator import eq
from typing import Any, TypeVar

from lod.base.errors import Finding, Where
from lod.model.question import JO, Attribution, Auteur, Cloture, Erratum, Organe, Question, Reponse
from lod.model.text import fold
from lod.sources.forms import Reading, ReadOutcome

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two records state one fact differently; the first is published."""

    fact: str
    published: str
    discarded: str


def ranked(outcomes: Iterable[ReadOutcome]) -> tuple[ReadOutcome, ...]:
    """Return the records of one question in the order in which they count."""
    return tuple(sorted(outcomes, key=lambda read: rank(_read(read).question), reverse=True))


def merge(outcomes: Sequence[ReadOutcome]) -> Reading:
    """Return what the records of one question say together; they come as `ranked`."""
    first, others = outcomes[0], outcomes[1:]
    question, remarks = _read(first).question, list(_read(first).remarks)
    repairs = Counter(_read(first).repairs)
    for outcome in others:
        other = _read(outcome)
        remarks += other.remarks
        remarks += [
            contradiction_remark(found, first, outcome)
            for found in contradictions(question, other.question)
        ]
        repairs.update(other.repairs)
        question = combine(question, other.question)
    return Reading(question, tuple(remarks), _read(first).lines, repairs)


def _read(outcome: ReadOutcome) -> Reading:
    assert outcome.reading, "only records that were read are merged"
    return outcome.reading


def rank(q: Question) -> tuple[object, ...]:
    """Return what decides which record comes first: answered, closed, newest, richest."""
    stated = sum(getattr(q, field.name) not in (None, ()) for field in fields(q))
    day = max(q.jours, default=None)
    return (bool(q.reponses), bool(q.cloture), day.toordinal() if day else 0, stated)


def contradiction_remark(found: Contradiction, first: ReadOutcome, other: ReadOutcome) -> Finding:
    """Return a contradiction as a remark with both sources."""
    return Finding(
        Where(first.path, first.line),
        f"{found.fact}: '{found.published}' here, '{found.discarded}' in {other.name}",
        "the first is published; find out which one is right",
    )


def contradictions(one: Question, two: Question) -> Iterable[Contradiction]:
    """Yield what two records of one question cannot both be right about."""
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


def _end_of(q: Question) -> str | None:
    """Return how a question ended, in words; None while it is open."""
    if q.reponses:
        return "répondue"
    return f"retirée le {q.retrait.jour}" if q.retrait else None


def combine(one: Question, two: Question) -> Question:
    """Return the first question, completed by the second."""
    texts_from = one if one.texte else two
    chain_from = _better_chain(one, two)
    return replace(
        one,
        sources=tuple(dict.fromkeys(one.sources + two.sources)),
        auteur=_auteur(one.auteur, two.auteur),
        chaine_complete=chain_from.chaine_complete,
        titre=one.titre or two.titre,
        analyses=one.analyses or two.analyses,
        tete_analyse=one.tete_analyse or two.tete_analyse,
        texte=texts_from.texte,
        texte_html=texts_from.texte_html,
        rubrique=one.rubrique or two.rubrique,
        groupe=_organe(one.groupe, two.groupe),
        circonscription=one.circonscription or two.circonscription,
        lieux_election=tuple(dict.fromkeys(one.lieux_election + two.lieux_election)),
        ministere_interroge=_organe(one.ministere_interroge, two.ministere_interroge),
        ministere_repondant=one.ministere_repondant or two.ministere_repondant,
        attributions=_attributions(chain_from, two if chain_from is one else one),
        parutions=_union(one.parutions, two.parutions, lambda jo: jo.jour, _jo),
        reponses=_reponses(one, two),
        signalements=_union(
            one.signalements,
            two.signalements,
            lambda s: s.jo.jour,
            lambda a, b: replace(a, jo=_jo(a.jo, b.jo), depot=a.depot or b.depot),
        ),
        renouvellements=_union(one.renouvellements, two.renouvellements, lambda jo: jo.jour, _jo),
        errata=_errata(one.errata, two.errata),
        cloture=_cloture(one, two),
        restes=tuple(dict.fromkeys(one.restes + two.restes)),
    )


def _union(
    one: tuple[T, ...], two: tuple[T, ...], key: Callable[[T], object], join: Callable[[T, T], T]
) -> tuple[T, ...]:
    """Return the items of both, in the order of the first; those of one key are joined."""
    found = {key(item): item for item in one}
    for item in two:
        found[key(item)] = join(found[key(item)], item) if key(item) in found else item
    return tuple(found.values())


def _jo(one: JO, two: JO) -> JO:
    return replace(
        one,
        page=one.page or two.page,
        numero=one.numero or two.numero,
        type=one.type or two.type,
    )


def _auteur(one: Auteur, two: Auteur) -> Auteur:
    return Auteur(
        acteur_ref=one.acteur_ref or two.acteur_ref,
        mandat_ref=one.mandat_ref or two.mandat_ref,
        civilite=one.civilite or two.civilite,
        nom=one.nom or two.nom,
    )


def _organe(one: Organe | None, two: Organe | None) -> Organe | None:
    """Return the body with the reference and the long label that either has."""
    if not (one and two and _same_body(one, two)):
        return one or two
    long = one.libelle_long or two.libelle_long
    return replace(one, ref=one.ref or two.ref, libelle_long=long if long != one.libelle else None)


def _better_chain(one: Question, two: Question) -> Question:
    """Return the question whose chain tells more; a page has the last attribution only."""
    return max(one, two, key=_tells)


def _tells(q: Question) -> tuple[bool, int]:
    """Return how much of its chain a record tells."""
    return q.chaine_complete, len(q.attributions)


def _attributions(longer: Question, other: Question) -> tuple[Attribution, ...]:
    """Return the chain; its last step takes the day that only the other record has."""
    chain = longer.attributions or other.attributions
    last = other.attributions[-1] if other.attributions else None
    if chain and last and last.jo and not chain[-1].jo:
        chain = (*chain[:-1], replace(chain[-1], jo=last.jo))
    return chain


def _reponses(one: Question, two: Question) -> tuple[Reponse, ...]:
    if not (one.reponses and two.reponses) or _share_a_day(_jos(one), _jos(two)):
        return _union(one.reponses, two.reponses, lambda r: r.jo.jour, _reponse)
    return one.reponses


def _reponse(one: Reponse, two: Reponse) -> Reponse:
    """Return one answer; a page of the site knows the page, a record may know the section's."""
    page_from = min(one, two, key=lambda r: (r.jo.page is None, r.page_de_section))
    texts_from = one if one.texte else two
    return replace(
        one,
        jo=replace(_jo(one.jo, two.jo), page=page_from.jo.page),
        page_de_section=page_from.page_de_section,
        texte=texts_from.texte,
        texte_html=texts_from.texte_html,
    )


def _errata(one: tuple[Erratum, ...], two: tuple[Erratum, ...]) -> tuple[Erratum, ...]:
    """Return the corrections; a page has the day of one, a record its text."""
    found = list(one)
    for erratum in two:
        for n, known in enumerate(found):
            if _completes(known, erratum):
                found[n] = replace(
                    known, jo=known.jo or erratum.jo, texte=known.texte or erratum.texte
                )
                break
        else:
            found.append(erratum)
    return tuple(dict.fromkeys(found))


def _completes(known: Erratum, other: Erratum) -> bool:
    same = known.corrige == other.corrige
    day = known.jo is None or other.jo is None or known.jo.jour == other.jo.jour
    text = known.texte is None or other.texte is None or _alike(known.texte, other.texte)
    return same and day and text


def _cloture(one: Question, two: Question) -> Cloture | None:
    """Return the end; a withdrawal is dropped from a question that the other record answers."""
    ends = [q.cloture for q in (one, two) if q.cloture]
    if one.reponses or two.reponses:
        ends = [end for end in ends if not end.est_retrait]
    return reduce(_end, ends) if ends else None


def _end(one: Cloture, two: Cloture) -> Cloture:
    return replace(
        one, code=one.code or two.code, libelle=one.libelle or two.libelle, jo=one.jo or two.jo
    )


def _jos(q: Question) -> tuple[JO, ...]:
    return tuple(r.jo for r in q.reponses)


def _alike(one: str, two: str) -> bool:
    return fold(one) == fold(two)


def _same_body(one: Organe, two: Organe) -> bool:
    if one.ref and two.ref:
        return one.ref == two.ref
    return bool({fold(label) for label in one.libelles} & {fold(label) for label in two.libelles})


def _chains_agree(one: Question, two: Question) -> bool:
    """Whether one chain is the beginning of the other, or holds the one step of a page."""
    short, long = sorted((one, two), key=_tells)
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
    if isinstance(value, Question):
        return " → ".join(step.ministere.libelle for step in value.attributions)
    if isinstance(value, Organe):
        return value.libelle
    if isinstance(value, tuple):
        return ", ".join(str(jo.jour) for jo in value)
    return str(value) if len(str(value)) <= 80 else f"{str(value)[:79]}…"
