"""Score and rank the candidates for a query, and decide which one is certain.

A name alone never decides between two persons. A candidate is certain if nobody else has its name,
or if the other properties of the query fit it and none of its namesakes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lod.extensions.reconciliation.batch import ReconciliationQuery
from lod.extensions.reconciliation.compare import MATCHERS, similarity, verdict
from lod.extensions.reconciliation.entities import Entity, entity_properties
from lod.model.names import MATCH_SCORES, NameMatch, weighted_score
from lod.model.text import fold

SIMILARITY_WORTH = 0.75  # score of a name that agrees in letters only, if all letters agree
LEAST_SIMILARITY = 0.6  # similarity of letters below which two names are unrelated


@dataclass(frozen=True, slots=True)
class ScoredEntity:
    """An entity compared with a query."""

    entity: Entity
    name_match: NameMatch  # how well one of its names agrees with the text
    similarity: float  # of the letters of the nearest name and the text, 0 to 1
    verdicts: dict[str, bool]  # property → whether it agrees, where that can be decided
    is_identified: bool  # the query has its identifier
    rival_count: int = 0  # other entities that the query may mean, published or not
    is_certain: bool = False  # the query can mean no other entity

    @property
    def name_agrees(self) -> bool:
        """Whether a name agrees with the text, wholly or in part."""
        return self.name_match >= NameMatch.CONTAINED

    def has_rival(self, other: "ScoredEntity") -> bool:
        """Say whether the query may mean the other entity as well, by its name.

        A longer name may be the full name of a person, but a longer label is that of another thing.
        """
        if self.is_identified:
            return other.is_identified
        is_whole = self.name_match >= NameMatch.FOLDED and self.entity.kind.noms != "personne"
        return other.name_match >= (NameMatch.FOLDED if is_whole else NameMatch.CONTAINED)

    @property
    def is_ruled_out(self) -> bool:
        """Whether a property that tells namesakes apart (`departage`) differs."""
        return any(self.verdicts.get(name) is False for name in self.entity.kind.departage)

    @property
    def is_contradicted(self) -> bool:
        """Whether any property differs."""
        return False in self.verdicts.values()

    @property
    def is_confirmed(self) -> bool:
        """Whether a property agrees; if the name agrees only in part, one of `confirme`."""
        agreeing = {name for name, agrees in self.verdicts.items() if agrees}
        if self.name_match >= NameMatch.FOLDED:
            return bool(agreeing)
        return not agreeing.isdisjoint(self.entity.kind.confirme)

    @property
    def score(self) -> float:
        """The score, 0 to 100, of the name and all properties that can be compared."""
        if self.is_identified and not self.is_contradicted:
            return 100.0
        name_score = MATCH_SCORES.get(self.name_match, SIMILARITY_WORTH * self.similarity)
        return round(weighted_score(name_score, sum(self.verdicts.values()), len(self.verdicts)), 1)

    @property
    def features(self) -> dict[str, bool | float]:
        """The features: name → value, those of properties by their ids."""
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
    """Return the candidates among some entities, the best first, at most `query.limit`.

    `identified` is the id of the entity whose identifier the text is, "" if there is none.
    """
    compared = [compare_entity(query, entity, identified) for entity in entities]
    agreeing = [c for c in compared if c.name_agrees or c.is_identified]
    likely = (c for c in compared if c.entity.is_published and is_plausible(c, query))
    judged = [judge(c, agreeing) for c in likely]
    judged.sort(key=lambda c: (not c.is_certain, -c.score, -c.similarity, c.entity.id))
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
            if (found := verdict(kind, entity.known_values(name), values)) is not None:
                verdicts[name] = found
    if not query.text:
        return ScoredEntity(entity, NameMatch.NONE, 0.0, verdicts, has_identifier(verdicts))
    name_match = MATCHERS[entity.kind.noms](entity, query.name)
    alike = 1.0 if name_match >= NameMatch.FOLDED else similarity(entity.names, query.name)
    return ScoredEntity(entity, name_match, alike, verdicts, entity.id == identified)


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
    """Return the candidate with the number of its rivals, and whether it is certain."""
    rivals = [other for other in agreeing if other.entity.id != c.entity.id and c.has_rival(other)]
    return replace(c, rival_count=len(rivals), is_certain=is_certain(c, rivals))


def is_certain(c: ScoredEntity, rivals: list[ScoredEntity]) -> bool:
    """Say whether the query can mean no other entity."""
    if c.is_contradicted or not all(other.is_ruled_out for other in rivals):
        return False
    if c.is_identified:
        return True
    is_unique = c.name_match >= NameMatch.FOLDED and not rivals
    return c.name_agrees and (is_unique or c.is_confirmed)
