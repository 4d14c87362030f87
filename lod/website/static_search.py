"""The search of a static host: an index in small files, which a script of its page reads."""

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

from lod.base.output_tree import OutputTree
from lod.base.parallel import batches
from lod.model.dates import french_date
from lod.publish.search.search_index import opened
from lod.publish.search.words import STOP_WORDS, WORD, composed, fold_word
from lod.website.rendering import PageContext, render, typeset, write_page

BLOCK_SIZE = 25  # questions in a file: a page of hits reads at most twenty of them, 4 kB each
OTHERS = "autres"  # where words are that begin with no letter of ours
FIELDS = ("numero", "titre", "auteur", "rubrique")  # the best first, as the script has them
SELECT_ROWS = """
SELECT uid, titre, question.nom, coalesce(jour, ''), coalesce(auteur.nom, ''),
  coalesce(ministere.nom, ''), coalesce(rubrique.nom, ''), coalesce(statut.cle, ''),
  coalesce(statut.nom, '')
FROM question
LEFT JOIN valeur AS auteur ON auteur.id = question.auteur
LEFT JOIN valeur AS ministere ON ministere.id = question.ministere
LEFT JOIN valeur AS rubrique ON rubrique.id = question.rubrique
LEFT JOIN valeur AS statut ON statut.id = question.statut
ORDER BY jour DESC, uid
"""
OCCURRENCE = """
CREATE TABLE occurrence (cle TEXT, mot TEXT, champ INTEGER, rang INTEGER,
  PRIMARY KEY (cle, mot, champ, rang)) WITHOUT ROWID
"""
_UID = re.compile(r"[a-z]+\d+l\d+[a-z]+(\d+)", re.ASCII)
IndexRow = tuple[str, ...]  # the columns of SELECT_ROWS
Occurrence = tuple[str, str, int, int]  # file, word, field, rank


def write_static_search(context: PageContext, index: Path) -> int:
    """Write the page and its index from the full-text index of a release; return 1, the page.

    A question is known by its rank, the newest is 0. What must be sorted is on disk: the memory
    does not grow with the questions.
    """
    scripts = IndexScripts(context.site)
    with closing(opened(index)) as corpus, closing(sqlite3.connect("")) as sorting:
        sorting.execute(OCCURRENCE)
        count = 0
        for number, block in enumerate(batches(corpus.execute(SELECT_ROWS), BLOCK_SIZE)):
            scripts.write(f"blocs/{number}", hits(block))
            found = (o for rank, f in enumerate(block, count) for o in occurrences(rank, f))
            sorting.executemany("INSERT OR IGNORE INTO occurrence VALUES (?, ?, ?, ?)", found)
            count += len(block)
        keys = [key for key, words in words_by_file(sorting) if scripts.write(f"mots/{key}", words)]
    said = {"nombre": count, "bloc": BLOCK_SIZE, "cles": keys, "version": scripts.version}
    stop_words = sorted(STOP_WORDS)
    html = render("recherche_statique.html", context, "recherche", outils=stop_words, **said)
    write_page(context, "recherche", html)
    return 1


class IndexScripts:
    """The files of the index: scripts, since a page from a disk may read nothing else."""

    def __init__(self, site: OutputTree) -> None:
        self._site, self._hashed = site, hashlib.sha256()

    def write(self, name: str, content: Any) -> bool:
        """Write one file, which hands its content to the page; return True."""
        data = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        script = f'lu("{name}",{data});\n'.encode()
        self._site.write(f"recherche/{name}.js", script)
        self._hashed.update(script)
        return True

    @property
    def version(self) -> str:
        """What tells this index from others: no cache may mix two of them."""
        return self._hashed.hexdigest()[:12]


def hits(block: list[IndexRow]) -> dict[str, list[Any]]:
    """Return what hits show: uid, title and name; the rest as numbers of names said once."""
    names: dict[str, int] = {}
    rows = []
    for uid, title, question_name, day, *others in block:
        said = french_date(date.fromisoformat(day)) if day else ""
        numbers = [names.setdefault(typeset(name), len(names)) for name in (said, *others)]
        rows.append([uid, typeset(title), typeset(question_name), *numbers])
    return {"noms": list(names), "fiches": rows}


def occurrences(rank: int, row: IndexRow) -> Iterator[Occurrence]:
    """Yield each word that finds a question, and where it stands in it."""
    uid, title, _, _, auteur, _, rubrique, *_ = row
    number = uid[len(uid.rstrip("0123456789")) :]
    for field, text in enumerate((f"{number} {uid}", title, auteur, rubrique)):
        for found in WORD.findall(composed(text)):
            word = fold_word(found)
            if word and word not in STOP_WORDS:
                yield file_of_word(word), word, field, rank


def file_of_word(word: str) -> str:
    """Return the file of a folded word: its two first letters; a uid stands by its number.

    >>> file_of_word("hopital"), file_of_word("qanr5l15qe43349"), file_of_word("43349"), file_of_word("ελλαδα")
    ('ho', '43', '43', 'autres')
    """
    uid = _UID.fullmatch(word)
    start = (uid[1] if uid else word)[:2]
    return start if start.isascii() else OTHERS


def words_by_file(sorting: sqlite3.Connection) -> Iterator[tuple[str, dict[str, list[list[int]]]]]:
    """Yield (file, word → the ranks of each field), all sorted."""
    rows = sorting.execute("SELECT * FROM occurrence ORDER BY cle, mot, champ, rang")
    for key, of_file in groupby(rows, itemgetter(0)):
        yield key, {word: ranks_by_field(found) for word, found in groupby(of_file, itemgetter(1))}


def ranks_by_field(found: Iterable[Occurrence]) -> list[list[int]]:
    """Return the ranks of each field, up to the last that has any, as steps from one to the next.

    >>> ranks_by_field([("ho", "hopital", 1, 4), ("ho", "hopital", 1, 9)])
    [[], [4, 5]]
    """
    ranks: list[list[int]] = []
    for _, _, field, rank in found:
        ranks.extend([] for _ in range(len(ranks), field + 1))
        ranks[field].append(rank)
    return [as_steps(of_field) for of_field in ranks]


def as_steps(ranks: list[int]) -> list[int]:
    """Return the first rank, then how far each is from the one before.

    >>> as_steps([3, 4, 9])
    [3, 1, 5]
    """
    return [*ranks[:1], *(b - a for a, b in pairwise(ranks))]
