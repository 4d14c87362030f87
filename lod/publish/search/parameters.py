"""The parameters of search and API, from `site/api/parametres.toml`, and their verification."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal

from lod.base import packaged
from lod.base.errors import LodError
from lod.rdf.iris import code_of
from lod.rdf.ontology import concepts, types
from lod.rdf.vocab import QP

PER_PAGE = 20  # questions on a page, unless `taille` says otherwise
OF_PAGES = ("page", "format", "tri", "comme")  # parameters of a search that its feed does not have
Pairs = list[tuple[str, str]]  # (name, value) as a request has them


class SearchRequestError(LodError):
    """A parameter is unknown or impossible; the message says in French what is possible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter: a row of `parametres.toml`."""

    nom: str
    sens: str  # its meaning, in French
    exemple: str  # a value of it
    genre: Literal["texte", "entier", "jour"] = "texte"  # text, whole number, day in ISO form
    valeurs: tuple[str, ...] = ()  # all possible values; none: any of its kind
    motif: str = ""  # regular expression of a whole text; "": any text
    maximum: int = 100  # the greatest number, or the characters of the longest text
    defaut: str = ""  # the value if it is not given
    facette: bool = False  # it filters by a facet of the index
    plusieurs: bool = False  # a question may have several values of the facet: it is no column
    colonne: str = ""  # the column of the questions that a facet filters; "": that of its name
    pour: Literal["recherche", "api", ""] = ""  # where it is known; "": in both

    def verify(self, value: str) -> str:
        """Return a value that is possible; raise SearchRequestError for any other."""
        if not self._admits(value):
            raise SearchRequestError(
                f"{self.nom} : « {value[:80]} » ne convient pas ; {self.expected}"
            )
        return value

    @property
    def expected(self) -> str:
        """What values are possible, in French."""
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
    """Return name of a facet → the column of the questions that it filters, in the same order;
    without those of which a question may have several values.
    """
    single = (p for p in parameters_for("recherche") if p.facette and not p.plusieurs)
    return {p.nom: p.colonne or p.nom for p in single}


def read(found: Pairs, known: tuple[Parameter, ...]) -> dict[str, str]:
    """Return name → verified value; raise SearchRequestError.

    Empty values are left out: a form sends them for blank fields.
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
    """Return the message for an unknown parameter, with the nearest known name."""
    near = get_close_matches(name.casefold(), known, n=1)
    remedy = f"connus : {', '.join(known)}" if known else "il n’y en a pas ici"
    if near:
        remedy = f"vouliez-vous dire {near[0]} ?"
    return f"paramètre inconnu : « {name[:80]} » ; {remedy}"
