"""What is wrong with a query that the engine cannot parse: in French, with its place and the
nearest word. The engine's own words list all that it expected.
"""

import re

from lod.publish.search.words import similar_words
from lod.rdf.vocab import PREFIXES
from lod.server.common.problems import Problem
from lod.website.model_graph import own_terms

LEAST = 0.6  # similarity of a word that is meant, to one that is there
KEYWORDS = (
    "ASK", "BASE", "BIND", "CONSTRUCT", "DESCRIBE", "DISTINCT", "EXISTS", "FILTER", "GRAPH",
    "GROUP BY", "HAVING", "LIMIT", "MINUS", "NOT", "OFFSET", "OPTIONAL", "ORDER BY", "PREFIX",
    "SELECT", "UNION", "VALUES", "WHERE",
)  # fmt: skip
_SILENT = re.compile(r"<[^<>\s]*>|#[^\n]*|\"[^\"\n]*\"|'[^'\n]*'|[?$]\w+")  # no keyword, no term
_NAME = re.compile(r"(?<![\w:])([A-Za-z]\w*)?:([A-Za-z]\w*)?")
_WORD = re.compile(r"(?<![\w:.@])[A-Za-z]{4,}(?![\w:(])")
_TOKEN = re.compile(r"[\w?$]*:?\w+|\S")


def advised(problem: Problem, text: str) -> Problem:
    """Return the problem of a query with its place and advice; as it is without a place."""
    line, column = problem.more.get("line"), problem.more.get("column")
    if not (isinstance(line, int) and isinstance(column, int)):
        return problem
    place = f"ligne {line}, colonne {column}"
    detail = f"{place} : {_fault(problem.detail, text, line, column)}"
    if meant := _meant(text):
        detail += f" ; vouliez-vous dire {meant} ?"
    more = {**problem.more, "engine": problem.detail}
    return Problem(problem.slug, detail, headers=problem.headers, more=more)


def _fault(said: str, text: str, line: int, column: int) -> str:
    """Return what the engine has found, in French; `said` are its own words."""
    lines = text.split("\n")
    here = _TOKEN.match(lines[line - 1][column - 1 :].lstrip()) if line <= len(lines) else None
    if "Prefix not found" in said:
        return "un préfixe n’est pas déclaré"
    if "unbound" in said:
        return "une variable du SELECT n’est ni dans le GROUP BY, ni dans un compte"
    if not text.strip():
        return "la requête est vide"
    if not here and text.count("{") > text.count("}"):
        return "la requête s’arrête avant sa fin ; il manque « } »"
    word = here[0] if here else text.split()[-1]  # the engine is past what it stumbled over
    return f"« {word[:40]} » n’est pas attendu ici"


def _meant(text: str) -> str:
    """Return the word that is nearest to the first one that nobody knows; "" if there is none.

    >>> _meant("SELECT ?q { ?q qp:auteurr ?a"), _meant("SELEC ?q { ?q ?p ?o }")
    ('qp:auteur', 'SELECT')
    """
    spoken = _SILENT.sub(" ", text)
    declared = {*PREFIXES, *re.findall(r"(?i)prefix\s+(\w*):", spoken)}
    for prefix, local in _NAME.findall(spoken):
        if prefix not in declared:
            known = [f"{name}:" for name in PREFIXES]
            nearest = _nearest(f"{prefix}:", known)
            return nearest and nearest + str(local)
        if prefix == "qp" and local and (term := f"qp:{local}") not in own_terms():
            return _nearest(term, [*own_terms()])
    for word in _WORD.findall(spoken):
        if word.upper() not in " ".join(KEYWORDS).split() and (n := _nearest(word, [*KEYWORDS])):
            return n
    return ""


def _nearest(word: str, words: list[str]) -> str:
    """Return the most similar word, capitals aside; "" if none is similar enough."""
    folded = {known.lower(): known for known in words}
    found = similar_words(word.lower(), [*folded], LEAST, 1)
    return folded[found[0][0]] if found else ""
