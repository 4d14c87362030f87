"""Options, error messages and progress that the commands share."""

import os
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from lod.base.errors import LodError, UsageError
from lod.base.progress import Progress
from lod.pipeline.validation.validate import ENGINES

MOST_JOBS = 64  # processes


def jobs() -> int:
    """Return how many processes to use by default: one for each processor that this process may
    use, at most MOST_JOBS.
    """
    if not hasattr(os, "sched_getaffinity"):  # not Linux
        return min(os.cpu_count() or 1, MOST_JOBS)
    return min(len(os.sched_getaffinity(0)), MOST_JOBS)


FOLDER = click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
INPUTS = click.argument(
    "inputs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="INPUT..."
)
BASE = click.option("--base", metavar="IRI", help="Where the IRIs begin; over lod.toml.")
JOBS = click.option(
    "--jobs", type=click.IntRange(1, MOST_JOBS), default=jobs(), show_default=True,
    help="Processes to use.",
)  # fmt: skip
ARCHIVES = click.option(
    "--reference", multiple=True, type=click.Path(path_type=Path), metavar="ZIP",
    help="Archives AMO: deputies, mandates, groups, ministries; several may be given.",
)  # fmt: skip


def option_of_files(name: str, what: str) -> click.Option:
    """Return an option of files that may be given several times."""
    path = click.Path(path_type=Path)
    return click.Option([f"--{name}", name], multiple=True, type=path, metavar="ZIP", help=what)


# names of errors of SQLite for a full or broken disk; others are mistakes of ours
NO_ROOM = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_IOERR_WRITE", "SQLITE_CANTOPEN", "SQLITE_NOMEM")
# beginnings of those for a file that is cut off or overwritten
DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
NOTHING = ("no such table", "no such file")  # what it says of an empty file, and we of none
OTHER_RELEASE = (
    "a file of the release is damaged: make another one current (lod rollback DIR RELEASE), or "
    "remove the folder DIR/current leads to and build it again"
)


def engine_option(default: str) -> Callable[[Any], Any]:
    """Return the option that chooses the SHACL engine; a test shows that all find the same."""
    return click.option(
        "--engine", type=click.Choice(list(ENGINES)), default=default, show_default=True,
        help="What validates: the reference, or what is as exact and faster.",
    )  # fmt: skip


class ErrorTellingCommand(click.Command):
    """A command that prints an error that users can correct as one line, without traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit 2 for a UsageError, 1 for other LodErrors and for OSErrors, 130 if
        it is interrupted.
        """
        try:
            return super().invoke(ctx)
        except LodError as error:
            click.echo(f"lod: {error}", err=True)
            ctx.exit(2 if isinstance(error, UsageError) else 1)
        except KeyboardInterrupt:
            click.echo("lod: interrupted", err=True)
            ctx.exit(130)  # the convention of shells: 128 + number of the signal
        except BrokenPipeError:  # the reader of our output has closed it: click exits silently
            raise
        except (OSError, sqlite3.DatabaseError) as error:
            # a fault of the machine: full disk, no permission, port in use, damaged file
            name, remedy = getattr(error, "sqlite_errorname", ""), "mend that"
            if name.startswith(DAMAGED) or any(what in str(error) for what in NOTHING):
                remedy = OTHER_RELEASE
            elif isinstance(error, sqlite3.Error) and name not in NO_ROOM:
                raise
            click.echo(f"lod: {error}; {remedy}, and run the command again", err=True)
            ctx.exit(1)


class Commands(ErrorTellingCommand, click.Group):
    """A group whose commands print their errors as `ErrorTellingCommand` does."""


def build_progress() -> Progress:
    """Return the progress of a build: bars on a terminal, a log in the file named by LOD_TIMES."""
    times = os.environ.get("LOD_TIMES")
    return Progress(_is_terminal(), Path(times) if times else None)


def progress() -> Callable[[str], None]:
    """Return a function that shows a text in place of the previous one; on a terminal only."""
    if not _is_terminal():
        return lambda text: None
    return lambda text: click.echo(f"\r\033[K{text}", nl=False, err=True)


def _is_terminal() -> bool:
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR")
