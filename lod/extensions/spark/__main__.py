"""The command `python -m lod.extensions.spark`; spark-submit takes this file."""

from pathlib import Path

import click

from lod.base.settings import read_settings
from lod.cli.options import ARCHIVES, BASE, INPUTS, ErrorTellingCommand, engine_option
from lod.extensions.spark.job import convert, session
from lod.pipeline.report.build_report import account, remark_lines
from lod.pipeline.validation.shapes import USUAL


@click.command(cls=ErrorTellingCommand, context_settings={"help_option_names": ["-h", "--help"]})
@INPUTS
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path), metavar="DIR")
@click.option("--master", default="", metavar="URL",
              help="Of the cluster, or local[N]; over spark-submit.")  # fmt: skip
@BASE
@ARCHIVES
@engine_option(USUAL)
@click.option("--partitions", type=click.IntRange(0), default=0, metavar="N",
              help="Parts; 0 is by the size of the inputs.")  # fmt: skip
def main(
    inputs: tuple[Path, ...],
    folder: Path,
    master: str,
    base: str | None,
    reference: tuple[Path, ...],
    engine: str,
    partitions: int,
) -> None:
    """Convert INPUT on Apache Spark: N-Triples, reports and rejected records as parts in DIR.

    \b
        python -m lod.extensions.spark data/17 --to parts --master 'local[2]'
    """
    settings = read_settings(base)
    with session(master) as context:
        report = convert(context, inputs, folder, settings, reference, partitions, engine)
    for line in remark_lines(report):
        click.echo(line, err=True)
    click.echo(f"{account(report)}; {folder}")


if __name__ == "__main__":
    main()
