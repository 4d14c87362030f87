"""The command line: a command reads its arguments, makes one call, and prints counts last."""

import click

from lod import __version__
from lod.cli.building import build, check, demo
from lod.cli.keeping import export, publish, releases, rollback
from lod.cli.options import Commands, option_of_files
from lod.cli.serving import query, serve
from lod.extensions import extensions, inputs


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Publish the questions of French deputies as linked open data."""


COMMANDS = (build, check, demo, export, publish, query, releases, rollback, serve)
for command in COMMANDS:
    main.add_command(command)
for name, files in inputs().items():
    build.params.append(option_of_files(name, files.help))
for extension in extensions():
    extension.commands(main)
