"""Commands that make a release from records, or check records."""

import sys
from datetime import date
from pathlib import Path

import click

from lod.base import packaged
from lod.base.settings import Settings, read_settings
from lod.cli.options import ARCHIVES, BASE, INPUTS, JOBS, build_progress, engine_option, jobs
from lod.cli.serving import listening_socket, start
from lod.pipeline.report.build_report import LISTED, BuildReport, account, remark_lines
from lod.pipeline.report.setbacks import misprints, setbacks
from lod.pipeline.validation.shapes import USUAL
from lod.server.engine.settings import ServerSettings

GAPS = 10  # values that an official archive may lack; no known archive lacks more than one


@click.command()
@INPUTS
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path), metavar="DIR")
@BASE
@JOBS
@ARCHIVES
@engine_option(USUAL)
@click.option("--new-base", is_flag=True,
              help="Publish under another base than the release before.")  # fmt: skip
@click.option("--hold", is_flag=True,
              help="Do not make current what lacks, falls or goes back; exit 1.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Hold so; exit 1 if anything else is wrong, too.")
def build(
    inputs: tuple[Path, ...],
    folder: Path,
    base: str | None,
    jobs: int,
    reference: tuple[Path, ...],
    engine: str,
    new_base: bool,
    hold: bool,
    strict: bool,
    **beside: tuple[Path, ...],  # by the options that extensions add
) -> None:
    """Publish the records in INPUT as a release in DIR.

    INPUT are files, folders and zips of records, in any mixture, with archives of deputies and
    bodies (AMO) among them. Nothing is done if the current release is of the same files, settings
    and program.

    \b
        lod build Questions_ecrites.json.zip AMO30.json.zip pages/ --to out
    """
    from lod.build import build as build_release
    from lod.build import is_unchanged
    from lod.publish.draft import made_of
    from lod.publish.release import CURRENT, RELEASES, check_base, remember

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
        doubts=lambda report: [*setbacks(report, date.today())] if hold or strict else [],
    )  # fmt: skip
    here = folder / RELEASES / report.release if report.waits_for else folder / CURRENT
    for place, wrong in report.rejections:
        click.echo(f"rejected {place}: {wrong}", err=True)
    if report.unlisted:
        path = here / "rejected" / "index.csv"
        click.echo(f"rejected: {report.unlisted} more reasons; all are in {path}", err=True)
    for line in report.rejected_rows:
        click.echo(f"rejected {line}", err=True)
    for line in report.flaws[:LISTED]:
        click.echo(line, err=True)
    if unlisted := len(report.flaws[LISTED:]):
        path = here / "quality" / "remarques.csv"
        click.echo(f"{unlisted} more of these; all are in {path}", err=True)
    for line in remark_lines(report):
        click.echo(line, err=True)
    lacking = [*misprints(report), *(report.waits_for or setbacks(report, date.today()))]
    for line in lacking:
        click.echo(line, err=True)
    if report.reason:
        click.echo(f"no changes told since the release before: {report.reason}", err=True)
    summary = "; ".join((account(report), *report.told))
    if report.waits_for:
        remedy = f"look at it, then publish it: lod publish {folder} {report.release}"
        click.echo(f"held, what is served stays; {remedy}", err=True)
    click.echo(f"{summary}; {here}")
    is_rejected = report.rejected > report.held or report.rejected_rows
    # values that an official archive lacks are no fault of a run; if they are many, it has changed
    is_more = len(report.flaws) > report.gaps or report.gaps > GAPS
    is_flawed = bool(is_rejected or lacking or is_more)
    if not report.waits_for:
        remember(folder, report.release, ingredients, not is_flawed)
    if report.waits_for or (strict and is_flawed):
        sys.exit(1)


@click.command()
@INPUTS
@BASE
@JOBS
@ARCHIVES
@engine_option(USUAL)
def check(
    inputs: tuple[Path, ...], base: str | None, jobs: int, reference: tuple[Path, ...], engine: str
) -> None:
    """Read and validate the records in INPUT.

    Nothing is published; the exit status is 1 if a line says where something is wrong: a
    rejection, or a remark. Remarks about what a question lacks are only counted.

    \b
        lod check Questions_ecrites.json.zip pages/
    """
    from lod.check import check as check_records

    status = 0
    for result in check_records(inputs, read_settings(base), jobs, reference, engine):
        if isinstance(result, BuildReport):
            wrong = [*misprints(result), *setbacks(result, date.today())]
            for line in wrong:
                status = 1
                click.echo(line)
            for line in remark_lines(result):
                click.echo(line, err=True)
            click.echo(account(result), err=True)
        else:
            status = 1
            click.echo(str(result))
    sys.exit(status)


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
    told = f"{account(report)}; {folder / 'current'}"
    start(folder, "127.0.0.1", port, ServerSettings(workers=jobs(), data_days=0), told=told)
