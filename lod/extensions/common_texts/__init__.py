"""Common texts: which questions, and which answers, share passages, among themselves or with texts
published elsewhere; words are compared, not meanings.

`words.py`: a text as words without stock phrases; `candidates.py`: MinHash of its shingles, and
pairs that may share much; `comparison.py`: what a pair shares, exactly; `finding.py`: groups of
texts, with what the release before has compared; `outside.py`: passages in texts published
elsewhere, which a person has found; `triples.py`: the graph of both; `lists.py`: their pages.
"""

from collections.abc import Iterator
from pathlib import Path

from lod.extensions import Extension
from lod.pipeline.settling.settle import BuildPlan, MadeGraph, MakeGraph
from lod.publish.draft import Draft
from lod.publish.publication import Output


def _graphs(folder: Path | None) -> Iterator[MakeGraph]:
    from lod.extensions.common_texts.outside import read_reviewed

    reviewed = read_reviewed(folder)

    def make(plan: BuildPlan) -> MadeGraph:
        from lod.extensions.common_texts.triples import make_graph

        return make_graph(plan, reviewed)

    yield make


def _outputs(draft: Draft) -> Iterator[Output]:
    from lod.extensions.common_texts.lists import CommonTextPages
    from lod.extensions.common_texts.triples import CommonTextGraph

    yield from (
        CommonTextPages(graph)
        for graph in draft.gathered.graphs
        if isinstance(graph, CommonTextGraph)
    )


EXTENSION = Extension(
    purpose="which questions and answers share passages, also with texts published elsewhere",
    reviewed=("objections.csv", "textes-exterieurs.csv"),
    graphs=_graphs,
    outputs=_outputs,
)
