"""The official record of a sitting (« Syceron »): which of its points are questions of a release,
and who speaks in them, by identifier.

`sittings.py` reads the files; `linking.py` finds which point is which question; `triples.py` makes
the graph; `pages.py` the page of a sitting.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from lod.extensions import Extension, FilesOfOption
from lod.pipeline.settling.settle import MakeGraph
from lod.publish.draft import Draft
from lod.publish.publication import Output
from lod.sources.markup import is_xml_of


def _graphs(_: Path | None) -> Iterator[MakeGraph]:
    from lod.extensions.debates.triples import make_graph

    yield make_graph


def _outputs(draft: Draft) -> Iterator[Output]:
    from lod.extensions.debates.pages import SittingPages
    from lod.extensions.debates.triples import DebateGraph

    graphs = draft.gathered.graphs
    yield from (SittingPages(graph) for graph in graphs if isinstance(graph, DebateGraph))


EXTENSION = Extension(
    purpose="oral questions in the official record of their sitting, with speakers by identifier",
    inputs={
        "debates": FilesOfOption(
            "Official records of sittings (Syceron XML); several may be given.",
            partial(is_xml_of, "compteRendu"),
        )
    },
    graphs=_graphs,
    outputs=_outputs,
)
