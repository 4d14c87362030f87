"""Commands that make a release from records, or check records."""

import sys
from datetime import date
from pathlib import Path

import click

from lod.base import packaged
from lod.base.errors import counted
from lod.base.settings import Settings, read_settings
from lod.cli.options import ARCHIVES, BASE, INPUTS, JOBS, build_progress, engine_option, jobs
from lod.cli.serving import listening_socket, start
from lod.pipeline.report.build_report import (
    LISTED,
    BuildReport,
    account,
    drop_message,
    reuse_message,
    setbacks,
    shortfall_message,
    warning_lines,
)
from lod.pipeline.validation.shapes import FAST, REFERENCE
from lod.server.engine.settings import ServerSettings

GAPS = 10  # values that an official archive may lack; no known archive lacks more than one


@click.command()
@INPUTS
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path), metavar="DIR")
@BASE
@JOBS
@ARCHIVES
@engine_option(FAST)
@click.option("--new-base", is_flag=True,
              help="Publish under another base than the release before.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Exit 1 if anything is wrong, lacks or goes back.")
def build(
    inputs: tuple[Path, ...],
    folder: Path,
    base: str | None,
    jobs: int,
    reference: tuple[Path, ...],
    engine: str,
    new_base: bool,
    strict: bool,
    **beside: tuple[Path, ...],  # by the options that extensions add
) -> None:
    """Publish the records in INPUT as a release in DIR.

    INPUT are files, folders and zips, in any mixture. Nothing is done if the current release is of
    the same files, settings and program.

    \b
        lod build Questions_ecrites.json.zip pages/ --to out --reference AMO30.json.zip
    """
    from lod.build import build as build_release
    from lod.build import is_unchanged
    from lod.publish.draft import made_of
    from lod.publish.release import check_base, remember

    settings = read_settings(base)
    if not new_base:
        check_base(folder, settings.base)
    ingredients = made_of(inputs, reference, settings, engine, beside)
    if is_unchanged(folder, ingredients, strict, jobs):
        click.echo(f"nothing has changed since the last build; {folder / 'current'}")
        return
    report = build_release(
        inputs, folder, settings, jobs, build_progress(), reference=reference, engine=engine,
        beside=beside,
    )  # fmt: skip
    for place, wrong in report.rejections:
        click.echo(f"rejected {place}: {wrong}", err=True)
    if report.unlisted:
        path = folder / "current" / "rejected" / "index.csv"
        click.echo(f"rejected: {report.unlisted} more reasons; all are in {path}", err=True)
    for line in report.rejected_rows:
        click.echo(f"rejected {line}", err=True)
    for line in report.flaws[:LISTED]:
        click.echo(line, err=True)
    if unlisted := len(report.flaws[LISTED:]):
        path = folder / "current" / "quality" / "remarques.csv"
        click.echo(f"{unlisted} more of these; all are in {path}", err=True)
    for line in warning_lines(report):
        click.echo(line, err=True)
    lacking = [
        *map(shortfall_message, report.shortfalls), *map(drop_message, report.drops),
        *setbacks(report, date.today()),
    ]  # fmt: skip
    for line in lacking:
        click.echo(line, err=True)
    if report.reason:
        click.echo(f"no changes told since the release before: {report.reason}", err=True)
    summary = "; ".join((account(report), *report.told)) + reuse_message(report)
    click.echo(f"{summary}; {folder / 'current'}")
    is_rejected = report.rejected > report.held or report.rejected_rows
    # values that an official archive lacks are no fault of a run; if they are many, it has changed
    is_more = len(report.flaws) > report.gaps or report.gaps > GAPS
    is_flawed = bool(is_rejected or lacking or is_more)
    remember(folder, report.release, ingredients, not is_flawed)
    if strict and is_flawed:
        sys.exit(1)


@click.command()
@INPUTS
@BASE
@JOBS
@ARCHIVES
@engine_option(REFERENCE)
def check(
    inputs: tuple[Path, ...], base: str | None, jobs: int, reference: tuple[Path, ...], engine: str
) -> None:
    """Read and validate the records in INPUT.

    Nothing is published; the exit status is 1 if there is a finding. Warnings are only
    counted, message by message.

    \b
        lod check Questions_ecrites.json.zip pages/
    """
    from lod.check import check as check_records

    findings = 0
    for result in check_records(inputs, read_settings(base), jobs, reference, engine):
        if isinstance(result, BuildReport):
            wrong = [*map(shortfall_message, result.shortfalls), *setbacks(result, date.today())]
            findings += len(wrong)
            for line in wrong:
                click.echo(line)
            for line in warning_lines(result):
                click.echo(line, err=True)
            click.echo(f"{account(result)}; {counted(findings, 'finding')}", err=True)
        else:
            findings += 1
            click.echo(str(result))
    sys.exit(1 if findings else 0)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--to", "folder", type=click.Path(path_type=Path), default=Path("out/demo"),
              show_default=True, metavar="DIR")  # fmt: skip
def demo(port: int, folder: Path) -> None:
    """Build a demonstration, and serve it.

    It has the sample that comes with the program, and thirty invented questions with their texts.

    \b
        lod demo --port 8000
    """
    from lod.build import build as build_release

    listening_socket("127.0.0.1", port).close()  # raises at once if another program uses the port
    settings = Settings(base=f"http://localhost:{port}/")
    report = build_release(
        [packaged.SAMPLE, packaged.INVENTED],
        folder,
        settings,
        jobs(),
        build_progress(),
        sample=True,
    )
    for line in warning_lines(report):
        click.echo(line, err=True)
    click.echo(f"{account(report)}; {folder / 'current'}")
    start(folder, "127.0.0.1", port, ServerSettings(workers=jobs()))
