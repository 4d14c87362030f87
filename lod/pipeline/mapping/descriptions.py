"""What the questions say of deputies, groups, ministries, headings: many sayings, one description.

The first label of a resource is kept as its name; every other spelling becomes an `altLabel`, so
that nothing is lost and nothing has two names. Small: thousands of resources, not millions.
"""

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from lod.rdf.vocab import LABELS, SKOS_ALT_LABEL, SKOS_PREF_LABEL


class Descriptions:
    """A growing description of the resources that questions refer to."""

    def __init__(self) -> None:
        self._about: dict[str, dict[Triple, None]] = {}
        self._names: dict[tuple[str, str], str] = {}

    def add(self, triples: Iterable[Triple]) -> None:
        """Take in what one question says."""
        for triple in triples:
            s, p, o = triple.subject, triple.predicate, triple.object
            assert isinstance(s, NamedNode), "no blank node is ever made"
            if p in LABELS and isinstance(o, Literal):
                first = self._names.setdefault((s.value, p.value), o.value)
                if first != o.value:
                    if p != SKOS_PREF_LABEL:
                        continue  # a person unresolved keeps the first spelling of the name
                    triple = Triple(s, SKOS_ALT_LABEL, o)
            self._about.setdefault(s.value, {})[triple] = None

    def triples(self) -> Iterator[Triple]:
        """Yield everything, resource by resource in the order of their IRIs."""
        for subject in sorted(self._about):
            yield from self.about(subject)

    def about(self, subject: str) -> Iterator[Triple]:
        """Yield what is known of one resource; an `altLabel` equal to the name says nothing."""
        name = self._names.get((subject, SKOS_PREF_LABEL.value))
        for triple in self._about.get(subject, {}):
            is_name = isinstance(triple.object, Literal) and triple.object.value == name
            if not (triple.predicate == SKOS_ALT_LABEL and is_name):
                yield triple

    def subjects(self) -> list[str]:
        """Return the IRIs described, sorted."""
        return sorted(self._about)
