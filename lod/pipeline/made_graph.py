"""A named graph that an extension makes of the settled questions, beside the data."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lod.base.errors import Finding
from lod.pipeline.settling import BuildPlan
from lod.pipeline.validation.shapes import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeGraph:
    """A graph whose triples are on the disk, validated, with what the rest of a build asks of it.

    An extension that needs more of it later makes a class of its own from this one.
    """

    name: str  # its row in `graphes.csv`
    content: str  # what its dump holds, in French
    results: tuple[Result, ...]  # of SHACL
    focus_nodes: Counter[str]  # shape → nodes that were validated
    rejected: tuple[Finding, ...] = ()  # why rows of reviewed files are not published
    told: str = ""  # what became of these rows, for the last line of the command
    # question or answer → resources of the graph that its page names: IRI and name
    mentions: Mapping[str, list[tuple[str, str]]] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """Its triples in a release, as N-Triples."""
        return f"{self.name}.nt"

    @property
    def dump(self) -> str:
        """Its triples among the downloads, as Turtle."""
        return f"{self.name}.ttl.gz"


MakeGraph = Callable[[BuildPlan], MadeGraph]  # to be called once all questions are settled
