"""The password of a store elsewhere, from a file: no argument and no variable holds it."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lod.base.errors import UsageError
from lod.cli import main, serving
from lod.extensions.stores.access import StoreAccess
from lod.extensions.stores.commands import the_password
from lod.extensions.stores.store_client import StoreElsewhere
from lod.pipeline.report.build_report import BuildReport
from lod.server.engine.settings import ServerSettings

URL = "http://store.test/"


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[StoreAccess]:
    """What the two commands reach the store with; neither does more."""
    found: list[StoreAccess] = []

    def serve(_: Path, __: str, ___: int, settings: ServerSettings, **____: Any) -> None:
        assert isinstance(settings.elsewhere, StoreElsewhere)
        found.append(settings.elsewhere.access)

    def push(_: Path, access: StoreAccess, __: Any) -> str:
        found.append(access)
        return "pushed"

    monkeypatch.setattr(serving, "start", serve)
    monkeypatch.setattr("lod.extensions.stores.push.push", push)
    for name in ("LOD_USER", "LOD_PASSWORD", "LOD_PASSWORD_FILE"):
        monkeypatch.delenv(name, raising=False)
    return found


@pytest.mark.parametrize("command", [["serve", "--store", URL], ["push", "--to", URL]])
def test_a_file_holds_the_password(
    command: list[str], plain: tuple[Path, BuildReport], seen: list[StoreAccess], tmp_path: Path
) -> None:
    """Named by an option or a variable; `--password` and its variable go on working."""
    file = tmp_path / "password"
    file.write_text("s3cr3t pass\n", "utf-8")
    line = [command[0], str(plain[0]), *command[1:], "--user", "lena"]
    for more, environment in (
        (["--password-file", str(file)], {}),
        ([], {"LOD_PASSWORD_FILE": str(file)}),
        (["--password", "s3cr3t pass"], {}),
        ([], {"LOD_PASSWORD": "s3cr3t pass"}),
    ):
        done = CliRunner(env=environment).invoke(main, [*line, *more])
        assert done.exit_code == 0, done.output
        assert (seen[-1].user, seen.pop().password) == ("lena", "s3cr3t pass")


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
