"""The lists of resources: by number of questions, by name, and for one legislature or one group."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

from lod.base import packaged as files
from lod.model.text import fold
from lod.publish.query_catalogue import query_text
from lod.rdf.vocab import NAMESPACE
from lod.website.pagination import Feuillet, feuillets
from lod.website.query_cache import Guichet
from lod.website.query_tables import Ligne, Tableau, restreinte, tableau
from lod.website.rendering import Contexte, render, write_page

LISTED = 300  # resources on a page of a list


@dataclass(frozen=True, slots=True, kw_only=True)
class Liste:
    """A list of the site: its path, its title, the query that makes it, and by what it is narrowed.

    `mot` says from which word on a name is sorted: a family name comes second.
    """

    path: str
    titre: str
    accroche: str
    requete: str
    facettes: list[str]
    mot: int = 0
    aussi: str = ""


@dataclass(frozen=True, slots=True)
class Vue:
    """One way to see a list: its path, what it is called, the clause that narrows it, if it has
    letters.
    """

    path: str
    nom: str
    clause: str = ""
    est_index: bool = False


@cache
def listes() -> tuple[Liste, ...]:
    """Return the lists of `site/listes.toml`, in its order."""
    told = tomllib.loads(files.LISTES.read_text("utf-8"))
    return tuple(Liste(path=path, **said) for path, said in told.items())


def titres() -> dict[str, str]:
    """Return path → title of the lists."""
    return {liste.path: liste.titre for liste in listes()}


def vues(liste: Liste, values: list[dict[str, str]]) -> dict[str, list[Vue]]:
    """Return the ways to see a list: its orders, then facet → values, the newest first."""
    orders = [
        Vue(liste.path, "par nombre de questions"),
        Vue(f"{liste.path}/par-nom", "par nom", est_index=True),
    ]
    found: dict[str, list[Vue]] = {"ordre": orders} | {facette: [] for facette in liste.facettes}
    for row in values:
        facette = row["facette"].removeprefix(NAMESPACE)
        if facette in liste.facettes:
            path = f"{liste.path}/{facette}-{row['valeur'].rpartition('/')[2]}"
            nom = row["nom"] if facette == "legislature" else f"{row['nom']} ({row['n']}e)"
            clause = f"?question <{row['facette']}> <{row['valeur']}> ."
            found[facette].append(Vue(path, nom, clause))
    return found


def write_liste(contexte: Contexte, liste: Liste, guichet: Guichet) -> int:
    """Write a list in each way that it can be seen; return the number of pages."""
    ways = vues(liste, guichet.toutes(query_text("facettes")))
    tables = {"": tableau(guichet, liste.requete, contexte.base)}
    if len(legislature := ways.get("legislature", [])) == 1:  # then it narrows nothing
        [vue] = legislature
        texte = restreinte(query_text(liste.requete), vue.clause)
        tables[vue.clause] = replace(tables[""], texte=texte)
    for vue in (v for values in ways.values() for v in values):
        if vue.clause not in tables:
            tables[vue.clause] = tableau(guichet, liste.requete, contexte.base, clause=vue.clause)
    shown = {name: [v for v in values if tables[v.clause].lignes] for name, values in ways.items()}
    shown["ordre"] = ways["ordre"]  # a list with nothing in it has its page too
    return sum(
        _write_vue(contexte, liste, vue, shown, tables[vue.clause])
        for values in shown.values()
        for vue in values
    )


def _write_vue(
    contexte: Contexte, liste: Liste, vue: Vue, ways: dict[str, list[Vue]], table: Tableau
) -> int:
    """Write one way to see a list, page by page; return how many pages."""
    lines = [("", ligne) for ligne in table.lignes]
    if vue.est_index:
        lines = sorted(_index(liste, table), key=lambda pair: pair[0])
    parts = list(feuillets(vue.path, lines, LISTED))
    where = {lettre[:1]: part.path for part in reversed(parts) for lettre, _ in part.lignes[::-1]}
    for part in parts:
        html = render(
            "liste.html", contexte, part.path,
            liste=liste, vue=vue, vues=ways, table=table, feuillet=part,
            aussi=titres().get(liste.aussi, ""),
            lettres=dict(sorted(where.items())) if vue.est_index else {},
            groupes=list(_groupes(part)),
        )  # fmt: skip
        write_page(contexte, part.path, html)
    return len(parts)


def _index(liste: Liste, table: Tableau) -> Iterator[tuple[str, Ligne]]:
    """Yield each row under the name that it is sorted by, a capital first."""
    for ligne in table.lignes:
        words = ligne["nom"].valeur.split(" ")
        key = fold(" ".join(words[liste.mot :] + words[: liste.mot]))
        yield (key[:1].upper() if key[:1].isalpha() else "#") + key, ligne


def _groupes(part: Feuillet[tuple[str, Ligne]]) -> Iterator[tuple[str, list[Ligne]]]:
    for lettre, group in groupby(part.lignes, lambda pair: pair[0][:1]):
        yield lettre, [ligne for _, ligne in group]
