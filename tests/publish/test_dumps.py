"""Each dump is what its first lines say, complete by itself, and all of them are the store."""

import configparser
import gzip
import re
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from lod.publish.downloads import QLEVERFILE
from lod.publish.dumps import NTRIPLES, QUADS, TRIPLES, TURTLE, legislature_dump, stated_triples
from lod.publish.fill_store import ONTOLOGY_NT
from lod.publish.release import current, manifest
from lod.rdf.iris import document_of
from lod.rdf.serialize import triples as parsed
from lod.rdf.store import open_store
from lod.rdf.vocab import DCAT, NAMESPACE, QP, RDF, RDFS
from tests.support.paths import BASE

FORMATS = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "nq": RdfFormat.N_QUADS}
Triples = set[tuple[object, object, object]]


@pytest.fixture(params=["sample", "vies"], scope="module")
def release(request: pytest.FixtureRequest) -> Path:
    """The sample; lives of questions, with archives of deputies and ended legislatures."""
    return current(request.getfixturevalue(request.param))


@cache
def quads(path: Path) -> frozenset[Quad]:
    """What is in a dump."""
    syntax = FORMATS[path.name.split(".")[1]]
    return frozenset(parse(gzip.decompress(path.read_bytes()), format=syntax))


def triples(path: Path) -> Triples:
    return {(q.subject, q.predicate, q.object) for q in quads(path)}


def legislatures(release: Path) -> list[int]:
    return sorted({int(key.partition("-")[0]) for key in manifest(release)["questions"]})


def test_the_head_says_what_follows(release: Path) -> None:
    """Source, licence, rights, day, place, content, and as many triples as a parser finds."""
    names = [TURTLE, NTRIPLES, QUADS, *map(legislature_dump, legislatures(release))]
    assert len(names) >= 5
    told = manifest(release)
    for name in names:
        path = release / "dumps" / name
        head = gzip.decompress(path.read_bytes()).decode().splitlines()[:7]
        assert all(line.startswith("# ") for line in head) and head[-1].startswith(TRIPLES)
        said = "\n".join(head)
        words = "Assemblée nationale", "licence", "ODbL 1.0 (NosDéputés.fr"
        for value in (*words, told["donnees_au"], BASE, told["noyau"]):
            assert value in said, (name, value)
        assert stated_triples(path) == len(quads(path)) > 1000, name


def test_only_prefixes_that_are_used(release: Path) -> None:
    text = gzip.decompress((release / "dumps" / TURTLE).read_bytes()).decode()
    declared = re.findall(r"(?m)^@prefix ([\w-]+):", text)
    assert len(declared) > 8 and len(set(declared)) == len(declared)
    unused = {name for name in declared if not re.search(rf"[\s^]{name}:\w", text)}
    assert unused <= {"rdf", "wd"}  # `a` stands for rdf:type; without links there is no item


def test_all_dumps_are_the_store(release: Path) -> None:
    """Turtle and N-Triples are the data; with ontology and examples they are the default graph;
    N-Quads are all of it. Legislatures together are what questions state and refer to.
    """
    dumps, store = release / "dumps", set(open_store(release / "store"))
    beside = [*parsed((release / ONTOLOGY_NT).read_bytes())]
    data = {(q.subject, q.predicate, q.object) for q in store if not named(q)}
    assert len(beside) > 1000 and set(map(tuple, beside)) <= data
    data -= set(map(tuple, beside))
    assert triples(dumps / TURTLE) == triples(dumps / NTRIPLES) == data
    parts = (triples(dumps / legislature_dump(number)) for number in legislatures(release))
    told = set[object]().union(*parts)
    subjects = {s for s, *_ in told}
    assert told <= data and {t for t in data if t[0] in subjects} == told
    assert quads(dumps / QUADS) == store and any(map(named, store))


def named(quad: Quad) -> bool:
    """Say whether a quad is in a named graph."""
    return isinstance(quad.graph_name, NamedNode)


def test_a_legislature_is_complete_by_itself(release: Path) -> None:
    """It has the questions of that legislature, no others, and a name of all that they speak of."""
    for number in legislatures(release):
        held = triples(release / "dumps" / legislature_dump(number))
        asked = {s for s, p, o in held if (p, o) == (RDF.type, QP.Question)}
        assert asked and all(f"L{number}Q" in str(one) for one in asked)
        labelled = {s for s, p, _ in held if p == RDFS.label}
        objects = {o for s, p, o in held if s in asked and p != RDF.type}
        spoken = {o for o in objects if str(o).startswith(f"<{NAMESPACE}")}
        # and what that leads to, but for the bytes of records, which are no resource
        led = (o for _, p, o in held if p != DCAT.downloadURL)
        spoken |= {o for o in led if str(o).startswith(f"<{BASE}")}
        recalled = {o for s, p, o in held if p == QP.rappelle}  # of whatever legislature
        assert spoken - recalled <= labelled
        assert {document_of(str(s)[1:-1]) for s in asked} == {str(s)[1:-1] for s in asked}


def test_qlever_finds_what_to_load(release: Path) -> None:
    """The file for the command `qlever` names the dump of all graphs, and how to read it."""
    told = configparser.ConfigParser(interpolation=configparser.ExtendedInterpolation())
    told.optionxform = str  # type: ignore[assignment, method-assign]  # names keep their capitals
    assert told.read(release / "dumps" / QLEVERFILE, "utf-8")
    dump = told["index"]["INPUT_FILES"]
    assert (release / "dumps" / dump).is_file() and told["index"]["FORMAT"] == "nq"
    assert told["index"]["CAT_INPUT_FILES"] == f"zcat {dump}"
    assert told["data"]["GET_DATA_CMD"].endswith(f"{BASE}telechargements/{dump}")
    assert f" {manifest(release)['triples']['store']} triplets" in told["data"]["DESCRIPTION"]
