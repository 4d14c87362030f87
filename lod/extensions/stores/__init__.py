"""Stores on other machines: `lod push` loads a release into one, and `lod serve --store` sends it
the queries of clients.

A release has a graph of its own there, and one triple says that it is served: see `push.py`.
"""

from click import Group

from lod.extensions import Extension


def _commands(group: Group) -> None:
    from lod.extensions.stores.commands import add_commands

    add_commands(group)


EXTENSION = Extension(
    purpose="a release in a SPARQL store elsewhere, and queries answered there", commands=_commands
)
