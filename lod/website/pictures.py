"""What a page may show above the rows of a query: pictures, which the core asks for and does not
draw. `pictures` of `lod/extensions/__init__.py` is handed down to whoever writes such a page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from lod.website.query_tables import QueryTable

Picture = Callable[[Callable[[str], str]], Markup]  # the function `url` of a page → HTML
Term = dict[str, str] | None  # as `lod/server/engine/preview.py` writes it, None if unbound


@dataclass(frozen=True, slots=True)
class ResultRows:
    """The rows that a query of a client gives, at least one, as their page shows them."""

    names: list[str]  # of the columns
    rows: list[list[Term]]
    is_whole: bool  # they are all rows
    title: str
    base: str
    address: str  # of the page, to which parameters may be added; "" if it is too long for that
    parameters: Mapping[str, str]  # how the rows are looked at, as the request asks


# rows → what is drawn of them, in the language in which pages are written now
Pictures = Callable[[QueryTable | ResultRows], list[Picture]]
