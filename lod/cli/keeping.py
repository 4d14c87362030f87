"""The commands about the releases that a folder keeps."""

import sys
from pathlib import Path

import click

from lod.cli.options import FOLDER


@click.command()
@FOLDER
@click.option("--keep", "number", type=click.IntRange(1), metavar="N",
              help="Remove all but the newest N first.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def releases(folder: Path, number: int | None, form: str) -> None:
    """List the releases that DIR keeps, the newest last; what is not whole is told.

    With --keep the current one stays, one that `lod serve` still uses, and what is not whole.

    \b
        lod releases out
        lod releases out --keep 7
    """
    from lod.publish.kept_releases import keep, listed
    from lod.publish.kept_releases import releases as kept

    removed = 0
    for release, is_gone in keep(folder, number) if number else ():
        removed += is_gone
        said = "removed" if is_gone else "kept: it is the current one, or a server uses it"
        click.echo(f"{release.id}: {said}", err=True)
    found = kept(folder)
    sys.stdout.write(listed(found, form))
    sys.stdout.flush()
    broken = sum(bool(release.lacks) for release in found)
    click.echo(f"{len(found)} releases, {broken} of them not whole; {removed} removed", err=True)


@click.command()
@FOLDER
@click.argument("name", metavar="[ID]", default="")
def rollback(folder: Path, name: str) -> None:
    """Make an earlier release of DIR current again: ID, or the one that the current one followed.

    A server that runs moves to it. The next build comes after it; the same records again make
    the same release again, so correct or withhold first what was wrong.

    \b
        lod rollback out
        lod rollback out 3f2a
    """
    from lod.publish.kept_releases import rollback as roll_back

    release = roll_back(folder, name)
    click.echo(
        f"{release.id} is current, its data up to {release.manifest['donnees_au']}; {folder}"
    )


@click.command()
@FOLDER
@click.argument("before", metavar="[A", default="previous")
@click.argument("after", metavar="[B]]", default="current")
@click.option(
    "--format", "form", type=click.Choice(["table", "patch", "json", "csv"]), default="table"
)
def diff(folder: Path, before: str, after: str, form: str) -> None:
    """Tell what differs between two releases of DIR, A and B: ids, beginnings of them, `current`,
    `previous`.

    Counts (table), an RDF Patch that makes the store of A that of B (patch), or the questions that
    changed (json, csv).

    \b
        lod diff out
        lod diff out 3f2a current --format patch
    """
    from lod.publish.diff import diff as tell

    count = tell(folder, before, after, form, sys.stdout.buffer)
    sys.stdout.flush()
    click.echo(count, err=True)
