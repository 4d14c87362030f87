"""The beginning of a query result as JSON, for the HTML page of results, and its total size.

The reader process makes it, so that only a bounded amount reaches the front.
"""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    RdfFormat,
    Triple,
    serialize,
)

from lod.rdf.vocab import PREFIXES
from lod.server import limits

Preview = dict[str, Any]  # `sorte` is "table", "verite" or "graphe"; the other keys depend on it
Term = NamedNode | BlankNode | Literal | Triple


def make_preview(result: QuerySolutions | QueryBoolean | Iterable[Triple], most: int) -> Preview:
    """Return the beginning of a result; count its rows or triples up to `most`."""
    if isinstance(result, QuerySolutions):
        return _table(result, most)
    if isinstance(result, QueryBoolean):
        return {"sorte": "verite", "vrai": bool(result)}
    return _graph(result, most)


def _table(result: QuerySolutions, most: int) -> Preview:
    names = [variable.value for variable in result.variables]
    rows: list[list[dict[str, str] | None]] = []
    total = size = 0
    for total, solution in enumerate(islice(result, most + 1), start=1):
        if total <= limits.PREVIEW_ROWS and size < limits.PREVIEW_SIZE:
            rows.append([term and _cell(term) for term in islice(solution, limits.PREVIEW_COLUMNS)])
            size += sum(limits.PREVIEW_CELL + len(cell["v"]) for cell in rows[-1] if cell)
    return {
        "sorte": "table",
        "noms": names[: limits.PREVIEW_COLUMNS],
        "colonnes": len(names),
        "lignes": rows,
        **_counted(total, most),
    }


def _graph(result: Iterable[Triple], most: int) -> Preview:
    shown: list[Triple] = []
    total = size = 0
    for total, triple in enumerate(islice(result, most + 1), start=1):
        if total <= limits.PREVIEW_ROWS and size < limits.PREVIEW_SIZE:
            size += limits.PREVIEW_CELL + sum(map(len, map(str, triple)))
            if size < limits.PREVIEW_SIZE:
                shown.append(triple)
    text = _turtle(shown).decode()
    return {"sorte": "graphe", "turtle": text, "montres": len(shown), **_counted(total, most)}


def _counted(total: int, most: int) -> Preview:
    """Return the members that tell how many rows there are, and whether there are more."""
    return {"total": min(total, most), "plus": total > most}


def _turtle(triples: Iterable[Triple]) -> bytes:
    """Return the triples in Turtle, with the prefixes of PREFIXES that they use."""
    nt = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
    used = {prefix: iri for prefix, iri in PREFIXES.items() if b"<" + iri.encode() in nt}
    return serialize(triples, format=RdfFormat.TURTLE, prefixes=used) or b""


def _cell(term: Term) -> dict[str, str]:
    """Return a term as JSON: kind `t`, value `v` cut after PREVIEW_VALUE, and language or datatype.

    An IRI that is cut has the kind "coupe", so that it is not made a link.
    """
    match term:
        case NamedNode():
            cell = {"t": "iri", "v": term.value}
        case Literal(language=str(language)):
            cell = {"t": "texte", "v": term.value, "langue": language}
        case Literal():
            cell = {"t": "valeur", "v": term.value, "type": term.datatype.value}
        case _:
            cell = {"t": "autre", "v": str(term)}
    if len(cell["v"]) > limits.PREVIEW_VALUE:
        cell |= {
            "t": "coupe" if cell["t"] == "iri" else cell["t"],
            "v": cell["v"][: limits.PREVIEW_VALUE] + "…",
        }
    return cell
