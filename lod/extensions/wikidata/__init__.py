"""Proposals which item of Wikidata is which deputy, with reasons; a person decides."""

from typing import TYPE_CHECKING

from lod.extensions import Extension

if TYPE_CHECKING:
    from click import Group


def _commands(group: "Group") -> None:
    from lod.extensions.wikidata.command import link

    group.add_command(link)


EXTENSION = Extension(
    purpose="proposals which item of Wikidata is which deputy, for a person to review",
    commands=_commands,
)
