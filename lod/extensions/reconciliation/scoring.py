"""Compare the entities with a query, score and rank them, and decide which one is certain.

A name alone never decides between two persons. A candidate is certain if nobody else has its name,
or if the other properties of the query fit it and none of its namesakes.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from lod.extensions.reconciliation.batch import ReconciliationQuery
from lod.extensions.reconciliation.entities import Entity, EntityValue, ValueKind, entity_properties
from lod.model.dates import read_date
from lod.model.text import fold
from lod.publish.search.question_numbers import number_in
from lod.publish.search.words import STOP_WORDS
from lod.reference.matching import (
    NameMatch,
    Verdict,
    best_match,
    civilite,
    in_common,
    likeness,
    weighted_score,
)

# words in the labels of all ministries, groups or constituencies, which distinguish none of them
KIND_WORDS = frozenset(
    ("circonscription", "groupe", "ministere", "parlementaire", "politique", "rubrique")
)
# « auprès du ministre de l’économie, chargé de »: the words between name another ministry
_UNDER_ANOTHER = re.compile(r"\baupres (?:de|du|d) (?:.*?( chargee? )|.*+)")
_ORDINAL = re.compile(r"(?:0+(?=\d))?+(\d++)(?:er|ere|re|e|eme|nd|nde)?")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_TIME = re.compile(r"T\d\d:.*")  # of a day with its time in ISO format
SIMILARITY_WORTH = 0.75  # weight of the similarity of letters, if the words of a name do not agree
LASTING_WORTH = 0.1  # part of what a score lacks to 100 that an entity gets which has not ended
LEAST_SIMILARITY = 0.6  # similarity of letters below which two names are unrelated


@lru_cache(maxsize=1 << 15)
def label_key(text: str) -> tuple[str, ...]:
    """Return the sorted words of a label without stop words and KIND_WORDS, unless it has no other.

    >>> label_key("Ministère de l’éducation nationale"), label_key("13e circonscription du Var")
    (('education', 'nationale'), ('13', 'var'))
    >>> label_key("Secrétariat d’État auprès du ministre du travail, chargé de la santé")
    ('etat', 'sante', 'secretariat')
    """
    return _telling_words(_UNDER_ANOTHER.sub(lambda m: " " if m[1] else m[0], fold(text)))


def _telling_words(folded: str) -> tuple[str, ...]:
    words = [m[1] if (m := _ORDINAL.fullmatch(word)) else word for word in folded.split()]
    telling = [word for word in words if word not in STOP_WORDS and word not in KIND_WORDS]
    return tuple(sorted(telling or words))


def _match_entity(entity: Entity, text: str) -> NameMatch:
    """Return how well the best name of an entity agrees with a text. The number of a question
    without its legislature agrees only in part.
    """
    if entity.kind.noms == "personne":
        return best_match(entity.names, [text])[0]
    number = number_in(text) if entity.kind.noms == "question" else None
    if number and number.may_be(entity.id.rpartition("/")[2]):
        return NameMatch.FOLDED if number.legislature else NameMatch.CONTAINED
    return best_match(entity.names, [text], match_labels)[0]


def match_labels(left: str, right: str) -> NameMatch:
    """Return how well two labels agree: exactly; or all words of both, or of one, by `label_key`.

    >>> match_labels("Éducation nationale", "MINISTÈRE DE L’EDUCATION NATIONALE").name
    'FOLDED'
    """
    if left == right:
        return NameMatch.EXACT if left else NameMatch.NONE
    left_key, right_key = label_key(left), label_key(right)
    if not left_key or not right_key:
        return NameMatch.NONE
    if left_key == right_key:
        return NameMatch.FOLDED
    words, other_words = set(left_key), set(right_key)
    is_part = words <= other_words or other_words <= words
    return NameMatch.CONTAINED if is_part else NameMatch.NONE


def has_all_words(names: Iterable[str], text: str) -> bool:
    """Say whether a label has all words of a text, those that name another ministry included."""
    words = set(_telling_words(fold(text)))
    return bool(words) and any(words <= set(label_key(name)) for name in names)


def verdict(kind: ValueKind, known: tuple[EntityValue, ...], texts: tuple[str, ...]) -> Verdict:
    """Say whether one of the texts is a known value; None if that cannot be decided."""
    results = [COMPARERS[kind](value, text) for value in known for text in texts]
    if True in results:
        return True
    return False if results and None not in results else None


def _same_entity(value: EntityValue, text: str) -> Verdict:
    """Compare an entity with an id or a label; a label that is part of another decides nothing."""
    if text in (value.key, value.key.partition("/")[2]):
        return True
    match, _ = best_match(value.names, [text], match_labels)
    is_undecided = not value.names or match is NameMatch.CONTAINED
    return None if is_undecided else match >= NameMatch.FOLDED


def _same_number(value: EntityValue, text: str) -> Verdict:
    """Compare a number with the first one in a text, as in « 15e législature »."""
    match = re.search(r"\d{1,9}", text)
    return int(match[0]) == int(value.key) if match and value.key.isdecimal() else None


def _same_day(value: EntityValue, text: str) -> Verdict:
    """Compare days; two days of the same year decide nothing, as sources differ by that much."""
    known, stated = _read_day(value.key), _read_day(text)
    if not known or not stated:
        return None
    if known[0] != stated[0]:
        return False
    return None in (known[1], stated[1]) or known[1] == stated[1] or None


def _in_period(value: EntityValue, text: str) -> Verdict:
    """Say whether a day or a year is in a period; a year that is in it in part decides nothing."""
    stated = _read_day(text)
    if not stated:
        return None
    year, day = stated
    first, _, last = value.key.partition("/")
    since, until = (day.isoformat(),) * 2 if day else (f"{year}-01-01", f"{year}-12-31")
    last = last or "9999"
    if until < first or last < since:
        return False
    return (first <= since and until <= last) or None


def _read_day(text: str) -> tuple[int, date | None] | None:
    """Return (year, day) of a text that is a day, (year, None) of a year, None of anything else."""
    text = _TIME.sub("", text.strip())
    if _YEAR.fullmatch(text):
        return int(text), None
    try:
        day = read_date(text)
    except ValueError:
        return None
    return day.year, day


COMPARERS: dict[ValueKind, Callable[[EntityValue, str], Verdict]] = {
    "identifiant": lambda value, text: value.key.casefold() == text.strip().casefold(),
    "texte": lambda v, text: label_key(text) in map(label_key, (v.key, *v.names)),
    "entite": _same_entity,
    "entier": _same_number,
    "civilite": lambda value, text: in_common([civilite(value.key)], [civilite(text)]),
    "jour": _same_day,
    "periode": _in_period,
}


@dataclass(frozen=True, slots=True)
class ScoredEntity:
    """An entity compared with a query."""

    entity: Entity
    name_match: NameMatch  # how well one of its names agrees with the text
    similarity: float  # of the letters of the nearest name and the text, 0 to 1
    verdicts: dict[str, bool]  # property → whether it agrees, where that can be decided
    is_identified: bool  # the query has its identifier
    has_all_words: bool = False  # one of its labels has all words of the text
    rival_count: int = 0  # other entities that the query may mean, published or not
    is_certain: bool = False  # the query can mean no other entity
    is_outlived: bool = False  # it has ended, while a rival has not

    @property
    def name_agrees(self) -> bool:
        return self.name_match >= NameMatch.CONTAINED

    def has_rival(self, rival: "ScoredEntity") -> bool:
        """Say whether the query may mean `rival` as well, by its name.

        A longer name may be the full name of a person. A longer label names another thing, unless
        one of the two came after the other: ministries and groups change their labels.
        """
        if self.is_identified:
            return rival.is_identified
        is_whole = self.name_match >= NameMatch.FOLDED and self.entity.kind.noms != "personne"
        if not is_whole:
            return rival.name_match >= NameMatch.CONTAINED
        return rival.name_match >= NameMatch.FOLDED or (
            rival.has_all_words and self.may_stand_for(rival)
        )

    def may_stand_for(self, rival: "ScoredEntity") -> bool:
        """Say whether `rival`, whose label is longer, has the same subject at another time; or at
        the same time, if this entity is under a minister: « Santé » under « Travail et santé ».
        """
        entity, longer = self.entity, rival.entity
        if entity.type != longer.type or not (entity.since and longer.since):
            return False
        is_under = any("aupres" in fold(name).split() for name in entity.names)
        return is_under or entity.precedes(longer) or longer.precedes(entity)

    @property
    def is_ruled_out(self) -> bool:
        """Whether a property that tells namesakes apart (`departage`) differs."""
        return any(self.verdicts.get(name) is False for name in self.entity.kind.departage)

    @property
    def is_contradicted(self) -> bool:
        return False in self.verdicts.values()

    @property
    def is_confirmed(self) -> bool:
        """Whether a property agrees; one of `confirme`, if the name agrees only in part."""
        agreeing = {name for name, agrees in self.verdicts.items() if agrees}
        if self.name_match >= NameMatch.FOLDED:
            return bool(agreeing)
        return not agreeing.isdisjoint(self.entity.kind.confirme)

    @property
    def score(self) -> float:
        """The score, 0 to 100, of the name and all properties that can be compared. An entity that
        lasts is a little nearer to 100 than one that has ended. A name of an entity that has ended
        counts at most as agreeing in part, if the text may also mean one that lasts.
        """
        if self.is_identified and not self.is_contradicted:
            return 100.0
        likely, agreed = SIMILARITY_WORTH * self.similarity, sum(self.verdicts.values())
        match = min(self.name_match, NameMatch.CONTAINED) if self.is_outlived else self.name_match
        score = weighted_score(match, likely, agreed, len(self.verdicts))
        if self.entity.lasts and not self.is_contradicted:
            score += LASTING_WORTH * (100 - score)
        return round(score, 1)

    @property
    def features(self) -> dict[str, bool | float]:
        """Name of a feature → its value; the name of a property is its id."""
        return {
            "identifiant": self.is_identified,
            "accord_nom": int(self.name_match),
            "ressemblance_nom": round(self.similarity, 3),
            "rivaux": self.rival_count,
            **self.verdicts,
        }


def rank_candidates(
    query: ReconciliationQuery, entities: Iterable[Entity], identified: str = ""
) -> list[ScoredEntity]:
    """Return the candidates among `entities`, the best first, at most `query.limit`.

    `identified` is the id of the entity whose identifier is the text, "" if there is none.
    """
    compared = [compare_entity(query, entity, identified) for entity in entities]
    agreeing = [c for c in compared if c.name_agrees or c.is_identified]
    likely = (c for c in compared if c.entity.is_published and is_plausible(c, query))
    judged = [judge(c, agreeing) for c in likely]
    judged.sort(key=lambda c: c.entity.id)
    judged.sort(key=lambda c: c.entity.since, reverse=True)  # the latest first among equals
    judged.sort(key=lambda c: (not c.is_certain, -c.score, -c.name_match, -c.similarity))
    return judged[: query.limit]


def compare_entity(query: ReconciliationQuery, entity: Entity, identified: str) -> ScoredEntity:
    """Return an entity compared with a query, without its rivals.

    An identifier among the properties identifies the entity only if the query has no text; beside a
    text it is one property among others.
    """
    verdicts = {}
    for name, values in query.expected.items():
        if name in entity.kind.proprietes:
            kind = entity_properties()[name].genre
            if (agrees := verdict(kind, entity.known_values(name), values)) is not None:
                verdicts[name] = agrees
    if not query.text:
        return ScoredEntity(entity, NameMatch.NONE, 0.0, verdicts, has_identifier(verdicts))
    match, similarity = _match_entity(entity, query.name), 1.0
    if match < NameMatch.FOLDED:
        similarity = max((likeness(name, query.name) for name in entity.names), default=0.0)
    is_label = entity.kind.noms == "libelle"
    has_all = is_label and has_all_words(entity.names, query.name)
    return ScoredEntity(entity, match, similarity, verdicts, entity.id == identified, has_all)


def has_identifier(verdicts: dict[str, bool]) -> bool:
    """Say whether one of the properties that agree is an identifier."""
    return any(
        agrees and entity_properties()[name].genre == "identifiant"
        for name, agrees in verdicts.items()
    )


def is_plausible(c: ScoredEntity, query: ReconciliationQuery) -> bool:
    """Say whether the entity is worth showing: its name agrees a little, or an identifier does."""
    if c.is_identified or not query.text or c.name_match > NameMatch.NONE:
        return True
    words = set(fold(query.name).split())  # all of them in a name: a surname alone
    return (
        c.similarity >= LEAST_SIMILARITY
        or has_identifier(c.verdicts)
        or any(words <= set(fold(name).split()) for name in c.entity.names)
    )


def judge(c: ScoredEntity, agreeing: list[ScoredEntity]) -> ScoredEntity:
    """Return the candidate with the number of its rivals, and whether it is certain and outlived;
    its rivals are among the `agreeing`.
    """
    rivals = [rival for rival in agreeing if rival.entity.id != c.entity.id and c.has_rival(rival)]
    is_unique = c.name_match >= NameMatch.FOLDED and not rivals
    is_certain = (
        not c.is_contradicted
        and all(rival.is_ruled_out for rival in rivals)
        and (c.is_identified or (c.name_agrees and (is_unique or c.is_confirmed)))
    )
    is_outlived = not c.entity.lasts and any(
        rival.entity.lasts and not rival.is_ruled_out for rival in rivals
    )
    return replace(c, rival_count=len(rivals), is_certain=is_certain, is_outlived=is_outlived)
