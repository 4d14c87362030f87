"""The parameters of search and API: the one table that the request, the page and OpenAPI read."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal

from lod.base import packaged
from lod.base.errors import LodError
from lod.rdf.ontology import concepts, types
from lod.rdf.vocab import QP

PER_PAGE = 20  # questions on a page, unless `taille` says otherwise
STATUT_PREFIX = "#statut-"  # stands before the code of a status in its IRI
Pairs = list[tuple[str, str]]


class SearchRequestError(LodError):
    """A request that says something impossible; the message tells what is possible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter: what it may be, and what it means, in French.

    `valeurs` is a closed list; `motif` a pattern for the whole of a text; an `entier` is at least 1
    and at most `maximum`, which for a text is its length.
    """

    nom: str
    sens: str
    exemple: str
    genre: Literal["texte", "entier", "jour"] = "texte"
    valeurs: tuple[str, ...] = ()
    motif: str = ""
    maximum: int = 100
    defaut: str = ""
    facette: bool = False
    pour: Literal["recherche", "api", ""] = ""

    def verify(self, value: str) -> str:
        """Return the value, or raise SearchRequestError for one that cannot be."""
        if not self._admits(value):
            raise SearchRequestError(
                f"{self.nom} : « {value[:80]} » ne convient pas ; {self.expected}"
            )
        return value

    @property
    def expected(self) -> str:
        """What is expected, in words."""
        if self.valeurs:
            return f"valeurs possibles : {', '.join(self.valeurs)}"
        if self.genre == "entier":
            return f"un entier de 1 à {self.maximum}"
        if self.genre == "jour":
            return f"un jour comme {self.exemple}"
        return f"au plus {self.maximum} caractères, comme « {self.exemple} »"

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
    """Return the parameters of the search, or of the API, in their order."""
    table = tomllib.loads((packaged.API / "parametres.toml").read_text("utf-8"))["parametre"]
    known = (Parameter(**row | {"valeurs": _listed_values(row)}) for row in table)
    return tuple(parameter for parameter in known if parameter.pour in ("", purpose))


def _listed_values(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the values listed, or those that the ontology has."""
    stated = row.get("valeurs", ())
    if stated == "types":
        return tuple(sorted(types()))
    if stated == "statuts":
        return tuple(
            sorted(c.value.partition(STATUT_PREFIX)[2] for c in concepts(QP.statuts).values())
        )
    return tuple(stated)


@cache
def facet_names() -> tuple[str, ...]:
    """Return the names of the facets, in their order."""
    return tuple(p.nom for p in parameters_for("recherche") if p.facette)


def read(found: Pairs, known: tuple[Parameter, ...]) -> dict[str, str]:
    """Return name → value of the parameters that say something; raise SearchRequestError.

    An empty value says nothing: it is what a form sends for a field left blank.
    """
    by_name = {parameter.nom: parameter for parameter in known}
    values: dict[str, str] = {}
    for name, value in found:
        if name not in by_name:
            raise SearchRequestError(_unknown(name, list(by_name)))
        if name in values:
            raise SearchRequestError(f"le paramètre {name} est répété ; n’en donnez qu’un")
        if value.strip():
            values[name] = by_name[name].verify(value.strip())
    return values


def _unknown(name: str, known: list[str]) -> str:
    near = get_close_matches(name.casefold(), known, n=1)
    remedy = f"connus : {', '.join(known)}" if known else "il n’y en a pas ici"
    if near:
        remedy = f"vouliez-vous dire {near[0]} ?"
    return f"paramètre inconnu : « {name[:80]} » ; {remedy}"
