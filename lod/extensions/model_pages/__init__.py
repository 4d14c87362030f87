"""The model as pages: its terms with pictures of the classes, and its shapes, in two languages."""

from collections.abc import Iterator

from lod.extensions import Extension
from lod.publish.draft import Draft
from lod.publish.publication import Last, Output


def _outputs(draft: Draft) -> Iterator[Output]:
    from lod.extensions.model_pages.page import write_model_pages

    yield Last(write_model_pages, draft.site)


EXTENSION = Extension(purpose="ontology and shapes, explained on pages", outputs=_outputs)
