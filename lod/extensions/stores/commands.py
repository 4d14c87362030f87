"""The options of `lod serve` for a store that answers elsewhere."""

from inspect import cleandoc
from pathlib import Path
from typing import Any

import click

from lod.base.errors import UsageError

ENGINES = ("oxigraph", "virtuoso", "fuseki", "graphdb", "qlever", "neptune")  # of `moteurs.csv`
STORE = click.Option(
    ["--store"], metavar="URL", help="A store elsewhere that answers SPARQL, with the releases."
)
ACCESS = (
    click.Option(["--engine"], type=click.Choice(ENGINES), help="Else its header Server tells."),
    click.Option(["--user"], default="", envvar="LOD_USER", help="Or LOD_USER."),
    click.Option(["--password"], default="", envvar="LOD_PASSWORD",
                 help="Or LOD_PASSWORD; for QLever the access token."),
    click.Option(["--password-file"], type=click.Path(path_type=Path), metavar="FILE",
                 envvar="LOD_PASSWORD_FILE", help="A file whose one line is the password."),
)  # fmt: skip


def add_options(group: click.Group) -> None:
    """Add the options for a store to `serve`."""
    command = group.commands["serve"]
    serve = command.callback
    assert serve

    def serve_elsewhere(
        folder: Path, store: str | None, engine: str | None, user: str, password: str,
        password_file: Path | None, **options: Any,
    ) -> None:  # fmt: skip
        if store:
            from lod.extensions.stores.store_client import StoreElsewhere
            from lod.remote.http import checked_address

            options["elsewhere"] = StoreElsewhere(
                url=checked_address(store, "--store"), engine=engine or "", user=user,
                password=the_password(password, password_file),
            )  # fmt: skip
        serve(folder=folder, **options)

    command.callback = serve_elsewhere
    command.params += (STORE, *ACCESS)
    command.help = (
        f"{cleandoc(command.help or '')}\n    lod serve out --store http://localhost:8890/"
    )


def the_password(password: str, file: Path | None) -> str:
    """Return the password, or the only line of a file, which no list of processes shows.

    Raises UsageError if there are both, or the file has no line or several.
    """
    if file is None:
        return password
    if password:
        raise UsageError("a password and --password-file are given; give one of them")
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: {error}; give a file whose one line is the password") from error
    if len(lines) != 1 or not lines[0]:
        raise UsageError(f"{file}: not one line; give a file whose one line is the password")
    return lines[0]
