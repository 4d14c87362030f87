"""Find the questions that a text may name: by their number, or by words, in the search index."""

from lod.publish.search.parameters import MOST_WORDS, SearchRequest
from lod.publish.search.search_index import SearchIndex
from lod.publish.search.things import number_in

MOST_BY_WORDS = 10  # questions found by words


def possible_uids(text: str, search_index: SearchIndex | None) -> list[str]:
    """Return the identifiers of the questions that a text may name; raise TooLongError.

    Those made from a number may not exist; those found by words are the best for its first words.
    """
    if number := number_in(text):
        return list(number.uids())
    if search_index is None:
        return []
    asked = SearchRequest(q=text.replace('"', " ").replace("*", " "))
    while asked.words.size > MOST_WORDS:
        asked = SearchRequest(q=asked.q.rpartition(" ")[0])
    return search_index.uids(search_index.find(asked)[:MOST_BY_WORDS])
