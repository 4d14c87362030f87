"""The portfolios of ministries: two tables that agree, and the portfolios of real names."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from pyoxigraph import NamedNode, Triple

from lod.base.inputs import records
from lod.base.packaged import MAPPINGS
from lod.base.tabular import group_by_key, rows, split_cell
from lod.model.text import fold, slug
from lod.pipeline.mapping import bodies
from lod.pipeline.mapping.linked_data import descriptor_links
from lod.rdf.iris import Iris
from lod.rdf.vocab import SKOS, en
from lod.reference.amo_archives import read_directory
from lod.reference.executive_tables import from_tables
from lod.reference.tables import portefeuilles, portefeuilles_of
from lod.sources.forms import read_record
from tests.support.paths import BASE, REAL, SHARED, tables_of

TABLES = tables_of(__file__)

RECORDS = [REAL / d for d in ("json", "json-reduced", "json-reconstructed", "pages")]
ARCHIVE = REAL / "amo/acteurs-organes-L17.json.zip"
LISTE = SHARED / "data/wikidata/ministeres-an.csv"
PORTEFEUILLES = [*rows(MAPPINGS / "portefeuilles.csv")]
MINISTERES = [*rows(MAPPINGS / "portefeuilles-ministeres.csv")]


def names_of_records() -> Iterator[tuple[str, ...]]:
    for record in records(RECORDS):
        reading = read_record(record).reading
        assert reading, record.path
        q = reading.question
        named = [q.ministere_interroge, q.ministere_repondant]
        named += [a.ministere for a in q.attributions]
        yield from (ministere.libelles for ministere in named if ministere)


def names_of_archive() -> Iterator[tuple[str, ...]]:
    """The labels of each ministry of the archive AMO, as a question would name it."""
    directory, _ = read_directory([ARCHIVE])
    bodies = directory.bodies.values()
    yield from (body.organe.libelles for body in bodies if body.type == "MINISTERE")


def test_the_table_of_portfolios() -> None:
    """48 rows, sorted by slugs, which can stand in an IRI as they are; each has its own names."""
    slugs = [row["portefeuille"] for row in PORTEFEUILLES]
    assert slugs == sorted(set(slugs)) == [*map(slug, slugs)]
    assert {*slugs} == portefeuilles().keys()
    names = portefeuilles().values()
    assert len(slugs) == len({fold(p.nom) for p in names}) == len({p.anglais for p in names}) == 48


def test_the_table_of_ministries() -> None:
    """882 rows about 576 names, each in one spelling, sorted; each portfolio has a ministry."""
    keys = [(fold(row["libelle"]), row["portefeuille"]) for row in MINISTERES]
    assert keys == sorted(set(keys)) and len(keys) == 882
    assert len({label for label, _ in keys}) == len({row["libelle"] for row in MINISTERES}) == 576
    assert {slug for _, slug in keys} == set(portefeuilles())


def test_french_of_this_project_has_french_typography() -> None:
    """Names and reasons have ’; labels stay as the Assemblée writes them."""
    ours = [row["nom"] for row in PORTEFEUILLES] + [row["motif"] for row in MINISTERES]
    assert not [text for text in ours if re.search("['\"]| {2}|^ | $", text)]


@pytest.mark.parametrize(("libelle", "expected"), TABLES["the_portfolios_of_a_ministry"])
def test_the_portfolios_of_a_ministry(libelle: str, expected: str) -> None:
    """« Auprès de » makes none, nor do some words alone; several go on through reshuffles."""
    assert " ".join(portefeuilles_of([libelle])) == expected


def test_the_first_label_with_rows_decides() -> None:
    """Labels without rows are passed over; spelling does not count; no label, no portfolio."""
    assert portefeuilles_of(["inconnu", "JUSTICE", "Culture"]) == ("justice",)
    assert portefeuilles_of(iter(["ministere de l'Interieur"])) == ("interieur",)
    assert portefeuilles_of(["inconnu"]) == portefeuilles_of([]) == ()


@pytest.mark.shared
@pytest.mark.slow
def test_every_name_of_real_records_is_covered() -> None:
    """Whatever a record prints, and each name of the archive and of the list of the Assemblée."""
    names = {name for labels in names_of_records() for name in labels}
    assert len({fold(name) for name in names}) == 116
    names |= {name for labels in names_of_archive() for name in labels}
    names |= {row["libelle"] for row in rows(LISTE) if row["codeType"] == "MINISTERE"}
    assert not {name for name in names if not portefeuilles_of([name])}


@pytest.mark.shared
@pytest.mark.slow
def test_the_labels_of_a_ministry_agree() -> None:
    """Short or long, whichever has rows says the same."""
    for labels in (*names_of_archive(), *names_of_records()):
        stated = {portefeuilles_of([label]) for label in labels} - {()}
        assert len(stated) == 1, labels


def test_every_ministry_since_2007_has_a_portfolio() -> None:
    """Also those of which no record is here: 750, of 20 governments."""
    recent = [m for m in from_tables().ministries.values() if m.start >= date(2007, 5, 17)]
    assert len(recent) == 750
    assert not [m.libelle for m in recent if not portefeuilles_of(m.noms)]


def test_a_row_says_where_its_name_was_read() -> None:
    """Bodies that bear it, all of them, or records: then no body does."""
    bearing = group_by_key(
        (fold(name), m.ref) for m in from_tables().ministries.values() if m.ref for name in m.noms
    )
    for row in MINISTERES:
        bearers = bearing.get(fold(row["libelle"]), ("enregistrements",))
        assert set(split_cell(row["source"])) == set(bearers), row["libelle"]


def test_a_portfolio_and_its_descriptor() -> None:
    """That of the heading that names the same field, with evidence; it is close, not the same."""
    iris, sante = Iris(BASE), NamedNode(f"{BASE}portefeuille/sante")
    links = {s.value: link for s, link in descriptor_links(iris)}
    assert links[sante.value] == replace(
        links[f"{BASE}rubrique/sante"],
        label="Lien du domaine des ministères « Santé » vers EuroVoc (2479)",
    )
    stated = set(bodies.portfolio_triples(NamedNode(f"{BASE}ministere/x"), ["Santé"], iris))
    assert Triple(sante, SKOS.prefLabel, en("health")) in stated
    assert sum(iri.startswith(f"{BASE}portefeuille/") for iri in links) == 12
