"""Mistakes in valid queries: terms that do not exist, named graphs that exist no longer.

Such a query has no rows, or too few; so its answer points them out, in a header and on its page.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from urllib.parse import urljoin

from lod.publish.search.words import similar_words
from lod.publish.void import named_graphs, store_parts
from lod.rdf.jsonld import compact
from lod.rdf.ontology import defined
from lod.rdf.sparql import Named, named
from lod.rdf.vocab import NAMESPACE, PREFIXES
from lod.server.limits import ADVICE_CHARACTERS

HEADER = "X-SPARQL-Notice"
MOST = 5  # notices of a kind
LEAST = 0.6  # similarity of a word of a query to a term that is proposed instead
LONGEST = 60  # characters of a name of a query that a notice repeats


@dataclass(frozen=True, slots=True)
class Notice:
    """One mistake, in a sentence of each language."""

    fr: str
    en: str  # in ASCII, for a header


def notices(text: str, base: str, graphs: Iterable[str] = ()) -> list[Notice]:
    """Return the mistakes in a query, none if it is too long to look at; `base` is that of its
    relative IRIs, `graphs` are those that its request states.
    """
    return _notices(text, base, tuple(graphs)) if len(text) <= ADVICE_CHARACTERS else []


@lru_cache(maxsize=256)  # the page of a result asks twice
def _notices(text: str, base: str, graphs: tuple[str, ...]) -> list[Notice]:
    found = named(text)
    places = (iri for before, iri in found.iris if before in ("graph", "from", "named"))
    unknown = islice(dict.fromkeys(_unknown_terms(found)), MOST)
    merged = islice(dict.fromkeys(_merged_graphs((*places, *graphs), base)), MOST)
    return [*map(_no_term, unknown), *merged]


def header(mistakes: Iterable[Notice]) -> dict[str, str]:
    """Return the header with the notices, no header if there are none."""
    value = " | ".join(notice.en for notice in mistakes)
    return {HEADER: value} if value else {}


def _unknown_terms(found: Named) -> Iterator[str]:
    """Yield, as prefixed names, terms of our namespace that the ontology does not define."""
    prefixes = PREFIXES | found.declared
    iris = (prefixes.get(name.prefix, "") + name.local for name in found.names)
    for iri in (*iris, *(iri for _, iri in found.iris)):
        name = f"qp:{iri.removeprefix(NAMESPACE)}"
        if iri.startswith(NAMESPACE) and iri != NAMESPACE and name not in own_terms():
            yield name


@cache
def own_terms() -> frozenset[str]:
    """Return the prefixed names of the terms that the ontology defines."""
    return frozenset(compact(term.value) for term in defined())


def nearest(word: str, words: Collection[str]) -> str:
    """Return the word of `words` that is most similar; "" if none is similar enough."""
    similar = similar_words(word, sorted(words), LEAST, 1)
    return similar[0][0] if similar else ""


def _no_term(name: str) -> Notice:
    terms = [term.partition(":")[2] for term in own_terms()]
    meant = nearest(name.partition(":")[2], terms)  # a shared prefix would make all similar
    name = name[:LONGEST]
    return Notice(
        f"{name} n’est pas un terme" + (f" ; vouliez-vous dire qp:{meant} ?" if meant else ""),
        f"{name.encode('ascii', 'replace').decode()} is no term"
        + (f"; did you mean qp:{meant}?" if meant else ""),
    )


def _merged_graphs(places: Iterable[str], base: str) -> Iterator[Notice]:
    """Yield a notice for each place that names a former graph, now part of the default graph.

    `places` are IRIs, absolute or relative; they may be invalid.
    """
    if not (stated := list(places)):
        return
    parts = [(nom, part.path) for nom, part in store_parts().items()]
    merged = {place: nom for nom, path in parts for place in (path, urljoin(base, path))}
    for place in stated:
        if (nom := merged.get(place)) and nom not in named_graphs():
            yield Notice(
                f"#{nom} n’est pas un graphe nommé : ce qu’il tenait est dans le graphe par défaut",
                f"#{nom} is no named graph: what it held is in the default graph",
            )
