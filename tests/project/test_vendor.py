"""Scripts of others: verified by their hash, and listed with a licence."""

import base64
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from lod.base.packaged import vendored
from tests.support.paths import ROOT, site_files

SCRIPT = b"console.log('a')\n" * 1000
HEADER = "package,version,tarball,integrity,member,name,licence"


def tarball(folder: Path) -> tuple[Path, str]:
    path = folder / "b.tgz"
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("package/a.js")
        member.size = len(SCRIPT)
        archive.addfile(member, io.BytesIO(SCRIPT))
    digest = hashlib.sha512(path.read_bytes()).digest()
    return path, f"sha512-{base64.b64encode(digest).decode()}"


def bring(root: Path, url: str, integrity: str, member: str = "package/a.js") -> tuple[int, str]:
    (root / "site").mkdir(exist_ok=True)
    row = f"@a/b,1.0,{url},{integrity},{member},b/a.js,b.txt"
    (root / "site" / "vendor.csv").write_text(f"{HEADER}\n{row}\n", "utf-8")
    (root / ".ci").mkdir(exist_ok=True)
    shutil.copy(ROOT / ".ci" / "vendor", root / ".ci")
    run = subprocess.run(
        [sys.executable, root / ".ci" / "vendor"], capture_output=True, text=True, timeout=60
    )
    return run.returncode, run.stderr


@pytest.mark.parametrize("wrong", ["hash", "member", "address"])
def test_nothing_comes_that_is_wrong(tmp_path: Path, wrong: str) -> None:
    """One line says what, and what to do."""
    path, integrity = tarball(tmp_path)
    url = "http://127.0.0.1:9/b.tgz" if wrong == "address" else path.as_uri()
    integrity = integrity.swapcase() if wrong == "hash" else integrity
    member = "package/c.js" if wrong == "member" else "package/a.js"
    code, said = bring(tmp_path, url, integrity, member)
    assert code == 1 and said.startswith(url) and said.endswith("to try again: .ci/vendor\n")
    assert said.count("\n") == 1 and not (tmp_path / "build").exists()


def test_the_tables() -> None:
    """Each row names one version exactly, by its hash, and a licence that is there."""
    assert [v.name for v in vendored()][:2] == ["yasgui/yasgui.min.js", "yasgui/yasgui.min.css"]
    licences = {path.name for path in site_files("licences")}
    for v in vendored():
        assert v.tarball.startswith("https://registry.npmjs.org/") and v.version in v.tarball
        assert ".." not in v.name and len(v.integrity) == 95
        assert v.licence in licences
