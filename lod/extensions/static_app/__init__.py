"""A public instance without a server: in an export, the browser answers SPARQL and searches as a
server does.

`facts.py`: facts as packed files, which Oxigraph loads in a worker; `search_file.py`: the full-text
index as a file that SQLite reads by ranges in another one; `pages.py`: the pages that use them.
"""

from pathlib import Path

from lod.extensions import Extension
from lod.publish.publication import Site


def _exported(folder: Path, site: Site) -> None:
    from lod.extensions.static_app.pages import write_app

    write_app(folder, site)


EXTENSION = Extension(
    purpose="in an export: SPARQL and the search of the server, in the browser",
    exported=_exported,
    answered={"sparql": "sparql.html"},
)
