"""The parameters of search and API: the one table that the request, the page and OpenAPI read."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal

from lod.base import packaged as files
from lod.base.errors import LodError
from lod.rdf.ontology import concepts, types
from lod.rdf.vocab import QP

PAR_PAGE = 20  # questions on a page, unless `taille` says otherwise
STATUT = "#statut-"  # stands before the code of a status in its IRI
Pairs = list[tuple[str, str]]


class DemandeError(LodError):
    """A request that says something impossible; the message tells what is possible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parametre:
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
        """Return the value, or raise DemandeError for one that cannot be."""
        if not self._admits(value):
            raise DemandeError(f"{self.nom} : « {value[:80]} » ne convient pas ; {self.attendu}")
        return value

    @property
    def attendu(self) -> str:
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
        motif = self.motif or "(?s:.*)"
        return len(value) <= self.maximum and bool(re.fullmatch(motif, value, re.ASCII))


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


@cache
def parametres(pour: Literal["recherche", "api"]) -> tuple[Parametre, ...]:
    """Return the parameters of the search, or of the API, in their order."""
    table = tomllib.loads((files.API / "parametres.toml").read_text("utf-8"))["parametre"]
    known = (Parametre(**row | {"valeurs": _valeurs(row)}) for row in table)
    return tuple(parametre for parametre in known if parametre.pour in ("", pour))


def _valeurs(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the values listed, or those that the ontology has."""
    stated = row.get("valeurs", ())
    if stated == "types":
        return tuple(sorted(types()))
    if stated == "statuts":
        return tuple(sorted(c.value.partition(STATUT)[2] for c in concepts(QP.statuts).values()))
    return tuple(stated)


@cache
def facettes() -> tuple[str, ...]:
    """Return the names of the facets, in their order."""
    return tuple(p.nom for p in parametres("recherche") if p.facette)


def read(found: Pairs, known: tuple[Parametre, ...]) -> dict[str, str]:
    """Return name → value of the parameters that say something; raise DemandeError.

    An empty value says nothing: it is what a form sends for a field left blank.
    """
    by_name = {parametre.nom: parametre for parametre in known}
    values: dict[str, str] = {}
    for name, value in found:
        if name not in by_name:
            raise DemandeError(_unknown(name, list(by_name)))
        if name in values:
            raise DemandeError(f"le paramètre {name} est répété ; n’en donnez qu’un")
        if value.strip():
            values[name] = by_name[name].verify(value.strip())
    return values


def _unknown(name: str, known: list[str]) -> str:
    near = get_close_matches(name.casefold(), known, n=1)
    remedy = f"connus : {', '.join(known)}" if known else "il n’y en a pas ici"
    if near:
        remedy = f"vouliez-vous dire {near[0]} ?"
    return f"paramètre inconnu : « {name[:80]} » ; {remedy}"
