"""Mistakes in valid queries: terms that do not exist, named graphs that exist no longer.

Such a query has no rows, or too few; so its answer points them out, in a header and on its page.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from urllib.parse import urljoin

from lod.publish.search.words import similar_words
from lod.publish.void import named_graphs, store_parts
from lod.rdf.jsonld import compact
from lod.rdf.ontology import defined
from lod.rdf.vocab import NAMESPACE, PREFIXES
from lod.server.limits import ADVICE_CHARACTERS

HEADER = "X-SPARQL-Notice"
MOST = 5  # notices of a kind
LEAST = 0.6  # similarity of a word of a query to a term that is proposed instead
LONGEST = 60  # characters of a name of a query that a notice repeats
# an IRI, a group of its own, and what names nothing: comments, strings, variables
_SILENT = re.compile(
    r"""(<[^<>\s]*>)|\#[^\n]*|\"{3}.*?\"{3}|'{3}.*?'{3}"""
    r"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[?$]\w+""",
    re.DOTALL,
)
# for text with single spaces
_PREFIX = re.compile(r"\bprefix ([\w.-]*) ?: ?<([^<>\s]*)>", re.IGNORECASE)
_NAME = re.compile(r"(?<![\w:.<-])([A-Za-z][\w.-]*)?:(\w[\w-]*)")
_IRI = re.compile(r"<([^<>\s\"{}|^`\\]+)>")
_GRAPH = re.compile(r"\b(?:graph|from(?: named)?) ?<([^<>\s]*)>", re.IGNORECASE)


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
    words = " ".join(_SILENT.sub(r" \1 ", text).split())
    unknown = islice(dict.fromkeys(_unknown_terms(words)), MOST)
    merged = islice(dict.fromkeys(_merged_graphs((*_GRAPH.findall(words), *graphs), base)), MOST)
    return [*map(_no_term, unknown), *merged]


def header(mistakes: Iterable[Notice]) -> dict[str, str]:
    """Return the header with the notices, no header if there are none."""
    value = " | ".join(notice.en for notice in mistakes)
    return {HEADER: value} if value else {}


def _unknown_terms(words: str) -> Iterator[str]:
    """Yield, as prefixed names, terms of our namespace that the ontology does not define."""
    prefixes, names = PREFIXES | dict(_PREFIX.findall(words)), _PREFIX.sub(" ", words)
    iris = [prefixes.get(p, "") + local for p, local in _NAME.findall(_IRI.sub(" ", names))]
    for iri in (*iris, *_IRI.findall(names)):
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
