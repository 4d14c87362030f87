"""A release as a folder of files, made once for all tests."""

from pathlib import Path

import pytest

from lod.website.export import export
from tests.support.once import once


def exported(factory: pytest.TempPathFactory, folder: Path) -> Path:
    """Return the folder that the current release of another one is exported to."""

    def make(target: Path) -> None:
        export(folder, target, 2)

    return once(factory, f"export-of-{folder.name}-{folder.parent.name}", make)[0]
