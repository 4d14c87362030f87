"""JSON-LD is made of the lines of N-Triples: what stands in them comes out as it was."""

import orjson
import pytest
from pyoxigraph import Literal, NamedNode, Triple

from lod.rdf.jsonld import document
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import QP, RDFS, fr, plain_literal

NODE, OTHER = NamedNode("http://localhost:8000/question/X"), NamedNode("http://localhost:8000/y")
SIGNS = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x11000)))) + "\U0001f600\U0010ffff"


@pytest.mark.parametrize(
    ("triple", "name", "value"),
    [
        (Triple(NODE, QP.titre, fr(f"<b> .\n{SIGNS}")), "titre", f"<b> .\n{SIGNS}"),
        (Triple(NODE, QP.titre, plain_literal("a")), "titre", {"@value": "a"}),
        (
            Triple(NODE, QP.titre, Literal("a", language="en")),
            "titre",
            {"@value": "a", "@language": "en"},
        ),
        (
            Triple(NODE, QP.uid, Literal("1", datatype=OTHER)),
            "uid",
            {"@value": "1", "@type": OTHER.value},
        ),
        (Triple(NODE, QP.auteur, OTHER), "auteur", OTHER.value),
        (Triple(NODE, OTHER, OTHER), OTHER.value, {"@id": OTHER.value}),
    ],
)
def test_every_kind_of_value(triple: Triple, name: str, value: object) -> None:
    """A value that is not of the default kind of its property says what it is."""
    [node] = orjson.loads(document(ntriples([triple])))["@graph"]
    assert node == {"@id": NODE.value, name: value}


def test_names_of_neighbours() -> None:
    """A resource that is only pointed to gets its name, another one does not."""
    nt = ntriples([Triple(NODE, QP.auteur, OTHER), Triple(NODE, QP.rappelle, NODE)])
    names = {n.value: Triple(n, RDFS.label, fr("Nom")) for n in (NODE, OTHER)}
    assert orjson.loads(document(nt, names))["@graph"] == [
        {"@id": NODE.value, "auteur": OTHER.value, "rappelle": NODE.value},
        {"@id": OTHER.value, "label": "Nom"},
    ]
