"""The command `lod fetch`."""

import sys
from pathlib import Path

import click

from lod.base.errors import LodError
from lod.base.settings import read_settings
from lod.cli.options import progress


@click.command()
@click.argument("legislatures", nargs=-1, metavar="LEGISLATURE...")
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path), metavar="DIR")
@click.option("--types", default="qe,qg,qosd", show_default=True, help="Types of questions.")
@click.option("--amo", is_flag=True, help="The archives of deputies and bodies, too.")
@click.option("--form", type=click.Choice(["json", "xml"]), default="json", show_default=True)
@click.option("--from", "base", metavar="URL", help="A mirror of the Assemblée's repository.")
def fetch(
    legislatures: tuple[str, ...], folder: Path, types: str, amo: bool, form: str, base: str | None
) -> None:
    """Download the official archives of LEGISLATURE.

    Without one, they are those of the legislatures that lod.toml names. They come into DIR, if they
    have changed. An interrupted download is resumed; a file gets its
    final name once it is verified. What fails is told, and the others come all the same.

    \b
        lod fetch 16 17 --to data --types qe,qg
    """
    from lod.extensions.fetch.download import BASE, FAILED, STATUSES, select
    from lod.extensions.fetch.download import fetch as fetch_archives

    say, count = progress(), dict.fromkeys(STATUSES, 0)
    settings = read_settings()
    named = legislatures or map(str, settings.legislatures)
    wanted = select(named, types, form, amo, settings.archives)
    for outcome in fetch_archives(wanted, folder, base or BASE, say):
        say("")
        if isinstance(outcome, LodError):
            click.echo(f"lod: {outcome}", err=True)
            count[FAILED] += 1
        else:
            click.echo(str(outcome))
            count[outcome.status] += 1
    click.echo(f"{', '.join(f'{n} {status}' for status, n in count.items())}; {folder}")
    sys.exit(1 if count[FAILED] else 0)
