"""Commands about the releases of a folder: releases, publish, rollback, export."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lod.base.errors import counted
from lod.base.settings import read_settings
from lod.cli.options import FOLDER, JOBS
from lod.extensions import answered, beside, extensions, followers, pictures

if TYPE_CHECKING:
    from lod.publish.kept_releases import KeptRelease


@click.command()
@FOLDER
@click.option("--keep", "number", type=click.IntRange(1), metavar="N",
              help="Remove all but the newest N first.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def releases(folder: Path, number: int | None, form: str) -> None:
    """List the releases in DIR, the newest last.

    Incomplete ones are marked, as is one that is held, with the reasons. --keep never removes the
    current one, one that a command such as `lod serve` uses, an incomplete one, or one held.

    \b
        lod releases out
        lod releases out --keep 7
    """
    from lod.publish.kept_releases import keep, listed
    from lod.publish.kept_releases import releases as kept_releases

    removed = 0
    for release, is_gone in keep(folder, number) if number else ():
        removed += is_gone
        fate = "removed" if is_gone else "kept: it is the current one, or another command uses it"
        click.echo(f"{release.id}: {fate}", err=True)
    kept = kept_releases(folder)
    sys.stdout.write(listed(kept, form))
    sys.stdout.flush()
    for release in kept:
        for reason in release.waits_for:
            click.echo(f"{release.id}: held: {reason}", err=True)
    broken = sum(bool(release.lacks) for release in kept)
    waiting = sum(bool(release.waits_for) for release in kept)
    counts = [counted(len(kept), "release")]
    counts += [f"{broken} not whole"] if broken else []
    counts += [f"{waiting} held"] if waiting else []
    counts += [f"{removed} removed"] if removed else []
    click.echo(", ".join(counts), err=True)


@click.command()
@FOLDER
@click.argument("name", metavar="ID")
def publish(folder: Path, name: str) -> None:
    """Make a release of DIR current that is held.

    `lod build --hold` has written it, and `lod releases` tells why it waits. A running server
    switches to it, and the next build follows it. What retenues.csv withholds by now is never
    published by it.

    \b
        lod releases out
        lod publish out 3f2a
    """
    from lod.pipeline.reading.reference_data import read_review
    from lod.publish.kept_releases import publish as publish_held

    review = read_review(read_settings().revue)
    _tell_current(folder, publish_held(folder, name, followers(), review.withheld))


@click.command()
@FOLDER
@click.argument("name", metavar="[ID]", default="")
@click.option("--with-withheld", is_flag=True, help="Publish what is withheld by now, too.")
def rollback(folder: Path, name: str, with_withheld: bool) -> None:
    """Make an earlier release of DIR current again.

    It is ID, or the one that the current one followed. A running server switches to it, and the
    next build follows it. The same records would make the same release again, so correct or
    withhold first what was wrong.

    \b
        lod rollback out
        lod rollback out 3f2a
    """
    from lod.publish.kept_releases import rollback as roll_back
    from lod.publish.publication_log import lacking

    lost = lacking(folder, followers())
    release = roll_back(folder, name, followers(), with_withheld=with_withheld)
    for line in lost:
        click.echo(line, err=True)
    _tell_current(folder, release)


def _tell_current(folder: Path, release: "KeptRelease") -> None:
    until = release.manifest["donnees_au"]
    click.echo(f"{release.id} is current, its data up to {until}; {folder}")


@click.command()
@FOLDER
@click.option("--to", "target", required=True, type=click.Path(path_type=Path), metavar="FOLDER")
@click.option("--forms", default="", metavar="html,ttl,…", help="Forms of documents; or all.")
@click.option("--languages", default="", metavar="fr,en", help="Languages of the pages.")
@click.option("--server", default="", metavar="URL",
              help="Where a server answers what files cannot.")  # fmt: skip
@JOBS
def export(folder: Path, target: Path, forms: str, languages: str, server: str, jobs: int) -> None:
    """Write the current release of DIR as files, into FOLDER.

    They are for a host that only sends files; FOLDER is new. The site, and of each document a page
    and Turtle; up to 2,000 questions in every language, and with a folder for each IRI (iri), for
    hosts that know no address without an ending. --forms all: JSON-LD, N-Triples, RDF/XML, feeds,
    citations, records (sources) and documents of answers (reponses), too.

    \b
        lod export out --to public
        lod export out --to public --forms all --server https://questions.example.org/
    """
    from lod.website.export import export as write_export
    from lod.website.export import selected, weight

    selection = selected(folder, forms, languages, server, answered())
    additions = [extension.exported for extension in extensions()]
    count = write_export(folder, target, jobs, selection, additions, pictures, beside)
    files, size = weight(target)
    click.echo(f"{count} documents, {files} files, {size / 1e6:.1f} MB; {target}")
