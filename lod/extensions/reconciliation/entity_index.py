"""An index of entities by id, by identifier, by the words of their names, and by prefixes."""

from collections.abc import Iterable, Iterator, Sequence

from lod.extensions.reconciliation.batch import ReconciliationQuery
from lod.extensions.reconciliation.entities import Entity, entity_properties
from lod.extensions.reconciliation.scoring import verdict
from lod.model.text import fold
from lod.publish.search.words import STOP_WORDS, NameIndex

MOST_WORDS = 16  # words of a text that are looked up: no name has more that distinguish it
MOST_NEAR_WORDS = 8  # similar words looked up in place of one that is in no name


class EntityIndex:
    """The entities of a release and their unpublished namesakes; immutable."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self.entities = {entity.id: entity for entity in entities}
        self._ids: dict[str, str] = {}  # casefolded id or identifier → id
        for entity in self.entities.values():
            for value in self._identifiers(entity):
                self._ids.setdefault(value.casefold(), entity.id)
        self._names = NameIndex((entity.id, entity.names) for entity in self.entities.values())

    def _identifiers(self, entity: Entity) -> Iterator[str]:
        """Yield the id and the identifiers of a published entity."""
        if entity.is_published:
            yield entity.id
            for name in entity.kind.proprietes:
                if entity_properties()[name].genre == "identifiant":
                    yield from (value.key for value in entity.values.get(name, ()))

    def name_of(self, name: str, labels: tuple[str, ...]) -> str:
        """Return the name of the entity with this id; if there is none, the first of `labels`, or
        the id itself.
        """
        entity = self.entities.get(name)
        return entity.name if entity else next(iter(labels), name)

    def by_identifier(self, text: str, kinds: Sequence[str] = ()) -> Entity | None:
        """Return the entity that has this text as its id or an identifier, None if there is none.

        If `kinds` is a single type, the text may be an id without its type, but only with a digit:
        an id without digits is made from a name, which other entities may have.
        """
        key = text.casefold()
        name = self._ids.get(key)
        if not name and len(kinds) == 1 and any(map(str.isdigit, key)):
            name = self._ids.get(f"{kinds[0]}/{key}")
        return self.entities[name] if name else None

    def possible_entities(self, query: ReconciliationQuery) -> list[Entity]:
        """Return the entities that have an identifier or a word of the query; for a query without
        text, those that have all its values.
        """
        if not query.text:
            entities: Iterable[Entity] = self._with_all_values(query)
        else:
            identified = self.by_identifier(query.text, query.types)
            ids = [identified.id] if identified else []
            ids += [*self._ids_of_identifiers(query), *self._ids_of_words(query.name)]
            entities = map(self.entities.__getitem__, dict.fromkeys(ids))
        return [entity for entity in entities if query.admits(entity.type)]

    def _with_all_values(self, query: ReconciliationQuery) -> Iterator[Entity]:
        """Yield the entities that have an expected value of every property of the query."""
        expected = query.expected
        for entity in self.entities.values():
            if all(
                verdict(entity_properties()[name].genre, entity.known_values(name), values)
                for name, values in expected.items()
            ):
                yield entity

    def _ids_of_identifiers(self, query: ReconciliationQuery) -> Iterator[str]:
        """Yield the ids of the entities with an identifier among the properties of the query."""
        for name, values in query.expected.items():
            if entity_properties()[name].genre == "identifiant":
                keys = map(str.casefold, values)
                yield from (self._ids[key] for key in keys if key in self._ids)

    def _ids_of_words(self, text: str) -> list[str]:
        """Return the ids of the entities with a word of the text in a name, stop words excepted."""
        words = list(dict.fromkeys(fold(text).split()))
        telling = [word for word in words if word not in STOP_WORDS] or words
        return [name for word in telling[:MOST_WORDS] for name in self._ids_of_word(word)]

    def _ids_of_word(self, word: str) -> Iterator[str]:
        """Yield the ids of the entities with this word in a name; if none, with a similar word."""
        if word in self._names:
            yield from self._names.with_word(word)
            return
        for similar, _ in self._names.similar(word, MOST_NEAR_WORDS):
            yield from self._names.with_word(similar)

    def beginning_with(self, prefix: str) -> list[Entity]:
        """Return the published entities with a word that begins with each word of `prefix`.

        The entity whose identifier is `prefix` comes first, then names that begin with `prefix`,
        then other names, both in alphabetical order.
        """
        identified, words = self.by_identifier(prefix), fold(prefix).split()
        ids = set.intersection(*map(self._names.with_prefix, words)) if words else set()
        ids = ids | ({identified.id} if identified else set())
        entities = [self.entities[name] for name in ids if self.entities[name].is_published]
        beginning = fold(prefix)

        def rank(entity: Entity) -> tuple[bool, bool, str, str]:
            folded = fold(entity.name)
            return (entity is not identified, not folded.startswith(beginning), folded, entity.id)

        return sorted(entities, key=rank)
