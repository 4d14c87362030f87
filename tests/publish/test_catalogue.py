"""Catalogue and VoID: they conform to DCAT-AP 3, their figures are true, they name everything."""

import re
from collections import Counter
from functools import cache
from itertools import chain
from pathlib import Path

import pyshacl
import pytest
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SH, SKOS, VOID, XSD

from lod.base import packaged
from lod.base.errors import UsageError
from lod.base.packing import sha256
from lod.base.settings import Settings, read_settings
from lod.build import build
from lod.publish.release import current, manifest
from lod.publish.void import named_graphs
from lod.rdf.store import open_store, select
from lod.rdf.templates import LICENCES, datasets, file_format
from lod.rdf.vocab import NAMESPACE, PREFIXES
from tests.support.comparing import named_graphs_of
from tests.support.paths import BASE, RICH, SHARED, tables_of

TABLES = tables_of(__file__)

SHAPES = SHARED / "checks" / "dcat-ap"
PLACE = "http://publications.europa.eu/resource/authority/country/FRA"
SPDX = Namespace("http://spdx.org/rdf/terms#")
DATATYPE = URIRef(PREFIXES["void-ext"] + "datatype")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
ONTOLOGY = URIRef(NAMESPACE.rstrip("#"))
DATASET, CATALOGUE = URIRef(BASE + "dcat.ttl#questions"), URIRef(BASE + "dcat.ttl#catalogue")
VOID_DATASET = URIRef(BASE + ".well-known/void#questions")
# shapes that nothing breaks: those of 3.0.1 and their ranges, the older set, what is deprecated
CONFORMING = (
    "dcat-ap-SHACL.ttl", "ranges.ttl", "shapes.ttl", "range.ttl", "deprecateduris.ttl",
)  # fmt: skip
# dumps that are described; dcat.ttl cannot state its own sum
DESCRIBED = {
    "questions.ttl.gz", "questions-15.ttl.gz", "questions-16.ttl.gz", "questions-17.ttl.gz",
    "questions.nt.gz", "tout.nq.gz", "links.ttl.gz", "faits-wikidata.ttl.gz",
    "changements.jsonl.gz", "ontology.ttl", "shapes.ttl", "controles.ttl", "statistiques.csv",
    "alignements.ttl", "eli-dl.nt.gz", "schema-org.nt.gz", "exemples.ttl", "void.ttl",
    "service.ttl", "Qleverfile", "referentiel.zip",
}  # fmt: skip
# what DCAT-AP recommends and truth forbids, as (node, property): nobody has said when the
# catalogue first appeared, how long a file will stay, or what kind of body the publisher is; and
# no box holds the France of the questions, overseas and abroad
FORBIDDEN = {
    ("dcat.ttl#catalogue", "issued"): 1,
    ("#editeur", "type"): 1,
    (PLACE, "bbox"): 1,
    (PLACE, "centroid"): 1,
    # what describes the data has no period of its own
    **{
        (f"dcat.ttl#{name}", "temporal"): 1
        for name in ("ontologie", "formes", "descriptions", "hierarchie-eurovoc")
    },
}


def without_contact(dcat: Graph) -> dict[tuple[str, str], int]:
    """Return what only the publisher can give, by `contact` in lod.toml."""
    nodes = [*map(str, dcat.subjects(RDF.type, DCAT.Dataset)), f"{BASE}dcat.ttl#sparql"]
    return {(node.removeprefix(BASE), "contactPoint"): 1 for node in nodes}


def forbidden(dcat: Graph) -> dict[tuple[str, str], int]:
    """Return FORBIDDEN, and that of each file of a catalogue."""
    described = {str(node).removeprefix(BASE) for node in dcat.subjects(RDF.type, DCAT.Dataset)}
    told = {key: n for key, n in FORBIDDEN.items() if key[1] != "temporal" or key[0] in described}
    files = (str(node).removeprefix(BASE) for node in dcat.objects(None, DCAT.distribution))
    return told | {(name, "availability"): 1 for name in files}


@pytest.fixture(scope="module")
def dcat(sample: Path) -> Graph:
    return Graph().parse(current(sample) / "dumps/dcat.ttl")


@pytest.fixture(scope="module")
def void(sample: Path) -> Graph:
    return Graph().parse(current(sample) / "dumps/void.ttl")


@pytest.fixture(scope="module")
def with_contact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release whose publisher has a name, with quotes, and an address to write to."""
    folder = tmp_path_factory.mktemp("contact")
    build([RICH], folder, Settings(editeur='La « Bib" »', contact="lod@exemple.fr"))
    return current(folder)


@cache
def shapes(name: str) -> Graph:
    """Return shapes of DCAT-AP without the links to property shapes that are not there."""
    graph = Graph().parse(SHAPES / name)
    if name == "ranges.ttl":  # it only speaks together with the shapes that it adds to
        graph.parse(SHAPES / "dcat-ap-SHACL.ttl")
    dangling = [
        t for t in graph.triples((None, SH.property, None)) if not graph.value(t[2], SH.path)
    ]
    assert len(dangling) <= 5, "more is missing than is known"
    for link in dangling:
        graph.remove(link)
    return graph


def found(data: Graph, name: str) -> Counter[tuple[str, str, str]]:
    """Return (severity, node, property) of every result of validating, with its number."""
    _, report, _ = pyshacl.validate(
        data, shacl_graph=shapes(name), inference="none", do_owl_imports=False
    )
    results = report.subjects(RDF.type, SH.ValidationResult)
    return Counter(
        (
            last_word(report.value(result, SH.resultSeverity)),
            str(report.value(result, SH.focusNode)).removeprefix(BASE),
            last_word(report.value(result, SH.resultPath)),
        )
        for result in results
    )


def last_word(iri: object) -> str:
    return re.split("[#/]", str(iri))[-1]


def as_catalogued(*graphs: Graph) -> Graph:
    """Return VoID and ontology as a catalogue takes them in: each is a dataset."""
    graph = sum(graphs, Graph())
    for kind in (VOID.Dataset, VOID.Linkset, OWL.Ontology):
        for subject in list(graph.subjects(RDF.type, kind)):
            graph.add((subject, RDF.type, DCAT.Dataset))
    return graph


@pytest.mark.shared
@pytest.mark.parametrize("name", CONFORMING)
def test_the_catalogue_conforms(name: str, dcat: Graph, with_contact: Path) -> None:
    """No result at all, with and without a contact."""
    assert not found(dcat, name)
    assert not found(Graph().parse(with_contact / "dumps/dcat.ttl"), name)


@pytest.mark.shared
@pytest.mark.parametrize("name", CONFORMING)
def test_void_and_ontology_conform_as_datasets(
    name: str, sample: Path, void: Graph, with_contact: Path
) -> None:
    """Read as datasets, which their types alone do not make them, they are good ones."""
    ontology = Graph().parse(current(sample) / "dumps/ontology.ttl")
    read = as_catalogued(void, ontology)
    assert {VOID_DATASET, ONTOLOGY} <= set(read.subjects(RDF.type, DCAT.Dataset))
    assert not found(read, name)
    assert not found(as_catalogued(ontology), name)
    other = Graph().parse(with_contact / "dumps/void.ttl")
    assert not found(as_catalogued(other, ontology), name)


@pytest.mark.shared
def test_what_is_recommended_is_there_unless_truth_forbids(dcat: Graph, with_contact: Path) -> None:
    """The warnings are these and no other; the publisher's contact takes two away."""

    def warnings(graph: Graph) -> dict[tuple[str, str], int]:
        results = found(graph, "shapes_recommended.ttl")
        assert {severity for severity, _, _ in results} == {"Warning"}
        return {(node, path): n for (_, node, path), n in results.items()}

    assert warnings(dcat) == forbidden(dcat) | without_contact(dcat)
    described = Graph().parse(with_contact / "dumps/dcat.ttl")
    assert warnings(described) == forbidden(described)


def test_each_file_is_in_one_dataset(dcat: Graph, sample: Path) -> None:
    """Data, ontology and shapes apart; the catalogue has all datasets, each with its names."""
    listed = set(dcat.objects(CATALOGUE, DCAT.dataset))
    assert listed == set(dcat.subjects(RDF.type, DCAT.Dataset))
    files = {
        str(one).partition("#")[2]: {
            str(part).partition("#")[2] for part in dcat.objects(one, DCAT.distribution)
        }
        for one in listed
    }
    not_made = named_graphs().keys() - named_graphs_of(current(sample)).keys()
    assert set(files) == set(datasets()) - not_made
    several = Counter(name for some in files.values() for name in some)
    assert set(several.values()) == {1} and len(several) > 40
    assert files["ontologie"] == {"ontology.ttl", "alignements.ttl"}
    assert files["formes"] == {"shapes.ttl", "controles.ttl"}
    assert all(name.startswith(("questions", "tout")) for name in files["questions"])
    for one in listed:
        for term in (DCTERMS.title, DCTERMS.description):
            assert {text.language for text in dcat.objects(one, term)} == {"fr", "en"}  # type: ignore[attr-defined]


def test_what_is_said_in_french_is_said_in_english(dcat: Graph, void: Graph) -> None:
    """Titles, descriptions and names; keywords, the words of sources and the rights are French."""
    rights = (URIRef(f"{BASE}dcat.ttl#droits"), RDFS.label)
    for graph in (dcat, void):
        said: dict[str, set[tuple[object, object]]] = {"fr": set(), "en": set()}
        for s, p, o in graph:
            if (
                isinstance(o, Literal)
                and o.language
                and p in (RDFS.label, DCTERMS.title, DCTERMS.description)
            ):
                said[o.language].add((s, p))
        assert len(said["fr"]) > 100 and said["fr"] - said["en"] <= {rights}


def test_vocabularies_are_those_in_use(void: Graph) -> None:
    """Every property and class is of a vocabulary that is named, and each of these is used."""
    terms = {*void.objects(None, VOID.property), *void.objects(None, VOID["class"])}
    spaces = {str(iri) for iri in void.objects(VOID_DATASET, VOID.vocabulary)}
    assert {re.sub(r"[^#/]+$", "", str(term)) for term in terms} == spaces
    assert NAMESPACE in spaces and len(spaces) >= 6


def test_every_distribution_is_its_file(sample: Path, dcat: Graph) -> None:
    """Size, sum, format, compression and licence are those of the file; no file is left out."""
    dumps = current(sample) / "dumps"
    seen = set()
    for node in dcat.objects(None, DCAT.distribution):
        name = str(dcat.value(node, DCAT.downloadURL)).removeprefix(f"{BASE}telechargements/")
        path = dumps / name
        seen.add(name)
        size = Literal(str(path.stat().st_size), datatype=XSD.nonNegativeInteger)
        assert dcat.value(node, DCAT.byteSize) == size
        stated = dcat.value(dcat.value(node, SPDX.checksum), SPDX.checksumValue)
        assert str(stated).lower() == sha256(path)  # rdflib writes hexadecimals large
        zipped = path.read_bytes()[:2] == b"\x1f\x8b"
        assert (str(dcat.value(node, DCAT.compressFormat))[-16:] == "application/gzip") == zipped
        form = file_format(name)
        assert str(dcat.value(node, DCTERMS["format"])).endswith(f"/file-type/{form.code}")
        assert str(dcat.value(node, DCAT.mediaType)).endswith(f"/media-types/{form.media}")
    in_tables = {f"tables/{path.name}" for path in (dumps / "tables").iterdir()}
    graphs = named_graphs_of(current(sample)).values()
    described = DESCRIBED | {file for graph in graphs for file in graph.fichiers}
    assert seen == described | in_tables and len(in_tables) > 20
    files = {path.name for path in dumps.iterdir() if path.is_file()}
    assert files == described | {"dcat.ttl", "SHA256SUMS"}
    assert str(dcat.value(DATASET, URIRef(f"{DCAT}version"))) == manifest(current(sample))["id"]


def test_licences_are_those_that_the_files_state(dcat: Graph) -> None:
    """The ontology has the licence of its own header; a licence nobody knows keeps its address."""
    header = Graph().parse(packaged.CORE).value(ONTOLOGY, DCTERMS.license)
    assert str(header) == LICENCES["ontology.ttl"].address
    licence = dcat.value(URIRef(BASE + "dcat.ttl#ontology.ttl"), DCTERMS.license)
    assert dcat.value(licence, FOAF.page) == header and str(licence).endswith("/licence/CC0")
    for node in dcat.objects(None, DCAT.distribution):
        licence = dcat.value(node, DCTERMS.license)
        assert (licence, RDF.type, DCTERMS.LicenseDocument) in dcat


def test_the_period_is_that_of_the_questions(sample: Path, dcat: Graph, void: Graph) -> None:
    """From the first publication to the date of the data, in both descriptions."""
    query = f"SELECT (MIN(?d) AS ?first) {{ ?q <{NAMESPACE}dateParution> ?d }}"
    [row] = select(open_store(current(sample) / "store"), query)
    for graph, node in ((dcat, DATASET), (void, VOID_DATASET)):
        period = graph.value(node, DCTERMS.temporal)
        assert str(graph.value(period, DCAT.startDate)) == row["first"]
        assert str(graph.value(period, DCAT.endDate)) == manifest(current(sample))["donnees_au"]


def unnamed(graph: Graph, names: Graph) -> set[str]:
    """Return every IRI of the graph that is no term of a vocabulary and has no label."""
    terms = {
        *graph.predicates(),
        *(o for p in (RDF.type, VOID["class"], VOID.property, VOID.linkPredicate, DATATYPE)
          for o in graph.objects(None, p)),
    }  # fmt: skip
    iris = {t for s, _, o in graph for t in (s, o) if isinstance(t, URIRef)}
    return {
        str(iri)
        for iri in iris - terms
        if not any((iri, label, None) in names for label in (RDFS.label, SKOS.prefLabel))
    }


def test_everything_has_a_label_and_nothing_is_blank(sample: Path, with_contact: Path) -> None:
    """The catalogue stands by itself; VoID stands in the store, with ontology and data."""
    for release in (current(sample), with_contact):
        catalogue, described, ontology = (
            Graph().parse(release / f"dumps/{name}.ttl") for name in ("dcat", "void", "ontology")
        )
        stored = Graph()
        for quad in open_store(release / "store"):
            if quad.predicate.value in (str(RDFS.label), str(SKOS.prefLabel)):
                stored.add((URIRef(quad.subject.value), URIRef(quad.predicate.value), Literal("")))  # type: ignore[union-attr]
        assert unnamed(catalogue, catalogue) == set()
        assert unnamed(described, stored) == set()
        header = Graph()
        for triple in ontology.triples((ONTOLOGY, None, None)):
            header.add(triple)
        assert unnamed(header, ontology) == set()
        all_triples = chain(catalogue, described, ontology)
        assert not [t for triple in all_triples for t in triple if isinstance(t, BNode)]


def test_the_contact_is_where_a_program_looks_for_it(with_contact: Path, dcat: Graph) -> None:
    """A vCard of dataset and service, in both descriptions; none if the publisher gives none."""
    graph = Graph().parse(with_contact / "dumps/dcat.ttl")
    contact = URIRef(BASE + "#contact")
    nodes = {URIRef(f"{BASE}dcat.ttl#{name}") for name in (*datasets(), "sparql")}
    nodes &= set(graph.subjects(RDF.type, None))
    assert len(nodes) > 7
    assert set(graph.subjects(DCAT.contactPoint, contact)) == nodes
    assert graph.value(contact, VCARD.hasEmail) == URIRef("mailto:lod@exemple.fr")
    assert str(graph.value(contact, VCARD.fn)) == 'La « Bib" »'
    described = Graph().parse(with_contact / "dumps/void.ttl")
    assert described.value(VOID_DATASET, DCAT.contactPoint) == contact
    assert not list(dcat.objects(None, DCAT.contactPoint))


@pytest.mark.slow
def test_a_page_may_be_the_contact(tmp_path: Path) -> None:
    """An address of the web is a URL of the vCard; with another licence, all still stands."""
    cc0 = LICENCES["ontology.ttl"].address  # the ontology describes it: it is not told twice
    for number, licence in enumerate((cc0, "https://exemple.fr/licence")):
        settings = Settings(contact="https://exemple.fr/%C3%A9crire", licence=licence)
        build([RICH], tmp_path / str(number), settings)
        graph = Graph().parse(current(tmp_path / str(number)) / "dumps/dcat.ttl")
        page = URIRef("https://exemple.fr/%C3%A9crire")
        assert graph.value(URIRef(BASE + "#contact"), VCARD.hasURL) == page
        stated = graph.value(URIRef(BASE + "dcat.ttl#questions.nt.gz"), DCTERMS.license)
        assert URIRef(licence) in (stated, graph.value(stated, FOAF.page))
        assert unnamed(graph, graph) == set()


@pytest.mark.parametrize(("contact", "good"), TABLES["a_contact_is_an_address"])
def test_a_contact_is_an_address(contact: str, good: bool, tmp_path: Path) -> None:
    """What could not stand in a description is refused before anything is read."""
    quoted = contact.replace("\n", "\\n")
    (tmp_path / "lod.toml").write_text(f'contact = "{quoted}"\n', "utf-8")
    if good:
        assert read_settings(path=tmp_path / "lod.toml").contact == contact
    else:
        with pytest.raises(UsageError, match=r"not an address; give name@example\.org or https"):
            read_settings(path=tmp_path / "lod.toml")


@pytest.mark.slow
def test_a_contact_makes_another_release(tmp_path: Path, with_contact: Path) -> None:
    build([RICH], tmp_path, Settings(editeur='La « Bib" »'))
    assert current(tmp_path).name != with_contact.name


def test_the_two_names_of_the_dataset_lead_to_each_other(dcat: Graph, void: Graph) -> None:
    """That of VoID, which documents and history name, and that of the catalogue; each is named."""
    for graph, one, other in ((void, VOID_DATASET, DATASET), (dcat, DATASET, VOID_DATASET)):
        assert graph.value(one, PROV.alternateOf) == other
        assert graph.value(other, RDFS.label)
