"""`lod reference-tables`: the reference tables alone, as a data package for people who do not
publish the questions.
"""

from click import Group

from lod.extensions import Extension


def _commands(group: Group) -> None:
    from lod.extensions.reference_tables.command import reference_tables

    group.add_command(reference_tables)


EXTENSION = Extension(
    purpose="ministries, ministers, headings, identifiers, communes as a data package of their own",
    commands=_commands,
)
