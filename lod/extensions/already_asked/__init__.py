"""Already asked: questions that are similar to a draft or to another question, found by common
passages, rare words and meaning; and whether a sentence is in the record, word by word.

`encoder.py`: texts → vectors, an optional package; `vectors.py`: those of a release; `near.py`:
questions near to a text; `stock_phrases.py`: what no draft is about; `draft.py`, `verify.py`: the
two requests that `routes.py` answers, in the forms of `views.py`; `beside.py`: additions to pages
of the core.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lod.extensions import Extension
from lod.publish.draft import Draft
from lod.publish.publication import Last, Output

if TYPE_CHECKING:
    from lod.server.routes.context import Tool


def _outputs(draft: Draft) -> Iterator[Output]:
    from lod.extensions.already_asked.vectors import VectorOutput
    from lod.extensions.already_asked.views import write_empty_forms

    yield VectorOutput()
    yield Last(write_empty_forms, draft.site)


def _tools() -> "Iterator[Tool]":
    from lod.extensions.already_asked.routes import deja_posee, verifier

    yield from (deja_posee, verifier)


def _beside() -> Mapping[str, Callable[..., Mapping[str, Any]]]:
    from lod.extensions.already_asked.beside import near_results, similar_questions

    return {"question": similar_questions, "recherche": near_results}


EXTENSION = Extension(
    purpose="questions like a draft or another question; is a sentence in the record?",
    outputs=_outputs,
    routes="lod.extensions.already_asked.routes",
    search_paths=("/deja-posee", "/verifier"),
    tools=_tools,
    beside=_beside,
)
