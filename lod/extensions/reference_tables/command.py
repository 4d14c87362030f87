"""The command `lod reference-tables`."""

from pathlib import Path

import click

from lod.base.settings import read_settings
from lod.cli.options import BASE


@click.command("reference-tables")
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path), metavar="FOLDER")
@BASE
def reference_tables(folder: Path, base: str | None) -> None:
    """Write the reference tables of the program into FOLDER.

    It is new, and becomes a data package. Governments, ministries, ministers, headings with
    EuroVoc, identifiers of deputies, communes with their constituencies: CSV, JSON, Turtle,
    datapackage.json. No release is needed.

    \b
        lod reference-tables --to referentiel
    """
    from lod.extensions.reference_tables.package import write

    rows = write(folder, read_settings(base))
    click.echo(f"{rows} rows in CSV, JSON and Turtle; {folder}")
