"""EuroVoc: broader terms, microthesauri and domains of the descriptors that headings are close to,
in a named graph.

`descripteurs.csv`: these descriptors and all that are broader; `schemas.csv`: their microthesauri,
each with its domain, and the domains. Origin and licence of both: `lod/reference/data/README.md`,
`rubriques-eurovoc.csv`. `triples.py`: their graph.
"""

from collections.abc import Iterator
from pathlib import Path

from lod.extensions import Extension
from lod.pipeline.settling.settle import MakeGraph


def _graphs(_: Path | None) -> Iterator[MakeGraph]:
    from lod.extensions.eurovoc.triples import make_graph

    yield make_graph


EXTENSION = Extension(
    purpose="broader terms and domains of the descriptors of EuroVoc, in a graph", graphs=_graphs
)
