"""The stream of publications as `ldes-client` of npm reads it, and as the store has it."""

import gzip
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Triple

from lod.extensions.stream.log import read_publications
from lod.extensions.stream.pages import page_file, stream_pages
from lod.rdf.iris import document_of
from lod.rdf.store import open_store
from lod.rdf.vocab import DCTERMS, PREFIXES, QP, RDF, term
from tests.support.paths import BASE
from tests.support.programs import MODULES, need, output

_SHORT = re.compile(r"^(<[^>]+> <[^>]+> )(true|false|[+-]?\d+(?:\.\d+)?)( )", re.MULTILINE)
CALENDAR = {QP.statut, QP.statutAu}


@dataclass(slots=True)
class Followed:
    """What a client was given: what is said of each member, and the state in its graph."""

    said: dict[str, set[Triple]] = field(default_factory=lambda: defaultdict(set))  # subject →
    states: dict[str, set[Triple]] = field(default_factory=lambda: defaultdict(set))  # member →

    def kinds(self) -> dict[str, str]:
        """Uid → what became of the question: `Create`."""
        return {uid_of(s): self.value(s, RDF.type).removeprefix(PREFIXES["as"]) for s in self.said}

    def instants(self) -> set[str]:
        return {self.value(s, DCTERMS.created) for s in self.said}

    def value(self, subject: str, predicate: NamedNode) -> str:
        [found] = [t.object.value for t in self.said[subject] if t.predicate == predicate]
        return str(found)


def uid_of(iri: str) -> str:
    """The question that a member, or a question itself, is about."""
    return iri.replace("#", "/").rpartition("/")[2].rpartition("-")[2]


def follow_with_client(address: str, *options: str) -> Followed:
    """Ask the client for the stream; it prints quads, with numbers and truth values as Turtle."""
    said = output(need(MODULES / ".bin" / "ldes-client"), address, *options)
    return read_quads(_SHORT.sub(_spelled_out, said).encode(), RdfFormat.N_QUADS)


def _spelled_out(found: re.Match[str]) -> str:
    kind = "decimal" if "." in found[2] else "boolean" if found[2].isalpha() else "integer"
    return f'{found[1]}"{found[2]}"^^<{PREFIXES["xsd"]}{kind}>{found[3]}'


def read_quads(data: bytes, form: RdfFormat) -> Followed:
    """Sort quads by member: the default graph has what is said of it, its own graph the state."""
    found = Followed()
    for quad in pyoxigraph.parse(data, format=form):
        if quad.graph_name != DefaultGraph():
            found.states[quad.graph_name.value].add(quad.triple)  # type: ignore[union-attr]
        else:
            found.said[quad.subject.value].add(quad.triple)  # type: ignore[union-attr]
    return found


def whole_stream(folder: Path, base: str = BASE) -> Followed:
    """The stream of a folder as one reading."""
    found = Followed()
    for page in stream_pages(folder, read_publications(folder), base):
        data = gzip.decompress(page_file(folder, page.number, page.members).read_bytes())
        one = read_quads(data, RdfFormat.TRIG)
        for iri, triples in one.said.items():
            if "#" in iri and "/changements#" not in iri:
                found.said[iri] |= triples
        found.states.update(one.states)
    return found


def stored_states(release: Path) -> dict[str, set[Triple]]:
    """Uid → all that the store says of a question, but the status of one that waits."""
    store, of_document = open_store(release / "store"), defaultdict[str, set[Triple]](set)
    for quad in store.quads_for_pattern(None, None, None, DefaultGraph()):
        of_document[document_of(quad.subject.value)].add(quad.triple)  # type: ignore[union-attr]
    questions = store.quads_for_pattern(None, RDF.type, QP.Question, DefaultGraph())
    return {uid_of(q.subject.value): _state(q.subject.value, of_document) for q in questions}  # type: ignore[union-attr]


def _state(question: str, of_document: dict[str, set[Triple]]) -> set[Triple]:
    own = of_document[question]
    answers = [t.object.value for t in own if t.predicate == QP.reponse]  # type: ignore[union-attr]
    if any("statut-en-attente" in str(t.object) for t in own):
        own = {t for t in own if t.predicate not in CALENDAR}
    return own.union(*(of_document[iri] for iri in answers))


def replica(*readings: Followed) -> dict[str, set[Triple]]:
    """Uid → state, as whoever applies one reading after the other keeps it."""
    kept: dict[str, set[Triple]] = {}
    for reading in readings:
        for member in sorted(reading.said, key=_order):
            if any(t.object == term("as:Delete") for t in reading.said[member]):
                kept.pop(uid_of(member), None)
            else:
                kept[uid_of(member)] = reading.states[member]
    return kept


def _order(member: str) -> tuple[int, str]:
    publication, _, uid = member.rpartition("#")[2].partition("-")
    return int(publication), uid


def titles(triples: Iterable[Triple]) -> list[str]:
    return [t.object.value for t in triples if t.predicate == QP.titre]  # type: ignore[union-attr]
