"""Reading members of an archive AMO that a test has made."""

from pathlib import Path
from typing import Any

from lod.base.errors import Finding
from lod.reference.amo.archives import read_directory
from lod.reference.amo.values import Directory
from tests.support import amo


def lu(tmp_path: Path, *members: Any) -> tuple[Directory, tuple[Finding, ...]]:
    return read_directory([amo.archive(tmp_path / "amo.zip", members)])


def bien_lu(tmp_path: Path, *members: Any) -> Directory:
    referentiel, findings = lu(tmp_path, *members)
    assert findings == ()
    return referentiel
