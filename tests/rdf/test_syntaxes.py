"""N-Triples come out of JSON-LD as they were; what XML cannot write is replaced."""

import json

import orjson
import pytest
from lxml import etree
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse
from rdflib import Graph

from lod.base.inputs import Record
from lod.pipeline.settling.convert import Accepted, convert
from lod.rdf.iris import Iris
from lod.rdf.jsonld import document
from lod.rdf.serialize import ntriples, written
from lod.rdf.vocab import NAMESPACE, QP, RDFS, XSD, boolean, fr, integer, plain_literal
from tests.support.paths import BASE, CASES

NODE, OTHER = NamedNode("http://localhost:8000/question/X"), NamedNode("http://localhost:8000/y")
SIGNS = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x11000)))) + "\U0001f600\U0010ffff"
WHOLE = (CASES / "an_json/whole_life/source.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("term", "stated", "value"),
    [
        (QP.titre, fr(f"<b> .\n{SIGNS}"), f"<b> .\n{SIGNS}"),
        (QP.titre, plain_literal("a"), {"@value": "a"}),
        (QP.titre, Literal("a", language="en"), {"@value": "a", "@language": "en"}),
        (QP.uid, Literal("1", datatype=OTHER), {"@value": "1", "@type": OTHER.value}),
        (QP.numero, integer(43349), 43349),
        (QP.numero, integer(-7), -7),
        (QP.numero, Literal("007", datatype=XSD.integer), "007"),
        (QP.numero, Literal("-0", datatype=XSD.integer), "-0"),
        (QP.numero, integer(10**15), "1000000000000000"),
        (QP.chaineComplete, boolean(False), False),
        (QP.chaineComplete, Literal("1", datatype=XSD.boolean), "1"),
        (OTHER, boolean(True), {"@value": True, "@type": XSD.boolean.value}),
        (QP.auteur, OTHER, OTHER.value),
        (OTHER, OTHER, {"@id": OTHER.value}),
    ],
)
def test_every_kind_of_value(term: NamedNode, stated: NamedNode | Literal, value: object) -> None:
    """A value that is not of the default kind of its property says what it is."""
    [node] = orjson.loads(document(ntriples([Triple(NODE, term, stated)])))["@graph"]
    name = term.value.removeprefix(NAMESPACE)
    assert node == {"@id": NODE.value, name: value} and type(node[name]) is type(value)


NUMBERS = ("0", "-0", "7", "-7", "+7", "007", "999999999999999", "1000000000000000", "1" * 30)


def test_numbers_and_truth_values_are_read_as_they_were() -> None:
    """Those that JSON has, and those that it would change: leading zeros, too many digits."""
    triples = [
        Triple(NODE, named, Literal(text, datatype=kind))
        for named in (QP.numero, QP.chaineComplete, QP.delaiMoyen, QP.titre, OTHER)
        for kind in (XSD.integer, XSD.boolean, XSD.decimal, XSD.nonNegativeInteger, XSD.string)
        for text in (*NUMBERS, "true", "false", "1.5", "TRUE", "")
    ]
    nt = ntriples(triples)
    read = parse(document(nt), format=RdfFormat.JSON_LD)
    assert {quad.triple for quad in read} == set(triples)
    graphs = [
        Graph().parse(data=data, format=f) for data, f in ((nt, "nt"), (document(nt), "json-ld"))
    ]
    assert set(graphs[0]) == set(graphs[1])


def test_names_of_neighbours() -> None:
    """A resource that is only pointed to gets its name, another one does not."""
    nt = ntriples([Triple(NODE, QP.auteur, OTHER), Triple(NODE, QP.rappelle, NODE)])
    names = {n.value: Triple(n, RDFS.label, fr("Nom")) for n in (NODE, OTHER)}
    assert orjson.loads(document(nt, names))["@graph"] == [
        {"@id": NODE.value, "auteur": OTHER.value, "rappelle": NODE.value},
        {"@id": OTHER.value, "label": "Nom"},
    ]


@pytest.mark.parametrize("sign", ["\x01", "\x0b", "\x1f", "\ufffe", "\uffff"])
@pytest.mark.parametrize(
    "field", ["santé", "hôpitaux", "seconde analyse", "Second texte.", "SOC", "cleInconnue"]
)
def test_a_record_with_such_characters(field: str, sign: str) -> None:
    """It is published without them, in well-formed RDF/XML."""
    written_so = json.dumps(f"{field}{sign}")[1:-1]
    assert WHOLE.count(f'"{field}"') == 1
    data = WHOLE.replace(f'"{field}"', f'"{written_so}"').encode()
    verdict = convert(Record("x.json", "x.json", data), Iris(BASE))
    assert isinstance(verdict, Accepted)
    triples = list(verdict.triples())
    assert not any(sign in triple.object.value for triple in triples)  # type: ignore[union-attr]
    etree.fromstring(written(triples, "rdf"))
    told = [remark.wrong for remark in verdict.remarks if "control characters" in remark.wrong]
    assert len(told) == (field != "cleInconnue")


def test_a_text_that_no_reader_has_seen() -> None:
    """What comes from elsewhere, such as a reviewed file, is replaced where it is written."""
    triple = Triple(NamedNode("a:b"), RDFS.label, Literal("a\x01\ufffe\uffffb\ufffd"))
    root = etree.fromstring(written([triple], "rdf"))
    assert "".join(root.itertext()).strip() == "a\ufffd\ufffd\ufffdb\ufffd"
