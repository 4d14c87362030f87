"""What commands have in common: arguments, errors told in a line, how far they are."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from lod.base.errors import LodError, UsageError
from lod.pipeline.validation.validate import ENGINES

FOLDER = click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
INPUTS = click.argument(
    "inputs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="INPUT..."
)
BASE = click.option("--base", metavar="IRI", help="Where the IRIs begin; over lod.toml.")
JOBS = click.option(
    "--jobs", type=click.IntRange(1, 64), default=os.cpu_count() or 1, show_default=True,
    help="Processes that read and validate.",
)  # fmt: skip
ARCHIVES = click.option(
    "--reference", multiple=True, type=click.Path(path_type=Path), metavar="ZIP",
    help="Archives AMO: deputies, mandates, groups, ministries; several may be given.",
)  # fmt: skip


def engine_option(default: str) -> Callable[[Any], Any]:
    """Return the option that chooses what validates; a test holds that all say the same."""
    return click.option(
        "--engine", type=click.Choice(list(ENGINES)), default=default, show_default=True,
        help="What validates: the reference, or what is as exact and faster.",
    )  # fmt: skip


class ErrorTellingCommand(click.Command):
    """Turns an error that a person can mend into one line and an exit code, and nothing else."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; exit 1 for the data, 2 for the usage."""
        try:
            return super().invoke(ctx)
        except LodError as error:
            click.echo(f"lod: {error}", err=True)
            ctx.exit(2 if isinstance(error, UsageError) else 1)
        except BrokenPipeError:  # whoever read has seen enough: click ends without a word
            raise
        except OSError as error:  # the machine: disk full, no permission, port in use
            click.echo(f"lod: {error}; mend that, and run the command again", err=True)
            ctx.exit(1)


class Commands(ErrorTellingCommand, click.Group):
    """Commands whose errors are told so."""


def jobs() -> int:
    """Return how many processes to use when nobody says."""
    return os.cpu_count() or 1


def shown() -> Callable[[str], None] | None:
    """Return what shows how far a command is: a line that is written over, on a terminal only."""
    if not sys.stderr.isatty() or os.environ.get("NO_COLOR"):
        return None
    return lambda text: click.echo(f"\r\033[K{text}", nl=False, err=True)


def progress() -> Callable[[str], None]:
    """Return what is told how far a command is, whether anybody looks or not."""
    return shown() or (lambda text: None)


def times_file() -> Path | None:
    """Return the file that is told what each stage took, if LOD_TIMES names one."""
    return Path(os.environ["LOD_TIMES"]) if os.environ.get("LOD_TIMES") else None
