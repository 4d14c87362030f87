"""Characters that XML does not allow: removed from records, replaced in RDF/XML."""

import json

import pytest
from lxml import etree
from pyoxigraph import Literal, NamedNode, Triple

from lod.base.inputs import Record
from lod.pipeline.settling.convert import Accepted, convert
from lod.rdf.iris import Iris
from lod.rdf.serialize import written
from lod.rdf.vocab import RDFS
from tests.support.paths import BASE, CASES

WHOLE = (CASES / "an_json/whole_life/source.json").read_text("utf-8")


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
