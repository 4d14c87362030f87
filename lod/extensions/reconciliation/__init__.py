"""Match names in a table with IRIs: the Reconciliation Service API 0.2, and a tool of models."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lod.extensions import Extension

if TYPE_CHECKING:
    from concurrent.futures import Future

    from lod.server.engine.current_release import ServedRelease
    from lod.server.routes.context import Tool


def _tools() -> "Iterator[Tool]":
    from lod.extensions.reconciliation.routes import resoudre

    yield resoudre


def _opened(release: "ServedRelease") -> "Iterator[Future[Any]]":
    from lod.extensions.reconciliation.routes import begin_reading

    yield begin_reading(release)


EXTENSION = Extension(
    purpose="from the names in a table to IRIs, for OpenRefine and language models",
    routes="lod.extensions.reconciliation.routes",
    store_paths=("/reconciliation",),
    tools=_tools,
    opened=_opened,
)
