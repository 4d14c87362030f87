"""A release as a folder of files, made once for all tests."""

import hashlib
from pathlib import Path

import pytest

from lod.extensions import extensions
from lod.website.export import export
from tests.support.once import kept, once


def exported(factory: pytest.TempPathFactory, folder: Path) -> Path:
    """Return the folder that the current release of another one is exported to."""

    def make(target: Path) -> None:
        export(folder, target, 2, [each.exported for each in extensions()])

    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]  # two may have one name
    is_kept = folder.is_relative_to(kept())
    return once(factory, f"export-{name}", make, is_kept=is_kept)[0]
