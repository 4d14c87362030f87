"""A public instance without a server: in an export, the browser answers SPARQL and searches as a
server does.

`facts.py`: facts as packed files, which Oxigraph loads in a worker; `search_file.py`: the full-text
index as a file that SQLite reads by ranges in another one; `pages.py`: the pages that use them.
`steps.py`, `command.py`: which steps to a public address are done.
"""

from pathlib import Path

from click import Group

from lod.extensions import Extension
from lod.publish.publication import Site


def _exported(folder: Path, site: Site) -> None:
    from lod.extensions.static_app.pages import write_app

    write_app(folder, site)


def _commands(group: Group) -> None:
    from lod.extensions.static_app.command import add_check

    add_check(group)


EXTENSION = Extension(
    purpose="in an export: SPARQL and the search of the server, in the browser",
    exported=_exported,
    answered={"sparql": "sparql.html"},
    commands=_commands,
)
