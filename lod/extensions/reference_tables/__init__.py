"""`lod reference-tables`: the reference tables alone, as a data package for who publishes none of
the questions.
"""

from typing import TYPE_CHECKING

from lod.extensions import Extension

if TYPE_CHECKING:
    from click import Group


def _commands(group: "Group") -> None:
    from lod.extensions.reference_tables.command import reference_tables

    group.add_command(reference_tables)


EXTENSION = Extension(
    purpose="ministries, ministers, headings, identifiers, communes as a data package of their own",
    commands=_commands,
)
