"""The queries of the site: each is a file, an example of the endpoint, a table, and a test."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    Variable,
    parse,
)

from lod import files
from lod.dataset import describe
from lod.settings import Settings

Term = NamedNode | BlankNode | Literal | Triple
SHOWN = 10  # rows of a result on the page of examples


@dataclass(frozen=True, slots=True, kw_only=True)
class Requete:
    """One query: its name, the question it asks, its theme, who asks, what to beware of.

    `couteuse` says why it is not run for a page, where it is not.
    """

    nom: str
    titre: str
    theme: str
    public: str
    piege: str
    couteuse: str
    texte: str


@dataclass(frozen=True, slots=True)
class Resultat:
    """The rows of a query in one release: names of the columns, the first rows, how many."""

    colonnes: tuple[str, ...]
    lignes: tuple[tuple[str, ...], ...]
    total: int


@cache
def requetes() -> dict[str, Requete]:
    """Return name → query, in the order of the names."""
    return {path.stem: _requete(path.stem) for path in sorted(files.QUERIES.glob("*.rq"))}


def _requete(nom: str) -> Requete:
    texte = (files.QUERIES / f"{nom}.rq").read_text("utf-8")
    titre, *lines = [line[2:] for line in texte.splitlines() if line.startswith("# ")]
    said = dict(line.split(": ", 1) for line in lines)
    return Requete(
        nom=nom,
        titre=titre,
        theme=said["thème"],
        public=said["public"],
        piege=said.get("piège", ""),
        couteuse=said.get("coûteuse", ""),
        texte=texte,
    )


def par_theme() -> dict[str, list[Requete]]:
    """Return theme → its queries, both in the order of their names."""
    found: dict[str, list[Requete]] = {}
    for requete in requetes().values():
        found.setdefault(requete.theme, []).append(requete)
    return dict(sorted(found.items()))


def exemples(base: str) -> Iterator[Triple]:
    """Yield the queries as RDF, in the terms of SHACL, as other endpoints publish theirs."""
    text = describe("exemples.ttl", Settings(base=base), requetes=list(requetes().values()))
    yield from (quad.triple for quad in parse(text, format=RdfFormat.TURTLE))


def query_text(nom: str) -> str:
    """Return the text of a query of the site."""
    return requetes()[nom].texte


def rows(store: Store, nom: str, entite: str | None = None) -> Iterator[dict[str, str]]:
    """Yield the rows of a query of the site as texts; `entite` binds the variable of that name."""
    bound: dict[Variable, Term] = {Variable("entite"): NamedNode(entite)} if entite else {}
    found = store.query(query_text(nom), substitutions=bound)
    assert isinstance(found, QuerySolutions), "every query of the site is a SELECT"
    names = [variable.value for variable in found.variables]
    for solution in found:
        yield {name: getattr(solution[name], "value", "") for name in names}


def resultat(store: Store, requete: Requete) -> Resultat | None:
    """Return what a query gives in this release; None if it costs too much to run for a page."""
    if requete.couteuse:
        return None
    found = store.query(requete.texte)
    assert isinstance(found, QuerySolutions), "every query of the site is a SELECT"
    names = tuple(variable.value for variable in found.variables)
    lignes: list[tuple[str, ...]] = []
    total = 0
    for solution in found:
        total += 1
        if total <= SHOWN:
            lignes.append(tuple(getattr(value, "value", "") for value in solution))
    return Resultat(names, tuple(lignes), total)
