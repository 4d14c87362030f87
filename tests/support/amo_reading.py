"""Reading members of an archive AMO that a test has made."""

from pathlib import Path
from typing import Any

from lod.base.errors import Finding
from lod.reference.amo_archives import read_directory
from lod.reference.directory import Directory
from tests.support import amo


def lu(tmp_path: Path, *members: Any) -> tuple[Directory, tuple[Finding, ...]]:
    return read_directory([amo.archive(tmp_path / "amo.zip", members)])


def bien_lu(tmp_path: Path, *members: Any) -> Directory:
    directory, findings = lu(tmp_path, *members)
    assert findings == ()
    return directory


def alix(*mandates: dict[str, Any], ref: str = "PA1", **fields: Any) -> dict[str, Any]:
    return amo.acteur(ref, "Alix", "Exemple", *mandates, **fields)
