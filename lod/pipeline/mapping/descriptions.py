"""One description of each deputy, group, ministry, heading …, joined from what questions state.

The first label of a resource stays its name; any other spelling becomes a `skos:altLabel`. Each has
one French `rdfs:label`, which is that name; a list has its top concepts. All is kept in memory:
there are thousands of resources, not millions.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from pyoxigraph import Literal, NamedNode, Triple

from lod.model.text import with_plain_spaces
from lod.rdf.ontology import top_concepts
from lod.rdf.vocab import FOAF, LABELS, QP, RDFS, SKOS, fr

NAMES = (*LABELS, FOAF.givenName, FOAF.familyName)  # the first of each stays


class Descriptions:
    """The triples about the resources that questions refer to; `add` may be called any time."""

    def __init__(self) -> None:
        self._about: dict[str, dict[Triple, None]] = {}  # IRI → its triples, each once, in order
        self._names: dict[tuple[str, str], str] = {}  # (IRI, label property) → the first label
        self._legislatures: dict[str, object] = {}  # IRI → the first legislature

    def add(self, triples: Iterable[Triple]) -> None:
        """Add triples; a second label of a resource, but for one in English, becomes an
        alternative one.

        A group is of one legislature: records that name it in another one change nothing.
        """
        for triple in triples:
            s, p, o = triple.subject, triple.predicate, triple.object
            assert isinstance(s, NamedNode), "no blank node is ever made"
            if p in NAMES and isinstance(o, Literal) and o.language != "en":
                first = self._names.setdefault((s.value, p.value), o.value)
                if first != o.value:
                    if p != SKOS.prefLabel:
                        continue  # names of persons have no alternative: the first one stays
                    triple = Triple(s, SKOS.altLabel, o)
            elif p == QP.legislature and self._legislatures.setdefault(s.value, o) != o:
                continue
            self._about.setdefault(s.value, {})[triple] = None

    def triples(self) -> Iterator[Triple]:
        """Yield all triples by IRI, without alternative labels that equal the name."""
        tops: dict[str, list[Triple]] = {}
        for triple in top_concepts(chain.from_iterable(self._about.values())):
            tops.setdefault(triple.subject.value, []).append(triple)  # type: ignore[union-attr]
        for subject in sorted(self._about | tops):
            name = self.name_of(subject, SKOS.prefLabel)
            label = name or self.name_of(subject, FOAF.name) or self.name_of(subject, RDFS.label)
            for triple in self._about.get(subject, ()):
                _, predicate, o = triple
                if isinstance(o, Literal) and (
                    (predicate == RDFS.label and o.language != "en")
                    or (predicate == SKOS.altLabel and o.value == name)
                ):
                    continue
                yield triple
            if label:
                yield Triple(NamedNode(subject), RDFS.label, fr(with_plain_spaces(label)))
            yield from tops.get(subject, ())

    def name_of(self, iri: str, property_: NamedNode) -> str:
        """Return the first label of a resource by a property of LABELS, "" if it has none."""
        return self._names.get((iri, property_.value), "")

    def subjects(self) -> list[str]:
        return sorted(self._about)
