"""The official archives of the Assemblée, downloaded."""

from click import Group

from lod.extensions import Extension


def _commands(group: Group) -> None:
    from lod.extensions.fetch.command import fetch

    group.add_command(fetch)


EXTENSION = Extension(purpose="the official archives, downloaded", commands=_commands)
