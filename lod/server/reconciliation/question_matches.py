"""Which questions a text may mean: by number, or by the words of a title, through the index."""

from pyoxigraph import NamedNode

from lod.publish.search.search_index import SearchIndex
from lod.publish.search.search_request import MOST_WORDS, SearchRequest
from lod.server.reconciliation.numbers import number_in
from lod.server.reconciliation.types import QUESTION, entity_types

PLACEHOLDER = "VALUES ?entite { }"  # where the query takes the questions chosen
MOST_BY_WORDS = 10  # of the questions found by words


def questions_query(uids: list[str], base: str) -> str:
    """Return the query for some questions; each is written as a term."""
    terms = " ".join(str(NamedNode(f"{base}{QUESTION}/{uid}")) for uid in uids)
    return entity_types()[QUESTION].query.replace(PLACEHOLDER, f"VALUES ?entite {{ {terms} }}")


def possible_uids(text: str, search_index: SearchIndex | None) -> list[str]:
    """Return the identifiers of the questions that a text may mean, whether they exist or not;
    raise TooLongError.
    """
    if found := number_in(text):
        return list(found.uids())
    return search_index.uids(_found_by_words(text, search_index)) if search_index else []


def _found_by_words(text: str, search_index: SearchIndex) -> list[int]:
    """Return the best of the questions that have the first words of a text."""
    plain = text.replace('"', " ").replace("*", " ")
    asked = SearchRequest(q=plain)
    while sum(len(term.words) for term in asked.terms) > MOST_WORDS:
        asked = SearchRequest(q=asked.q.rpartition(" ")[0])
    return search_index.find(asked)[:MOST_BY_WORDS]
