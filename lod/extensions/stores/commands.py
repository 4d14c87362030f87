"""`lod push`, and the options of `lod serve` for a store that answers elsewhere."""

from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lod.base.errors import UsageError
from lod.cli.options import FOLDER, progress

if TYPE_CHECKING:
    from lod.extensions.stores.access import StoreAccess

STORE = click.Option(
    ["--store"], metavar="URL", help="A store elsewhere that answers SPARQL: `lod push`."
)
ACCESS = (
    click.Option(["--engine"], default="", metavar="NAME",
                 help="oxigraph, virtuoso, fuseki, graphdb, qlever, neptune; else asked."),
    click.Option(["--graph"], default="", metavar="IRI",
                 help="The graph that says which version is served; else BASE/release."),
    click.Option(["--user"], default="", envvar="LOD_USER", help="Or LOD_USER, or ~/.netrc."),
    click.Option(["--password"], default="", envvar="LOD_PASSWORD",
                 help="Or LOD_PASSWORD, or ~/.netrc; for QLever the access token."),
    click.Option(["--password-file"], type=click.Path(path_type=Path), metavar="FILE",
                 envvar="LOD_PASSWORD_FILE", help="A file whose one line is the password."),
)  # fmt: skip


@click.command()
@FOLDER
@click.option("--to", "url", required=True, metavar="URL", help="The address of the store.")
def push(folder: Path, url: str, **options: Any) -> None:
    """Load the current release in DIR into a SPARQL store.

    That one serves it then. Readers are served the release before until all is there and counted;
    what broke off is resumed.

    \b
        lod push out --to http://localhost:7878/
        LOD_PASSWORD=… lod push out --to http://localhost:8890/ --user dba
    """
    from lod.extensions.stores.push import push as push_release

    say = progress()
    pushed = push_release(folder, access(folder, url, "--to", **options), say)
    say("")
    click.echo(str(pushed))


push.params += ACCESS


def add_commands(group: click.Group) -> None:
    """Add `push` to the commands, and the options for a store to `serve`."""
    group.add_command(push)
    command = group.commands["serve"]
    serve = command.callback
    assert serve

    def serve_elsewhere(folder: Path, store: str | None, **options: Any) -> None:
        access_options = {str(option.name): options.pop(str(option.name)) for option in ACCESS}
        if store:
            from lod.extensions.stores.store_client import StoreElsewhere

            store_access = access(folder, store, "--store", **access_options)
            options["elsewhere"] = StoreElsewhere(store_access)
        serve(folder=folder, **options)

    command.callback = serve_elsewhere
    command.params += (STORE, *ACCESS)
    command.help = (
        f"{cleandoc(command.help or '')}\n    lod serve out --store http://localhost:8890/"
    )


def access(
    folder: Path, url: str, option: str, *, password: str, password_file: Path | None, **values: str
) -> "StoreAccess":
    """Return the access to the store at `url`, the value of `option`, for a folder of releases."""
    from lod.extensions.stores.access import store_access
    from lod.publish.release import current, manifest

    base = manifest(current(folder))["base"]
    secret = the_password(password, password_file)
    return store_access(url, option, base, password=secret, **values)


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
