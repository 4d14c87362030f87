"""Search without a server: an index in small files, which a script of the search page reads."""

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date
from functools import partial
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

from lod.base.output_tree import OutputTree
from lod.base.parallel import batches
from lod.model.dates import french_date
from lod.publish.publication import Site
from lod.publish.search.described import OFFICE_WORDS, RANK_WORDS
from lod.publish.search.full_text import opened
from lod.publish.search.nicknames import nicknames
from lod.publish.search.search_index import SearchIndex
from lod.publish.search.things import KIND_WORDS, SMALL_WORDS, ThingIndex
from lod.publish.search.words import STOP_WORDS, WORD, composed, fold_word
from lod.website.rendering.language import LANGUAGES
from lod.website.rendering.templates import render, typeset, write_translated

PREFIX = 2  # letters of a word that name its file
# kind, path, name, detail, number of questions, words; of a ministry, whether it has ended, and its
# portfolios
Row = list[Any]


CODED = ("groupe", "ministere")
BLOCK_SIZE = 25  # questions in a file of some 4 kB; a page of hits reads at most 20 files
OTHERS = "autres"  # the file of the words that do not begin in ASCII
FIELDS = ("numero", "titre", "auteur", "rubrique", "lieu", "textes")  # by weight, as in the script
NAMED_QUESTIONS = """
FROM question
LEFT JOIN valeur AS auteur ON auteur.id = question.auteur
LEFT JOIN valeur AS ministere ON ministere.id = question.ministere
LEFT JOIN valeur AS rubrique ON rubrique.id = question.rubrique
LEFT JOIN valeur AS statut ON statut.id = question.statut
LEFT JOIN valeur AS departement ON departement.id = question.departement
"""
SELECT_ROWS = f"""
SELECT uid, titre, question.nom, coalesce(jour, ''), coalesce(auteur.nom, ''),
  coalesce(ministere.nom, ''), coalesce(rubrique.nom, ''), coalesce(statut.cle, ''),
  coalesce(statut.nom, ''), coalesce(departement.nom, ''), coalesce((
    SELECT group_concat(cle, ' ') FROM valeur_multiple AS cite JOIN valeur ON id = cite.valeur
    WHERE cite.question = question.id), '')
{NAMED_QUESTIONS}
ORDER BY jour DESC, uid
"""
OCCURRENCE = """
CREATE TABLE occurrence (cle TEXT, mot TEXT, champ INTEGER, rang INTEGER,
  PRIMARY KEY (cle, mot, champ, rang)) WITHOUT ROWID
"""
_UID = re.compile(r"[a-z]+\d+l\d+[a-z]+(\d+)", re.ASCII)
IndexRow = tuple[str, ...]  # the columns of SELECT_ROWS
Occurrence = tuple[str, str, int, int]  # file, word, number of the field, rank of the question


def things_by_file(things: ThingIndex) -> Iterator[tuple[str, list[Row]]]:
    """Yield (file, things with a word that begins so), sorted: as the server shows them."""
    files: dict[str, list[Row]] = {}
    for thing, tenure, words in things.in_order():
        telling = [word for word in words if word not in STOP_WORDS]
        if thing.kind in CODED:  # by which addresses of the Assemblée name it
            telling.append(fold_word(thing.key))
        path = thing.eli or thing.path  # no filter works without a server
        row: Row = [thing.label, path, thing.name, thing.detail, thing.count or 0, telling]
        if thing.kind in CODED:  # others come before one that has ended
            row.append(int(tenure.has_ended))
        if thing.kind == "ministere":
            row.append(sorted(tenure.portfolios))
        finding = [thing.key.rpartition("-")[2]] if thing.eli else telling
        for key in dict.fromkeys(word[:PREFIX] for word in finding if word.isascii()):
            files.setdefault(key, []).append(row)
    yield from sorted(files.items())


def write_static_search(site: Site, index: Path) -> None:
    """Write the search page and its index, from the full-text index of a release.

    A question is identified by its rank, 0 for the newest. Words are sorted by a temporary
    database, so that memory does not grow with the questions.
    """
    scripts = IndexScripts(site.tree)
    with closing(opened(index)) as corpus, closing(sqlite3.connect("")) as sorting:
        sorting.execute(OCCURRENCE)
        count = 0
        for number, block in enumerate(batches(corpus.execute(SELECT_ROWS), BLOCK_SIZE)):
            scripts.write(f"blocs/{number}", hits(block))
            rows = (o for rank, f in enumerate(block, count) for o in occurrences(rank, f))
            sorting.executemany("INSERT OR IGNORE INTO occurrence VALUES (?, ?, ?, ?)", rows)
            count += len(block)
        keys = scripts.write_all("mots", words_by_file(sorting))
    with closing(SearchIndex(index)) as search_index:
        things = scripts.write_all("choses", things_by_file(search_index.things))
    values = {
        "nombre": count,
        "bloc": BLOCK_SIZE,
        "cles": keys,
        "cles_de_choses": things,
        "dits": KIND_WORDS | dict.fromkeys(sorted(SMALL_WORDS - STOP_WORDS), ()),
        "rangs": sorted(RANK_WORDS),
        "charges": sorted(OFFICE_WORDS),
        "surnoms": {
            f"{words}{'+' * office}": said for (words, office), said in nicknames().items()
        },
        "version": scripts.version,
        "outils": sorted(STOP_WORDS),
    }
    page = partial(render, "recherche_statique.html", site.publication, "recherche", **values)
    write_translated(site, "recherche", page)
    # where a server would answer: the script of suggestions learns that there is none
    for end in LANGUAGES.values():
        site.tree.write(f"recherche/suggestions{end}.json", b'{"statique": true}\n')


class IndexScripts:
    """The files of the index: scripts, the only files that a page opened from a disk can load."""

    def __init__(self, tree: OutputTree) -> None:
        self._tree, self._hashed = tree, hashlib.sha256()  # of all files written so far

    def write(self, name: str, content: Any) -> None:
        """Write one file, which hands its content to the page as JSON."""
        data = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        script = f'lu("{name}",{data});\n'.encode()
        self._tree.write(f"recherche/{name}.js", script)
        self._hashed.update(script)

    def write_all(self, folder: str, contents: Iterable[tuple[str, Any]]) -> list[str]:
        """Write the files of a folder, each with its key as its name; return the keys."""
        keys = []
        for key, content in contents:
            self.write(f"{folder}/{key}", content)
            keys.append(key)
        return keys

    @property
    def version(self) -> str:
        """The hash of the index, part of its addresses, so that caches do not mix two indexes."""
        return self._hashed.hexdigest()[:12]


def hits(block: list[IndexRow]) -> dict[str, list[Any]]:
    """Return what the hits of a block show: uid, title and name, and numbers in a list of names.

    The list has the names of day, author, ministry, heading and status, which many questions share.
    """
    names: dict[str, int] = {}
    rows = []
    for uid, title, question_name, day, *others, _, _ in block:
        in_words = french_date(date.fromisoformat(day)) if day else ""
        numbers = [names.setdefault(typeset(name), len(names)) for name in (in_words, *others)]
        rows.append([uid, typeset(title), typeset(question_name), *numbers])
    return {"noms": list(names), "fiches": rows}


def occurrences(rank: int, row: IndexRow) -> Iterator[Occurrence]:
    """Yield each word of the fields of a question, but for stop words."""
    uid, title, _, _, auteur, _, rubrique, *_, lieu, cited = row
    number = uid[len(uid.rstrip("0123456789")) :]
    # loi/2005/2/11/2005-102: its nature and number
    texts = " ".join(word for code in cited.split() for word in code.split("/")[::4])
    for field, text in enumerate((f"{number} {uid}", title, auteur, rubrique, lieu, texts)):
        for written in WORD.findall(composed(text)):
            word = fold_word(written)
            if word and word not in STOP_WORDS:
                yield file_of_word(word), word, field, rank


def file_of_word(word: str) -> str:
    """Return the file of a folded word: its first two letters; of a uid, its first two digits.

    >>> file_of_word("hopital"), file_of_word("qanr5l15qe43349"), file_of_word("ελλαδα")
    ('ho', '43', 'autres')
    """
    uid = _UID.fullmatch(word)
    start = (uid[1] if uid else word)[:2]
    return start if start.isascii() else OTHERS


def words_by_file(sorting: sqlite3.Connection) -> Iterator[tuple[str, dict[str, list[list[int]]]]]:
    """Yield (file, word → its ranks in each field), sorted."""
    rows = sorting.execute("SELECT * FROM occurrence ORDER BY cle, mot, champ, rang")
    for key, of_file in groupby(rows, itemgetter(0)):
        by_word = groupby(of_file, itemgetter(1))
        yield key, {word: ranks_by_field(of_word) for word, of_word in by_word}


def ranks_by_field(occurrences: Iterable[Occurrence]) -> list[list[int]]:
    """Return the ranks in each field, up to the last field that has any, as differences.

    >>> ranks_by_field([("ho", "hopital", 1, 4), ("ho", "hopital", 1, 9)])
    [[], [4, 5]]
    """
    ranks: list[list[int]] = []
    for _, _, field, rank in occurrences:
        ranks.extend([] for _ in range(len(ranks), field + 1))
        ranks[field].append(rank)
    return [[*some[:1], *(b - a for a, b in pairwise(some))] for some in ranks]
