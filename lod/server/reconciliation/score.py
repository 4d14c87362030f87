"""The candidates for a query, each with its features and its score, and which one is certain.

A name alone never decides between two persons: certain is a name that nobody else bears, or one
that only one of its bearers can have, by another property that says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lod.model.text import fold
from lod.reference.names import MATCH_SCORES, NameMatch, weighted_score
from lod.server.reconciliation.batch import ReconciliationQuery
from lod.server.reconciliation.compare import match_name, similarity, verdict
from lod.server.reconciliation.entities import Entity
from lod.server.reconciliation.types import entity_properties

SIMILARITY_WORTH = 0.75  # the most that letters alone are worth
LEAST_SIMILARITY = (
    0.6  # of letters in common, below which two names have nothing to do with each other
)


@dataclass(frozen=True, slots=True)
class ScoredEntity:
    """An entity that may be meant: how its name agrees, and each property that is comparable.

    `rival_count` is how many others have a name that agrees, published or not.
    """

    entity: Entity
    name_match: NameMatch
    similarity: float
    verdicts: dict[str, bool]
    is_identified: bool
    rival_count: int = 0
    is_certain: bool = False

    @property
    def name_agrees(self) -> bool:
        """Whether the name is that of the entity, wholly or in part."""
        return self.name_match >= NameMatch.CONTAINED

    def has_rival(self, other: "ScoredEntity") -> bool:
        """Say whether another one may be meant as well, by name.

        A longer name may be a person's in full; a longer label is that of something else.
        """
        if self.is_identified:
            return other.is_identified
        is_whole = self.name_match >= NameMatch.FOLDED and self.entity.kind.noms != "personne"
        return other.name_match >= (NameMatch.FOLDED if is_whole else NameMatch.CONTAINED)

    @property
    def is_ruled_out(self) -> bool:
        """Whether a property says that it is not this one of the namesakes."""
        return any(self.verdicts.get(name) is False for name in self.entity.kind.departage)

    @property
    def is_contradicted(self) -> bool:
        """Whether a property differs, whatever that means."""
        return False in self.verdicts.values()

    @property
    def is_confirmed(self) -> bool:
        """Whether a property agrees; one that says much, where the name does in part only."""
        telling = {name for name, agrees in self.verdicts.items() if agrees}
        if self.name_match >= NameMatch.FOLDED:
            return bool(telling)
        return not telling.isdisjoint(self.entity.kind.confirme)

    @property
    def score(self) -> float:
        """From 0 to 100: the name, and each property that is comparable."""
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
    """Return the candidates among some entities, the best first, as many as the query wants.

    `identified` is the id of the entity that the text names by an identifier.
    """
    compared = [compare_entity(query, entity, identified) for entity in entities]
    agreeing = [c for c in compared if c.name_agrees or c.is_identified]
    likely = (c for c in compared if c.entity.is_published and is_plausible(c, query))
    judged = [judge(c, agreeing) for c in likely]
    judged.sort(key=lambda c: (not c.is_certain, -c.score, -c.similarity, c.entity.id))
    return judged[: query.limit]


def compare_entity(query: ReconciliationQuery, entity: Entity, identified: str) -> ScoredEntity:
    """Return an entity with all that can be compared; not yet judged.

    Where nothing is said but an identifier, that is enough; beside a name it is one property.
    """
    verdicts = {
        name: found
        for name, said in query.expected.items()
        if name in entity.kind.proprietes
        and (found := verdict(entity_properties()[name].genre, entity.known_values(name), said))
        is not None
    }
    if not query.text:
        return ScoredEntity(entity, NameMatch.NONE, 0.0, verdicts, has_identifier(verdicts))
    name_match = match_name(entity, query.name)
    alike = 1.0 if name_match >= NameMatch.FOLDED else similarity(entity.names, query.name)
    return ScoredEntity(entity, name_match, alike, verdicts, entity.id == identified)


def has_identifier(verdicts: dict[str, bool]) -> bool:
    """Say whether one of the properties that agree is an identifier."""
    return any(
        agrees and entity_properties()[name].genre == "identifiant"
        for name, agrees in verdicts.items()
    )


def is_plausible(c: ScoredEntity, query: ReconciliationQuery) -> bool:
    """Say whether the entity is worth showing: its name agrees somehow, or an identifier does."""
    if (
        c.is_identified
        or not query.text
        or c.name_match > NameMatch.NONE
        or c.similarity >= LEAST_SIMILARITY
    ):
        return True
    said = set(fold(query.name).split())  # a surname alone
    return has_identifier(c.verdicts) or any(
        said <= set(fold(name).split()) for name in c.entity.names
    )


def judge(c: ScoredEntity, agreeing: list[ScoredEntity]) -> ScoredEntity:
    """Return the candidate with its rivals, and whether it is certain."""
    rivals = [other for other in agreeing if other.entity.id != c.entity.id and c.has_rival(other)]
    return replace(c, rival_count=len(rivals), is_certain=is_certain(c, rivals))


def is_certain(c: ScoredEntity, rivals: list[ScoredEntity]) -> bool:
    """Say whether nobody else can be meant."""
    if c.is_contradicted or not all(other.is_ruled_out for other in rivals):
        return False
    if c.is_identified:
        return True
    is_unique = c.name_match >= NameMatch.FOLDED and not rivals
    return c.name_agrees and (is_unique or c.is_confirmed)
