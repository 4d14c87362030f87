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

from lod.base.output_tree import Site
from lod.base.parallel import batches
from lod.model.dates import en_toutes_lettres
from lod.publish.search.corpus import opened
from lod.publish.search.words import OUTILS_ECRITS, WORD, composed, lettres
from lod.website.rendering import Contexte, render, typo, write_page

BLOC = 25  # questions in a file: a page of hits reads at most twenty of them, 4 kB each
AUTRES = "autres"  # where words are that begin with no letter of ours
CHAMPS = ("numero", "titre", "auteur", "rubrique")  # the best first, as the script has them
FICHES = """
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
Fiche = tuple[str, ...]  # the columns of FICHES
Occurrence = tuple[str, str, int, int]  # file, word, field, rank


def write_recherche(contexte: Contexte, index: Path) -> int:
    """Write the page and its index from the full-text index of a release; return 1, the page.

    A question is known by its rank, the newest is 0. What must be sorted is on disk: the memory
    does not grow with the questions.
    """
    ecrits = Ecrits(contexte.site)
    with closing(opened(index)) as corpus, closing(sqlite3.connect("")) as tri:
        tri.execute(OCCURRENCE)
        nombre = 0
        for numero, bloc in enumerate(batches(corpus.execute(FICHES), BLOC)):
            ecrits.write(f"blocs/{numero}", fiches(bloc))
            found = (o for rang, f in enumerate(bloc, nombre) for o in occurrences(rang, f))
            tri.executemany("INSERT OR IGNORE INTO occurrence VALUES (?, ?, ?, ?)", found)
            nombre += len(bloc)
        cles = [cle for cle, mots in par_fichier(tri) if ecrits.write(f"mots/{cle}", mots)]
    said = {"nombre": nombre, "bloc": BLOC, "cles": cles, "version": ecrits.version}
    outils = sorted(OUTILS_ECRITS)
    html = render("recherche_statique.html", contexte, "recherche", outils=outils, **said)
    write_page(contexte, "recherche", html)
    return 1


class Ecrits:
    """The files of the index: scripts, since a page from a disk may read nothing else."""

    def __init__(self, site: Site) -> None:
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


def fiches(bloc: list[Fiche]) -> dict[str, list[Any]]:
    """Return what hits show: uid, title and name; the rest as numbers of names said once."""
    noms: dict[str, int] = {}
    lignes = []
    for uid, titre, nom, jour, *others in bloc:
        said = en_toutes_lettres(date.fromisoformat(jour)) if jour else ""
        numbers = [noms.setdefault(typo(name), len(noms)) for name in (said, *others)]
        lignes.append([uid, typo(titre), typo(nom), *numbers])
    return {"noms": list(noms), "fiches": lignes}


def occurrences(rang: int, fiche: Fiche) -> Iterator[Occurrence]:
    """Yield each word that finds a question, and where it stands in it."""
    uid, titre, _, _, auteur, _, rubrique, *_ = fiche
    numero = uid[len(uid.rstrip("0123456789")) :]
    for champ, text in enumerate((f"{numero} {uid}", titre, auteur, rubrique)):
        for found in WORD.findall(composed(text)):
            mot = lettres(found)
            if mot and mot not in OUTILS_ECRITS:
                yield cle(mot), mot, champ, rang


def cle(mot: str) -> str:
    """Return the file of a folded word: its two first letters; a uid stands by its number.

    >>> cle("hopital"), cle("qanr5l15qe43349"), cle("43349"), cle("ελλαδα")
    ('ho', '43', '43', 'autres')
    """
    uid = _UID.fullmatch(mot)
    start = (uid[1] if uid else mot)[:2]
    return start if start.isascii() else AUTRES


def par_fichier(tri: sqlite3.Connection) -> Iterator[tuple[str, dict[str, list[list[int]]]]]:
    """Yield (file, word → the ranks of each field), all sorted."""
    rows = tri.execute("SELECT * FROM occurrence ORDER BY cle, mot, champ, rang")
    for key, of_file in groupby(rows, itemgetter(0)):
        yield key, {mot: par_champ(found) for mot, found in groupby(of_file, itemgetter(1))}


def par_champ(found: Iterable[Occurrence]) -> list[list[int]]:
    """Return the ranks of each field, up to the last that has any, as steps from one to the next.

    >>> par_champ([("ho", "hopital", 1, 4), ("ho", "hopital", 1, 9)])
    [[], [4, 5]]
    """
    ranks: list[list[int]] = []
    for _, _, champ, rang in found:
        ranks.extend([] for _ in range(len(ranks), champ + 1))
        ranks[champ].append(rang)
    return [pas(of_field) for of_field in ranks]


def pas(ranks: list[int]) -> list[int]:
    """Return the first rank, then how far each is from the one before.

    >>> pas([3, 4, 9])
    [3, 1, 5]
    """
    return [*ranks[:1], *(b - a for a, b in pairwise(ranks))]
