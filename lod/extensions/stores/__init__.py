"""Stores on other machines: `lod serve --store` sends one the queries of clients.

An operator loads releases there with the tools of that store, each into a graph of its own, the
file exemples.ttl last: it says that the release is whole.
"""

from click import Group

from lod.extensions import Extension


def _commands(group: Group) -> None:
    from lod.extensions.stores.commands import add_options

    add_options(group)


EXTENSION = Extension(purpose="queries answered by a SPARQL store elsewhere", commands=_commands)
