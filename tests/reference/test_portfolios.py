"""The portfolios of ministries: two tables that agree, and the portfolios of real names."""

import re
from collections.abc import Iterator

import pytest

from lod.base.inputs import records
from lod.base.packaged import MAPPINGS
from lod.base.tabular import rows
from lod.model.text import fold, slug
from lod.reference.amo_archives import read_directory
from lod.reference.tables import portefeuilles, portefeuilles_of
from lod.sources.forms import read_record
from tests.support.paths import REAL, SHARED

RECORDS = [REAL / d for d in ("json", "json-reduced", "json-reconstructed", "pages")]
ARCHIVE = REAL / "amo/acteurs-organes-L17.json.zip"
LISTE = SHARED / "data/wikidata/ministeres-an.csv"
# to whom they report, and no field: nothing truthful can be said of these names
SANS_CHAMP = {
    "Action et comptes publics (M. le SE auprès du ministre)",
    "Agriculture et souveraineté alimentaire (Ministre déléguée)",
    "Armées (Mme la SE auprès de la ministre)",
    "Armées et anciens combattants (MD)",
    "Écologie, énergie, développement durable et mer (SE)",
    "Économie et finances (Mme la secrétaire d'État auprès du ministre)",
    "Éducation nationale et jeunesse (M. le secrétaire d'État auprès du ministre)",
    "Europe et affaires étrangères (M. le SE auprès du ministre)",
    "Intérieur (MD)",
    "Justice (MD)",
    "Ministère auprès de la garde des sceaux, ministre de la justice",
    "Ministère auprès du ministre de l’agriculture et de la souveraineté alimentaire",
    "Ministère délégué auprès de la ministre des armées et des anciens combattants",
    "Ministère délégué auprès du ministre de l'intérieur",
    "Secrétariat d'État auprès de la ministre des armées",
    "Secrétariat d'État auprès du ministre de l'action et des comptes publics",
    "Secrétariat d'État auprès du ministre de l'économie et des finances",
    "Secrétariat d'État auprès du ministre de l'éducation nationale et de la jeunesse",
    "Secrétariat d'État auprès du ministre de l'Europe et des affaires étrangères",
}


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
    """48 rows, sorted by slugs, which can stand in an IRI as they are; each has another name."""
    slugs = [row["portefeuille"] for row in PORTEFEUILLES]
    assert slugs == sorted(set(slugs)) == [*map(slug, slugs)]
    assert {*slugs} == portefeuilles().keys()
    assert len(slugs) == len({fold(name) for name in portefeuilles().values()}) == 48


def test_the_table_of_ministries() -> None:
    """542 rows about 373 names, each in one spelling, sorted by folded label and slug; each
    portfolio has a ministry, and no other one is named.
    """
    keys = [(fold(row["libelle"]), row["portefeuille"]) for row in MINISTERES]
    assert keys == sorted(set(keys)) and len(keys) == 542
    assert len({label for label, _ in keys}) == len({row["libelle"] for row in MINISTERES}) == 373
    assert {slug for _, slug in keys} == set(portefeuilles())


def test_french_of_this_project_has_french_typography() -> None:
    """Names and reasons have ’; labels stay as the Assemblée writes them."""
    ours = [row["nom"] for row in PORTEFEUILLES] + [row["motif"] for row in MINISTERES]
    assert not [text for text in ours if re.search("['\"]| {2}|^ | $", text)]


@pytest.mark.parametrize(
    ("libelle", "expected"),
    [
        ("Secrétariat d’État auprès du ministre de l’économie, des finances et de la souveraineté"
         " industrielle et numérique, chargé du numérique", "numerique"),
        ("Secrétariat d’État auprès de la Première ministre, chargé de la mer", "mer"),
        ("Ministère chargé des transports auprès du ministre d’État, ministre de la transition"
         " écologique et solidaire", "transports"),
        ("Secrétariat d'Etat à l'emploi, auprès de la ministre de l'économie, de l'industrie et de"
         " l'emploi", "travail"),
        ("Secrétariat d’État auprès du ministre des armées et du ministre de l’éducation nationale"
         " et de la jeunesse, chargé de la jeunesse et du service national universel", "jeunesse"),
        ("Ministère auprès du Premier ministre, chargé du renouveau démocratique, porte-parole du"
         " Gouvernement", "porte-parole renouveau-democratique"),
        ("Organisation territoriale et professions de santé", "sante"),
        ("Économie sociale et solidaire et vie associative", "economie-sociale vie-associative"),
        ("Commerce extérieur et attractivité", "commerce-exterieur"),
        ("Travail, santé et solidarités", "sante solidarites travail"),
        ("Sports, jeunesse, éducation populaire et vie associative",
         "jeunesse sports vie-associative"),
    ],
)  # fmt: skip
def test_the_portfolios_of_a_ministry(libelle: str, expected: str) -> None:
    """To whom it reports, « auprès de », makes none; « mer », « territoriale », « sociale » or
    « commerce » alone do not either. It may have several, in the order of the file, and goes on
    through reshuffles.
    """
    assert " ".join(portefeuilles_of([libelle])) == expected


def test_the_first_label_with_rows_decides() -> None:
    """Labels without rows are passed over; spelling does not count; no label, no portfolio."""
    assert portefeuilles_of(["inconnu", "JUSTICE", "Culture"]) == ("justice",)
    assert portefeuilles_of(iter(["ministere de l'Interieur"])) == ("interieur",)
    assert portefeuilles_of(["inconnu"]) == portefeuilles_of([]) == ()


@pytest.mark.shared
@pytest.mark.slow
def test_every_name_of_real_records_is_covered() -> None:
    """All but « Secrétariat d'État auprès de la ministre des armées », which states no field."""
    names = {name for labels in names_of_records() for name in labels}
    assert len({fold(name) for name in names}) == 116
    missing = {name for name in names if not portefeuilles_of([name])}
    assert missing == {"Secrétariat d'État auprès de la ministre des armées"}


@pytest.mark.shared
@pytest.mark.slow
def test_every_name_of_the_archive_and_of_the_list_is_covered() -> None:
    """All but those that state no field, each of which occurs."""
    names = {name for labels in names_of_archive() for name in labels}
    names |= {row["libelle"] for row in rows(LISTE) if row["codeType"] == "MINISTERE"}
    missing = {name for name in names if not portefeuilles_of([name])}
    assert missing == SANS_CHAMP


@pytest.mark.shared
@pytest.mark.slow
def test_the_labels_of_a_ministry_agree() -> None:
    """Short or long, whichever has rows says the same; 159 ministries of 168 have a portfolio."""
    archive = list(names_of_archive())
    for labels in (*archive, *names_of_records()):
        found = {portefeuilles_of([label]) for label in labels} - {()}
        assert len(found) < 2, labels
    assert (len(archive), sum(1 for labels in archive if portefeuilles_of(labels))) == (168, 159)
