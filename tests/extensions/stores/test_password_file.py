"""The password of a store elsewhere, from a file: no argument and no variable holds it."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lod.base.errors import UsageError
from lod.cli import main, serving
from lod.extensions.stores.commands import the_password
from lod.extensions.stores.store_client import StoreElsewhere
from lod.pipeline.report.build_report import BuildReport
from lod.server.engine.settings import ServerSettings

URL = "http://store.test/"


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[StoreElsewhere]:
    """What the command reaches the store with; it does no more."""
    found: list[StoreElsewhere] = []

    def serve(_: Path, __: str, ___: int, settings: ServerSettings, **____: Any) -> None:
        assert isinstance(settings.elsewhere, StoreElsewhere)
        found.append(settings.elsewhere)

    monkeypatch.setattr(serving, "start", serve)
    for name in ("LOD_USER", "LOD_PASSWORD", "LOD_PASSWORD_FILE"):
        monkeypatch.delenv(name, raising=False)
    return found


def test_a_file_holds_the_password(
    plain: tuple[Path, BuildReport], seen: list[StoreElsewhere], tmp_path: Path
) -> None:
    """Named by an option or a variable; `--password` and its variable go on working."""
    file = tmp_path / "password"
    file.write_text("s3cr3t pass\n", "utf-8")
    line = ["serve", str(plain[0]), "--store", URL, "--user", "lena"]
    for more, environment in (
        (["--password-file", str(file)], {}),
        ([], {"LOD_PASSWORD_FILE": str(file)}),
        (["--password", "s3cr3t pass"], {}),
        ([], {"LOD_PASSWORD": "s3cr3t pass"}),
    ):
        done = CliRunner(env=environment).invoke(main, [*line, *more])
        assert done.exit_code == 0, done.output
        assert (seen[-1].user, seen[-1].password) == ("lena", "s3cr3t pass")
        assert "s3cr3t" not in repr(seen.pop())


@pytest.mark.parametrize(
    "wrong", [["--store", "ftp://x/"], ["--store", URL, "--engine", "mysql"]], ids=" ".join
)
def test_wrong_options_are_told(wrong: list[str], tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["serve", str(tmp_path), *wrong]).exit_code == 2


def test_a_password_is_one_line(tmp_path: Path) -> None:
    """A file without it, with more, or beside another password is refused with advice."""
    file = tmp_path / "password"
    for content in (b"", b"\n", b"a\nb\n", b"\xff\n"):
        file.write_bytes(content)
        with pytest.raises(UsageError, match="give a file whose one line"):
            the_password("", file)
    with pytest.raises(UsageError, match="give a file whose one line"):
        the_password("", tmp_path / "none")
    file.write_bytes(b"known\r\n")
    assert the_password("", file) == "known"
    with pytest.raises(UsageError, match="give one of them"):
        the_password("other", file)
