"""The parameters of search and API, as `site/api/parametres.toml` has them; and a search request:
words, filters, order and page, read from verified parameters.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache
from typing import Any, Literal
from urllib.parse import urlencode

from lod.base import packaged
from lod.base.errors import LodError
from lod.base.words import Sentence
from lod.publish.search.search_terms import SearchWords, search_words
from lod.publish.search.words import suggestion
from lod.rdf.iris import code_of
from lod.rdf.ontology import concepts, types
from lod.rdf.vocab import QP

PER_PAGE = 20  # questions on a page, unless `taille` says otherwise
OF_PAGES = ("page", "format", "tri", "comme")  # parameters of a search that its feed does not have
Pairs = list[tuple[str, str]]  # (name, value) as a request has them
MOST_WORDS = 16  # words of one request, at most
ORDERS = ("date", "delai", "echeance")  # beside that by relevance


class SearchRequestError(LodError):
    """A parameter is unknown or impossible; `detail` says what is possible."""

    def __init__(self, form: str, *values: object) -> None:
        self.detail = Sentence(form, *values)
        super().__init__(self.detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter: a row of `parametres.toml`."""

    nom: str
    sens: str  # its meaning, in French
    exemple: str  # a value of it
    genre: Literal["texte", "entier", "jour"] = "texte"  # text, whole number, day in ISO form
    valeurs: tuple[str, ...] = ()  # all possible values; (): any value of its kind
    motif: str = ""  # regular expression of a whole text; "": any text
    maximum: int = 100  # the greatest number, or the characters of the longest text
    defaut: str = ""  # the value if it is not given
    facette: bool = False  # it filters by a facet of the index
    plusieurs: bool = False  # a question may have several values of the facet: it is no column
    colonne: str = ""  # the column of the questions that a facet filters; "": it has the same name
    pour: Literal["recherche", "api", ""] = ""  # where it is known; "": in both

    def verify(self, value: str) -> str:
        """Return a value that is possible, without the white space around it, "" for a blank one;
        raise SearchRequestError for any other.
        """
        stripped = value.strip()
        is_long = self.genre == "texte" and len(value) > self.maximum
        if is_long or (stripped and not self._admits(stripped)):
            detail = "{} : « {} » ne convient pas ; {}"
            raise SearchRequestError(detail, self.nom, stripped[:80], self.expected)
        return stripped

    @property
    def expected(self) -> Sentence:
        """What values are possible."""
        if self.valeurs:
            return Sentence("valeurs possibles : {}", ", ".join(self.valeurs))
        if self.genre == "entier":
            return Sentence("un entier de 1 à {}", self.maximum)
        if self.genre == "jour":
            return Sentence("un jour comme {}", self.exemple)
        return Sentence("au plus {} caractères, comme « {} »", self.maximum, self.exemple)

    def _admits(self, value: str) -> bool:
        if self.valeurs:
            return value in self.valeurs
        if self.genre == "entier":
            return bool(re.fullmatch("[1-9][0-9]{0,5}", value)) and int(value) <= self.maximum
        if self.genre == "jour":
            return _is_day(value)
        pattern = self.motif or "(?s:.*)"
        return len(value) <= self.maximum and bool(re.fullmatch(pattern, value, re.ASCII))


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


@cache
def parameters_for(purpose: Literal["recherche", "api"]) -> tuple[Parameter, ...]:
    """Return the parameters of the search, or of the API, in the order of the table."""
    table = tomllib.loads((packaged.API / "parametres.toml").read_text("utf-8"))["parametre"]
    known = (Parameter(**row | {"valeurs": _listed_values(row)}) for row in table)
    return tuple(parameter for parameter in known if parameter.pour in ("", purpose))


def _listed_values(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the possible values of a row: those listed, or the codes in the ontology."""
    stated = row.get("valeurs", ())
    if stated == "types":
        return tuple(sorted(types()))
    if stated == "statuts":
        return tuple(sorted(code_of(c.value, "") for c in concepts(QP.statuts).values()))
    return tuple(stated)


@cache
def facet_names() -> tuple[str, ...]:
    """Return the names of the parameters that filter by a facet, in the order of the table."""
    return tuple(p.nom for p in parameters_for("recherche") if p.facette)


@cache
def facet_columns() -> dict[str, str]:
    """Return name of a facet → the column of the questions that it filters, in the same order,
    without facets of which a question may have several values.
    """
    single = (p for p in parameters_for("recherche") if p.facette and not p.plusieurs)
    return {p.nom: p.colonne or p.nom for p in single}


@cache
def kinds() -> dict[str, dict[str, str]]:
    """Return kind → its row of `site/genres.csv`, of all that a search names beside questions, in
    the order in which they are shown.
    """
    return {row["genre"]: row for row in packaged.table_rows(packaged.THING_KINDS)}


@cache
def named_kinds() -> tuple[str, ...]:
    """Return the kinds that stand in the table `chose` of the index."""
    return tuple(kind for kind, row in kinds().items() if row["nommee"] == "oui")


def read_parameters(pairs: Pairs, known: tuple[Parameter, ...]) -> dict[str, str]:
    """Return name → verified value; raise SearchRequestError.

    Empty values are left out: a form sends them for blank fields.
    """
    by_name = {parameter.nom: parameter for parameter in known}
    values: dict[str, str] = {}
    for name, value in pairs:
        if name not in by_name:
            none = Sentence("il n’y en a pas ici")
            remedy = suggestion(name, list(by_name)) if known else none
            raise SearchRequestError("paramètre inconnu : « {} » ; {}", name[:80], remedy)
        if name in values:
            raise SearchRequestError("le paramètre {} est répété ; n’en donnez qu’un", name)
        if verified := by_name[name].verify(value):
            values[name] = verified
    return values


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """A search request; its fields are named as the parameters of an address."""

    q: str = ""  # words and « phrases » to find
    filters: tuple[tuple[str, str], ...] = ()  # (facet, code of its value), in the order of facets
    depuis: str = ""  # first day of publication in ISO form, or ""
    jusque: str = ""  # last day of publication in ISO form, or ""
    # "date" the newest first, "delai" the longest delay first, "echeance" those due first, else by
    # relevance
    tri: str = ""
    page: int = 1
    taille: int = PER_PAGE  # questions on a page

    @property
    def words(self) -> SearchWords:
        return search_words(self.q)

    @property
    def is_by_relevance(self) -> bool:
        """Whether the best come first; without words the newest do."""
        return bool(self.q) and self.tri not in ORDERS

    @property
    def day_bounds(self) -> tuple[int, int]:
        """The first and the last day of publication, as ordinals."""
        since = date.fromisoformat(self.depuis) if self.depuis else date.min
        until = date.fromisoformat(self.jusque) if self.jusque else date.max
        return since.toordinal(), until.toordinal()

    @property
    def page_slice(self) -> slice:
        return slice((self.page - 1) * self.taille, self.page * self.taille)

    @property
    def whole(self) -> "SearchRequest":
        """The same request with page and size left at their defaults: it finds the same."""
        return replace(self, page=1, taille=PER_PAGE)

    def filtered(self, facet: str, key: str | None) -> "SearchRequest":
        """Return the request with another value of a facet, or none, and its first page."""
        keys = dict(self.filters) | {facet: key or ""}
        kept = tuple((name, keys[name]) for name in facet_names() if keys.get(name))
        return replace(self, filters=kept, page=1)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield the parameters (name, value) of this request, without defaults."""
        defaults = {field.name: field.default for field in fields(self)}
        for name in ("q", "depuis", "jusque", "tri", "page", "taille"):
            if (value := getattr(self, name)) != defaults[name]:
                yield name, str(value)
        yield from self.filters

    def address(self, path: str, **added: str) -> str:
        """Return the address of this request at a path; `added` are further parameters."""
        pairs = [*self.pairs(), *added.items()]
        return f"{path}?{urlencode(pairs)}" if pairs else path


def read_request(values: dict[str, str]) -> SearchRequest:
    """Return the request of verified parameters; raise SearchRequestError for too many words."""
    request = SearchRequest(
        **{name: values[name] for name in ("q", "depuis", "jusque", "tri") if name in values},
        filters=tuple((facet, values[facet]) for facet in facet_names() if facet in values),
        page=int(values.get("page", 1)),
        taille=int(values.get("taille", PER_PAGE)),
    )
    if request.words.size > MOST_WORDS:
        raise SearchRequestError("q : au plus {} mots ; ôtez-en", MOST_WORDS)
    return request
