"""The entities of a release, found by id, by identifier, by word, or by how a word begins."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from lod.model.text import fold
from lod.publish.search.words import STOP_WORDS
from lod.server.reconciliation.batch import ReconciliationQuery
from lod.server.reconciliation.compare import verdict
from lod.server.reconciliation.entities import Entity
from lod.server.reconciliation.types import entity_properties

MOST_WORDS = 16  # words that are looked up: no name has more that tell it from another
MOST_NEAR_WORDS = 8  # words that stand for one that nobody bears
LEAST_LIKENESS = 0.7  # of the letters that such a word has in common with the one asked
LAST = "\U0010ffff"  # comes after every letter


class EntityIndex:
    """The entities of a release, and the namesakes that are known besides; never written again."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self.entities = {entity.id: entity for entity in entities}
        self._ids: dict[str, str] = {}
        self._ids_by_word: dict[str, list[str]] = {}
        for entity in self.entities.values():
            for value in self._identifiers(entity):
                self._ids.setdefault(value.casefold(), entity.id)
            for word in dict.fromkeys(
                word for label in entity.names for word in fold(label).split()
            ):
                self._ids_by_word.setdefault(word, []).append(entity.id)
        self._words = sorted(self._ids_by_word)

    def _identifiers(self, entity: Entity) -> Iterator[str]:
        if entity.is_published:
            yield entity.id
            for name in entity.kind.proprietes:
                if entity_properties()[name].genre == "identifiant":
                    yield from (value.key for value in entity.values.get(name, ()))

    def name_of(self, name: str, otherwise: tuple[str, ...]) -> str:
        """Return what an entity is called, by its id, or by others where it is not known."""
        known = self.entities.get(name)
        return known.name if known else next(iter(otherwise), name)

    def by_identifier(self, text: str, kinds: Sequence[str] = ()) -> Entity | None:
        """Return the entity of which a text is the id or an identifier.

        The end of an id is enough where one type is asked, and it has a digit: without one it is
        made from a name, which others may have.
        """
        asked = text.casefold()
        name = self._ids.get(asked)
        if not name and len(kinds) == 1 and any(map(str.isdigit, asked)):
            name = self._ids.get(f"{kinds[0]}/{asked}")
        return self.entities[name] if name else None

    def possible_entities(self, query: ReconciliationQuery) -> list[Entity]:
        """Return the entities that may be what is asked: by identifier, by a word, or by what is
        known of them where nothing else is said.
        """
        if not query.text:
            found: Iterable[Entity] = self._with_all_values(query)
        else:
            own = self.by_identifier(query.text, query.types)
            names = dict.fromkeys(
                [
                    *([own.id] if own else []),
                    *self._ids_of_identifiers(query),
                    *self._ids_of_words(query.name),
                ]
            )
            found = map(self.entities.__getitem__, names)
        return [entity for entity in found if query.admits(entity.type)]

    def _with_all_values(self, query: ReconciliationQuery) -> Iterator[Entity]:
        """Yield the entities of which all that is said is true."""
        asked = query.expected
        for entity in self.entities.values():
            if all(
                verdict(entity_properties()[name].genre, entity.known_values(name), said)
                for name, said in asked.items()
            ):
                yield entity

    def _ids_of_identifiers(self, query: ReconciliationQuery) -> Iterator[str]:
        """Yield who has one of the identifiers that are said beside the name."""
        for name, said in query.expected.items():
            if entity_properties()[name].genre == "identifiant":
                yield from (self._ids[x] for x in map(str.casefold, said) if x in self._ids)

    def _ids_of_words(self, text: str) -> list[str]:
        words = list(dict.fromkeys(fold(text).split()))
        telling = [word for word in words if word not in STOP_WORDS] or words
        return [name for word in telling[:MOST_WORDS] for name in self._ids_of_word(word)]

    def _ids_of_word(self, word: str) -> Iterator[str]:
        """Yield who bears a word; if nobody does, who bears one that is spelled much alike."""
        if word in self._ids_by_word:
            yield from self._ids_by_word[word]
            return
        scorer = Levenshtein.normalized_similarity
        near = process.extract(
            word, self._words, scorer=scorer, score_cutoff=LEAST_LIKENESS, limit=MOST_NEAR_WORDS
        )
        for other, _, _ in near:
            yield from self._ids_by_word[other]

    def beginning_with(self, prefix: str) -> list[Entity]:
        """Return what is published and has, for each word, one that begins so; the best first: who
        has the identifier, then whose name begins so, then the others by name.
        """
        own, words = self.by_identifier(prefix), fold(prefix).split()
        found = set.intersection(*map(self._ids_with_prefix, words)) if words else set()
        names = found | ({own.id} if own else set())
        entities = [self.entities[name] for name in names if self.entities[name].is_published]
        begins = fold(prefix)

        def rank(entity: Entity) -> tuple[bool, bool, str, str]:
            folded = fold(entity.name)
            return (entity is not own, not folded.startswith(begins), folded, entity.id)

        return sorted(entities, key=rank)

    def _ids_with_prefix(self, word: str) -> set[str]:
        """Return who bears a word that begins so."""
        first, last = bisect_left(self._words, word), bisect_left(self._words, word + LAST)
        return {name for known in self._words[first:last] for name in self._ids_by_word[known]}
