"""The option `lod publish --check`."""

from inspect import cleandoc
from pathlib import Path
from typing import Any

import click

from lod.base.errors import counted


def _check(context: click.Context, _: click.Parameter, is_asked: bool) -> None:
    """Print the steps; end with 1 if one that a site needs is not seen done, 2 for a mistake."""
    if not is_asked:
        return
    from lod.base.settings import read_settings
    from lod.base.tabular import aligned
    from lod.extensions.static_app.steps import DONE, look, steps

    sights = list(look(steps(), read_settings(), Path()))
    lines: list[tuple[Any, ...]] = [("step", "state", "what")]
    for sight in sights:
        step = sight.step
        lines.append((step.etape, sight.state, step.nom + " (optional)" * bool(step.facultative)))
    click.echo(aligned(lines), nl=False)
    for sight in sights:
        if sight.state != DONE:
            what = f"{sight.step.etape}: {sight.why}; {sight.step.remede}"
            click.echo(what, err=True)
    done = sum(sight.state == DONE for sight in sights)
    missing = sum(sight.is_missing for sight in sights)
    click.echo(f"{done} of {counted(len(sights), 'step')} done, {missing} missing", err=True)
    context.exit(1 if missing else 0)


def add_check(group: click.Group) -> None:
    """Add the option to `publish`, which then needs no release."""
    command = group.commands["publish"]
    command.params.append(
        click.Option(["--check"], is_flag=True, is_eager=True, expose_value=False, callback=_check,
                     help="Say which steps to a public address are done.")
    )  # fmt: skip
    command.help = f"{cleandoc(command.help or '')}\n    lod publish --check"
