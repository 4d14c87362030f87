"""What P4123 says now: links where it is one to one, anomalies where it is not."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from lod.pipeline.mapping.links import PREUVES, chiffres
from lod.reference.reviewed_links import DOUTEUX, P4123, Genre, cotes

NUMERO = re.compile(r"[1-9][0-9]{0,8}")


class Publie(NamedTuple):
    """A link that is published: the item, and the class of its evidence."""

    qid: str
    preuve: str


class Anomalie(NamedTuple):
    """One line of the report; `cible` is the other item, deputy or number that is meant."""

    genre: Genre
    ref: str
    qid: str
    numero: str
    cible: str
    explication: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Constat:
    """What the pairs (item, number) come to: `liens` are reference → QID, one to one.

    `ecartes` are references and QIDs of both sides of an anomaly: nothing is written for them.
    """

    liens: Mapping[str, str]
    anomalies: tuple[Anomalie, ...]
    ecartes: frozenset[str]


def constater(
    paires: Iterable[tuple[str, str]],
    refs: Mapping[str, str],
    publies: Mapping[str, Publie],
    redirections: Mapping[str, str | None],
    discordants: Collection[str] = (),
) -> Constat:
    """Return links and anomalies of pairs (QID, P4123); `refs` are number → acteurRef.

    `redirections` say where a published item has gone, None if it is no more; `discordants` are
    references whose item has another name and another year of birth.
    """
    pairs = Paires(paires, refs)
    liens = dict(pairs.liens())
    anomalies = [*pairs.anomalies(), *_discordances(liens, discordants)]
    for ref, publie in sorted(publies.items()):
        if not any(ref in (a.ref, *a.cible.split()) for a in anomalies):
            place = redirections.get(publie.qid, publie.qid)
            anomalies += _contre(ref, publie, place, liens.get(ref, ""), pairs)
    ecartes = frozenset().union(
        *(cotes(a.ref, a.qid, a.cible) for a in anomalies if a.genre in DOUTEUX)
    )
    kept = {ref: qid for ref, qid in liens.items() if not ecartes & {ref, qid}}
    ecartes |= liens.keys() - kept.keys()
    return Constat(liens=kept, anomalies=tuple(sorted(anomalies)), ecartes=ecartes)


class Paires:
    """Pairs of items and numbers, looked at from both sides."""

    def __init__(self, paires: Iterable[tuple[str, str]], refs: Mapping[str, str]) -> None:
        self.refs = refs
        self.par_element: dict[str, set[str]] = {}
        self.par_numero: dict[str, set[str]] = {}
        for qid, numero in paires:
            self.par_element.setdefault(qid, set()).add(numero)
            self.par_numero.setdefault(numero, set()).add(qid)

    def liens(self) -> Iterator[tuple[str, str]]:
        """Yield (acteurRef, QID) where one item bears one number, that of a deputy of ours."""
        for numero, ref in self.refs.items():
            items = self.par_numero.get(numero, set())
            if len(items) == 1 and self.par_element[min(items)] == {numero}:
                yield ref, min(items)

    def anomalies(self) -> Iterator[Anomalie]:
        """Yield what is not one to one, where it touches a deputy of ours, or is no number."""
        for numero, items in self.par_numero.items():
            first, *others = sorted(items)
            ref = self.refs.get(numero, "")
            if not NUMERO.fullmatch(numero):
                why = "P4123 est un nombre, sans PA ni zéro devant"
                yield Anomalie(Genre.MAL_FORME, "", first, numero, " ".join(others), why)
            elif ref and others:
                why = f"{len(items)} éléments portent ce numéro"
                yield Anomalie(Genre.DEUX_ELEMENTS, ref, first, numero, " ".join(others), why)
        for qid, numeros in self.par_element.items():
            ours = sorted(self.refs[n] for n in numeros if n in self.refs)
            if ours and len(numeros) > 1:
                why = f"l’élément porte {len(numeros)} numéros"
                said = (qid, " ".join(sorted(numeros)), " ".join(ours[1:]))
                yield Anomalie(Genre.DEUX_NUMEROS, ours[0], *said, why)


def _discordances(liens: Mapping[str, str], refs: Collection[str]) -> Iterator[Anomalie]:
    why = "ni le nom ni l’année de naissance de l’élément ne sont ceux du député"
    for ref in refs:
        yield Anomalie(Genre.DISCORDANT, ref, liens[ref], chiffres(ref), "", why)


def _contre(
    ref: str, publie: Publie, place: str | None, actuel: str, pairs: Paires
) -> Iterator[Anomalie]:
    """Yield what is wrong with a published link; `place` is where its item is now, `actuel` the
    item that bears the number of the deputy.
    """
    numero = chiffres(ref)
    if place is None:
        why = "l’élément n’existe plus\u00a0; retirer le lien ou le remplacer"
        yield Anomalie(Genre.SUPPRIME, ref, publie.qid, numero, actuel, why)
        return
    if place != publie.qid:
        why = "l’élément redirige vers un autre, qui le remplace"
        yield Anomalie(Genre.FUSIONNE, ref, publie.qid, numero, place, why)
    borne = " ".join(sorted(pairs.par_element.get(place, set())))
    if actuel and actuel != place:
        why = "un autre élément porte aujourd’hui le numéro du député"
        yield Anomalie(Genre.CONTREDIT, ref, place, numero, actuel, why)
    elif borne and not actuel:
        why = "l’élément publié porte le numéro d’un autre"
        yield Anomalie(Genre.CONTREDIT, ref, place, borne, "", why)
    elif not actuel and publie.preuve == PREUVES[P4123]:
        why = "l’élément publié ne porte plus le numéro du député"
        yield Anomalie(Genre.PERDU, ref, place, numero, "", why)
