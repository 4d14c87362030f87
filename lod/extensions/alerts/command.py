"""The command `lod alerts`."""

import sys
from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Print the letters; send and note nothing.")
def alerts(file: Path, dry_run: bool) -> None:
    """Send what is new to those who asked for it in FILE.

    Each letter leaves once; one that the mail server refuses leaves the next time. An alert that is
    new in FILE tells what comes from now on.

    \b
        lod alerts alertes.toml --dry-run
    """
    from lod.extensions.alerts.alerts_file import read_alerts
    from lod.extensions.alerts.outbox import open_outbox
    from lod.extensions.alerts.post import dry_night, one_night

    stated = read_alerts(file)
    if dry_run:
        letters = dry_night(stated)
        for message in letters:
            click.echo(f"{message['To']}: {message['Subject']}\n\n{message.get_content()}")
        click.echo(f"{len(letters)} letters; none sent")
        return
    with open_outbox(stated.outbox) as outbox:
        night = one_night(stated, outbox)
    for reason in night.refused:
        click.echo(f"lod: {reason}; the letter waits for the next time", err=True)
    click.echo(
        f"{night.sent} letters sent, {night.begun} alerts begun; {len(stated.alerts)} alerts"
    )
    sys.exit(1 if night.refused else 0)
