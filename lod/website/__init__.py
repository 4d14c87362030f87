"""The second pass of a build: four forms of each document, and the static pages.

A question's page is made from the model and asks the store nothing; lists and counts come from
`site/queries/*.rq`. Links are relative: the site works from any folder, from any web server,
without Python.
"""

import shutil
from collections.abc import Iterable
from functools import partial

from pyoxigraph import Store

from lod import files
from lod.model import Question
from lod.parallel import batches, ordered
from lod.website.documents import BATCH, BYTES, write_questions, write_shared_answers
from lod.website.rendering import Contexte
from lod.website.resources import LISTES, Resources, write_liste, write_resource

__all__ = ["Contexte", "write_site"]


def _longueur(q: Question) -> int:
    return q.longueur


def write_site(
    contexte: Contexte,
    questions: Iterable[Question],
    resources: Resources,
    store: Store,
    jobs: int,
) -> int:
    """Write every document and every list; return the number of pages."""
    shutil.copytree(files.STATIC, contexte.site / "static")
    write = partial(write_questions, contexte=contexte)
    pages = sum(
        count for _, count in ordered(write, batches(questions, BATCH, _longueur, BYTES), jobs)
    )
    pages += write_shared_answers(contexte, store)
    pages += sum(write_resource(contexte, iri, resources, store) for iri in resources.documents())
    pages += sum(write_liste(contexte, liste, store) for liste in LISTES)
    return pages
