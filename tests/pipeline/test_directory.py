"""What is published of the archives AMO: all that it should, well formed, and nothing private."""

import json
import pickle
import random
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from msgspec.structs import replace
from pyoxigraph import NamedNode, Triple
from rdflib import Graph

from lod.model.question import Auteur
from lod.model.text import fold
from lod.pipeline.mapping import directory, question_triples
from lod.pipeline.mapping.descriptions import Descriptions
from lod.pipeline.settling.convert import Accepted
from lod.pipeline.validation.pyshacl_engine import violations
from lod.rdf.iris import Iris
from lod.rdf.ontology import coded
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import DCTERMS, ORG, PREFIXES, QP, RDF, RDFS, SCHEMA, qp
from lod.reference.amo_archives import read_directory
from lod.reference.directory import POSITIONS, ROLES, Body, Directory
from lod.reference.executive_tables import government_name, with_archives
from lod.reference.tables import departements
from tests.support import amo
from tests.support.amo import bien_lu, lu
from tests.support.comparing import check
from tests.support.paths import BASE, REAL, TESTS

ARCHIVE = REAL / "amo/acteurs-organes-L17.json.zip"


@pytest.fixture
def exemple(tmp_path: Path) -> Directory:
    return bien_lu(tmp_path, *amo.EXEMPLE)


EXPECTED = TESTS / "pipeline/directory.ttl"
ASKS = Auteur(acteur_ref="PA900001", mandat_ref="PM910001")


def test_a_mandate_is_led_to_if_it_is_the_authors(
    exemple: Directory, publie: Accepted, iris: Iris, tmp_path: Path
) -> None:
    """Not if the archive does not have it, or has it of another, or of nobody that it describes."""

    def led(auteur: Auteur, r: Directory) -> NamedNode | None:
        return directory.mandate_of(replace(publie.question, auteur=auteur), r, iris)

    assert led(ASKS, exemple) == NamedNode(f"{BASE}depute/PA900001#mandat-PM910001")
    for other in ({"mandat_ref": "PM1"}, {"mandat_ref": None}, {"acteur_ref": "PA1"}):
        assert led(replace(ASKS, **other), exemple) is None
    alone = {"mandats": {"mandat": amo.siege("PM910001", "2024-07-07", acteurRef="PA900001")}}
    assert led(ASKS, bien_lu(tmp_path, alone)) is None


def test_nothing_private_comes_out(iris: Iris, tmp_path: Path) -> None:
    """Addresses, e-mail, telephone, staff, and what else is not asked for: nowhere at all."""
    intrus = amo.acteur("PA3", "Sans", "Adresse", collaborateurs=[amo.PRIVE], mandats=amo.PRIVE)
    path = amo.archive(
        tmp_path / "amo.zip",
        [
            *amo.EXEMPLE,
            amo.acteur("PA2", "Sacha", "Exemple", adresses=amo.PRIVE, collaborateurs=None),
            intrus,
            {"adresses": {"adresse": amo.PRIVE}},
            f'{{"acteur": {{"adresses": "{amo.PRIVE}", ',
        ],
    )
    assert amo.PRIVE.encode() in path.read_bytes() + ZipFile(path).read("json/000.json")
    r, remarks = read_directory([path])
    assert len(remarks) == 3
    triples = list(directory.triples(r, with_archives(r), iris, r.persons))
    texts = [repr(r), *map(str, remarks), ntriples(triples).decode(), str(pickle.dumps(r))]
    assert not any(amo.PRIVE in text for text in texts)
    assert all(word not in text for text in texts[:1] for word in ("adresse", "collab", "mail"))


@pytest.mark.slow
def test_mutated_members_bring_no_traceback(iris: Iris, tmp_path: Path) -> None:
    """Any value of a field is read or is a remark; what was read can be published."""
    rng, count = random.Random(11), 0
    for _ in range(60):
        members = [amo.bent(m, rng) for m in amo.EXEMPLE]
        r, remarks = lu(tmp_path, *members)
        ntriples(list(directory.triples(r, with_archives(r), iris, r.persons)))
        count += len(remarks)
    assert count > 60


def merged(r: Directory, iris: Iris) -> list[Triple]:
    """As the site publishes it: every resource once."""
    references = Descriptions()
    references.add(directory.triples(r, with_archives(r), iris))
    return list(references.triples())


def test_the_example_as_triples(
    exemple: Directory, publie: Accepted, iris: Iris, request: pytest.FixtureRequest
) -> None:
    """All that is published of bodies and people, and what a question states of them."""
    q = replace(publie.question, auteur=ASKS)
    stated = question_triples.question(q, iris, directory.mandate_of(q, exemple, iris))
    asking = [t for t in stated if t.predicate in (QP.mandatRef, QP.mandatAuteur)]
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    published = merged(exemple, iris)
    conforms(published)
    graph.parse(data=ntriples([*published, *asking]).decode(), format="nt")
    check(EXPECTED, graph.serialize(format="longturtle"), request)


def conforms(triples: list[Triple]) -> None:
    """Every IRI below the base is described, has one French name, and breaks no shape."""
    subjects = {t.subject for t in triples}
    named = Counter(
        t.subject
        for t in triples
        if t.predicate == RDFS.label and t.object.language == "fr"  # type: ignore[union-attr]
    )
    objects = {t.object for t in triples if isinstance(t.object, NamedNode)}
    assert {o for o in objects if o.value.startswith(BASE)} <= subjects
    assert all(named[s] == 1 for s in subjects if s.value.startswith(BASE))
    assert violations(triples) == []


def test_a_death_is_published(iris: Iris, tmp_path: Path) -> None:
    fiche = amo.acteur("PA1", "Alix", "Exemple", amo.siege("PM1", "2024-07-07"))
    fiche["acteur"]["etatCivil"]["dateDeces"] = "01/07/2025"
    [mort] = [
        t.object for t in merged(bien_lu(tmp_path, fiche), iris) if t.predicate == SCHEMA.deathDate
    ]
    assert mort.value == "2025-07-01"


def test_what_dangles_is_left_out(iris: Iris, tmp_path: Path) -> None:
    """A group, a government or a preceding body that the archive lacks is not pointed to."""
    membre = amo.adhesion("PM2", "PO404", "2024-07-19")
    r = bien_lu(
        tmp_path,
        amo.acteur("PA1", "Alix", "Exemple", amo.siege("PM1", "2024-07-07"), membre),
        amo.ministere(
            "PO2", "Ministère", "Essais", "PO404", "2024-07-07", organePrecedentRef="PO405"
        ),
        amo.ministere("PO3", "Ministère", "Autres", "PO2", "2024-07-07", organePrecedentRef="PO4"),
        amo.gouvernement("PO4", "EXEMPLE", "2024-07-07"),
    )
    assert r.groupe_on("PA1", date(2025, 1, 1)) is None
    triples = merged(r, iris)
    conforms(triples)
    assert "PO40" not in ntriples(triples).decode()
    assert not {ORG.subOrganizationOf, DCTERMS.replaces} & {t.predicate for t in triples}


def test_who_has_no_mandate_is_published_as_an_author_only(iris: Iris, tmp_path: Path) -> None:
    """An archive also holds senators and ministers; a former deputy may come without mandates."""
    r = bien_lu(tmp_path, amo.acteur("PA1", "Alix", "Exemple"))
    assert list(directory.triples(r, with_archives(r), iris)) == []
    assert {t.subject for t in directory.triples(r, with_archives(r), iris, {"PA1"})} == {
        iris.reference("depute", "PA1")
    }


@pytest.mark.parametrize(
    ("abrege", "nom"),
    [
        ("FILLON 2", "Gouvernement Fillon 2"),
        ("LECORNU II", "Gouvernement Lecornu II"),
        ("DE VILLEPIN", "Gouvernement de Villepin"),
        ("DUPONT-ÉXEMPLE", "Gouvernement Dupont-Éxemple"),
        ("MacMahon", "Gouvernement MacMahon"),
        (None, "Gouvernement du 1er mars 2022"),
    ],
)
def test_a_government_is_called_after_its_head(abrege: str | None, nom: str) -> None:
    """The archive calls all of them « Gouvernement », and gives the name in capitals."""
    named = {"libelle": "Gouvernement", "short_label": abrege}
    corps = Body(ref="PO1", type="GOUVERNEMENT", start=date(2022, 3, 1), **named)
    assert government_name(corps) == nom


@pytest.mark.shared
@pytest.mark.slow
def test_roles_causes_and_positions_of_the_real_archive(iris: Iris) -> None:
    """Counted in the files, without the reader, and in what is published."""
    with ZipFile(ARCHIVE) as archive:
        files = [json.loads(archive.read(name)) for name in archive.namelist()]
    persons = [f["acteur"] for f in files if "acteur" in f]
    mandates = [m for p in persons for m in several((p.get("mandats") or {}).get("mandat"))]
    seats = [m for m in mandates if m["typeOrgane"] == "ASSEMBLEE"]
    groups = [f["organe"] for f in files if f.get("organe", {}).get("codeType") == "GP"]
    triples = merged(read_directory([ARCHIVE])[0], iris)
    names = {code: iri.value for s in (QP.roles, QP.positions) for code, iri in coded(s).items()}

    def published(term: NamedNode) -> Counter[str]:
        return Counter(t.object.value for t in triples if t.predicate == term)  # type: ignore[union-attr]

    in_groups = Counter({r: n for r, n in published(ORG.role).items() if r in names.values()})
    stated = (m["infosQualite"]["codeQualite"] for m in mandates if m["typeOrgane"] == "GP")
    assert in_groups == Counter(map(names.get, stated))
    assert sorted(in_groups.values()) == [9, 11, 38, 528]
    causes = published(QP.causeMandat)
    assert causes == Counter(m["election"]["causeMandat"] for m in seats)
    assert len(causes) == 9 and causes.total() == 575
    assert not any(m["mandature"]["causeFin"] for m in seats) and not published(QP.causeFin)
    substitutes = [(s, m) for m in seats for s in several((m["suppleants"] or {}).get("suppleant"))]
    assert published(QP.suppleantRef) == Counter(s["suppleantRef"] for s, _ in substitutes)
    assert len(substitutes) == 555
    # their days would be published, if they were not those of the mandate
    assert all(s[day] == m[day] for s, m in substitutes for day in ("dateDebut", "dateFin"))
    position = Counter(names[g["positionPolitique"]] for g in groups if g["positionPolitique"])
    placed = (t.object.value for t in triples if t.predicate == ORG.classification
              and "/groupe/" in t.subject.value)  # type: ignore[union-attr]  # fmt: skip
    assert Counter(placed) == position and sorted(position.values()) == [4, 10, 22]
    seated = {m["acteurRef"] for m in seats}
    category = [p["profession"]["socProcINSEE"] for p in persons if p["uid"]["#text"] in seated]
    for term, name in (("categorie", "catSocPro"), ("famille", "famSocPro")):
        told = Counter(c[name] for c in category if isinstance(c[name], str))
        assert published(qp(f"{term}Socioprofessionnelle")) == told


@pytest.mark.shared
@pytest.mark.slow
def test_the_region_of_a_seat_is_that_of_its_department() -> None:
    seats = read_directory([ARCHIVE])[0].seats.values()
    places = [(s.region, s.circonscription and s.circonscription.departement) for s in seats]
    stated = {(code, fold(region or "")) for region, code in places}
    assert stated == {(code, fold(row.region)) for code, row in departements().items()}
    coded_regions = [code for _, code in places if departements()[code or ""].region_code]
    assert (len(places), len(coded_regions)) == (575, 556)


def several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def test_roles_and_positions_are_those_of_the_lists() -> None:
    assert set(coded(QP.roles)) == ROLES and set(coded(QP.positions)) == POSITIONS


@pytest.mark.shared
@pytest.mark.slow
def test_the_real_archive(iris: Iris) -> None:
    """Legislature 17, November 2025: all is read, counted in another way, and conforms."""
    r, remarks = read_directory([ARCHIVE])
    assert remarks == ()
    with ZipFile(ARCHIVE) as archive:
        raw = b"".join(archive.read(name) for name in archive.namelist())
    counts = Counter(corps.type for corps in r.bodies.values())
    assert len(r.persons) == raw.count(b'"IdActeur_type"') == 603
    assert len(r.seats) == raw.count(b'"typeOrgane": "ASSEMBLEE"') == 575
    # eleven presidents of groups are members of them as well
    assert raw.count(b'"typeOrgane": "GP"') == sum(map(len, r.memberships.values())) == 586
    for nature, count in {"GP": 52, "MINISTERE": 168, "GOUVERNEMENT": 11, "ASSEMBLEE": 5}.items():
        assert counts[nature] == raw.count(f'"codeType": "{nature}"'.encode()) == count
    assert all(m.circonscription and m.prise_de_fonction for m in r.seats.values())
    triples = merged(r, iris)
    kinds = Counter(t.object for t in triples if t.predicate == RDF.type)
    of_groups = sum(
        t.predicate == ORG.member and "#appartenance-" in str(t.subject) for t in triples
    )
    assert (kinds[QP.Depute], kinds[QP.Mandat], of_groups) == (635, 575, 586)
    # the archive lacks what some of its ministries follow: the table has it
    followed = {t.object for t in triples if t.predicate == DCTERMS.replaces}
    lacking = {iri for iri in followed if str(iri).rpartition("/")[2].rstrip(">") not in r.bodies}
    assert (kinds[QP.Groupe], kinds[QP.Gouvernement], len(lacking)) == (52, 17, 89)
    assert kinds[QP.Ministere] == 168 + len(lacking)
    conforms(triples)
