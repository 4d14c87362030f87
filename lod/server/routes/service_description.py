"""The SPARQL 1.1 Service Description: from files of the release, and the limits of the server."""

from functools import lru_cache
from pathlib import Path
from string import Template

from pyoxigraph import RdfFormat, parse, serialize

from lod.rdf.serialize import read_turtle
from lod.rdf.vocab import PREFIXES
from lod.server.engine.current_release import ServedRelease
from lod.server.limits import WorkerLimits

LIMITS_TEMPLATE = Path(__file__).with_suffix(".ttl")
PUBLISHED = ("service.ttl", "void.ttl")  # files in `dumps` that are part of the description


def describe(release: ServedRelease, limits: WorkerLimits, syntax: RdfFormat) -> bytes:
    """Return the description in one syntax; its IRIs are made from the base of the release."""
    return _described(release.folder / "dumps", release.base, limits, syntax)


@lru_cache(maxsize=16)  # VoID is some thousand triples, and a release never changes
def _described(dumps: Path, base: str, limits: WorkerLimits, syntax: RdfFormat) -> bytes:
    text = Template(LIMITS_TEMPLATE.read_text("utf-8")).substitute(
        seconds=f"{limits.seconds:g}", rows=limits.rows, size=limits.size
    )
    triples = [t for name in PUBLISHED for t in read_turtle(dumps / name)]
    triples += [quad.triple for quad in parse(text, format=RdfFormat.TURTLE, base_iri=base)]
    return serialize(dict.fromkeys(triples), format=syntax, prefixes=PREFIXES) or b""
