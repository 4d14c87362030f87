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


def jobs() -> int:
    """Return how many processes to use by default: one for each processor."""
    return os.cpu_count() or 1


FOLDER = click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
INPUTS = click.argument(
    "inputs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="INPUT..."
)
BASE = click.option("--base", metavar="IRI", help="Where the IRIs begin; over lod.toml.")
JOBS = click.option(
    "--jobs", type=click.IntRange(1, 64), default=jobs(), show_default=True,
    help="Processes to use.",
)  # fmt: skip
ARCHIVES = click.option(
    "--reference", multiple=True, type=click.Path(path_type=Path), metavar="ZIP",
    help="Archives AMO: deputies, mandates, groups, ministries; several may be given.",
)  # fmt: skip


# what SQLite says of a disk that is full or broken, and not of a mistake of ours
NO_ROOM = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_IOERR_WRITE", "SQLITE_CANTOPEN", "SQLITE_NOMEM")


def engine_option(default: str) -> Callable[[Any], Any]:
    """Return the option that chooses the SHACL engine; a test holds that all find the same."""
    return click.option(
        "--engine", type=click.Choice(list(ENGINES)), default=default, show_default=True,
        help="What validates: the reference, or what is as exact and faster.",
    )  # fmt: skip


class ErrorTellingCommand(click.Command):
    """A command that prints an error that a person can mend as one line, without traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit 2 for a UsageError, 1 for other LodErrors and for OSErrors."""
        try:
            return super().invoke(ctx)
        except LodError as error:
            click.echo(f"lod: {error}", err=True)
            ctx.exit(2 if isinstance(error, UsageError) else 1)
        except BrokenPipeError:  # the reader of our output has closed it: click exits silently
            raise
        except (OSError, sqlite3.OperationalError) as error:
            # the machine: disk full, no permission, port in use
            if isinstance(error, sqlite3.Error) and error.sqlite_errorname not in NO_ROOM:
                raise
            click.echo(f"lod: {error}; mend that, and run the command again", err=True)
            ctx.exit(1)


class Commands(ErrorTellingCommand, click.Group):
    """A group whose commands print their errors as `ErrorTellingCommand` does."""


def build_progress() -> Progress:
    """Return the progress of a build: bars on a terminal, a log if LOD_TIMES names its file."""
    times = os.environ.get("LOD_TIMES")
    return Progress(_is_terminal(), Path(times) if times else None)


def progress() -> Callable[[str], None]:
    """Return a function that shows a text in place of the one before, on a terminal only."""
    if not _is_terminal():
        return lambda text: None
    return lambda text: click.echo(f"\r\033[K{text}", nl=False, err=True)


def _is_terminal() -> bool:
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR")
