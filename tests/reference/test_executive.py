"""Who governed when, and which ministry a name means on a day: the tables of the package."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from lod.base.settings import Settings
from lod.build import build
from lod.model.ministry_name import bare_name
from lod.model.question import Organe
from lod.pipeline.resolve import SPEAKER, complete
from lod.publish.release import current
from lod.rdf.store import open_store
from lod.reference.executive import from_tables
from lod.sources.forms import read, records
from tests.support.engines import by_oxigraph
from tests.support.paths import REAL

E = from_tables()
A_DAY = timedelta(days=1)


def located(label: str, day: date) -> str | None:
    found = E.located(Organe(libelle=label), (day,))
    return found and found.code


def test_governments_follow_each_other() -> None:
    """Since March 1986 each day has one government, and no day has two."""
    governments = sorted(E.governments.values(), key=lambda g: g.start)
    assert len(governments) == 30 and governments[0].start == date(1986, 3, 20)
    for before, after in pairwise(governments):
        assert before.end and after.start == before.end + A_DAY, (before, after)
    assert governments[-1].end is None
    assert all(len(E.heads_of(g.code)) == 1 for g in governments)


def test_no_two_ministries_share_a_name_and_a_day() -> None:
    """So that a name and a day mean one ministry."""
    assert len(E.ministries) == 1308
    named = defaultdict(set)
    for m in E.ministries.values():
        for name in {bare_name(label) for label in m.noms}:
            named[name].add(m.code)
    for name, codes in named.items():
        bearers = sorted((E.ministries[code] for code in codes), key=lambda m: m.start)
        for before, after in pairwise(bearers):
            assert before.end and before.end < after.start, (name, before.code, after.code)


def test_every_minister_held_a_ministry_while_it_was_there() -> None:
    """Each row is joined; nobody begins before the ministry, and two never hold one on a day."""
    assert sum(map(len, E.ministers.values())) == 1365
    for code, held in E.ministers.items():
        ministry = E.ministries[code]
        assert all(m.start >= ministry.start for m in held), code
        in_order = sorted(held, key=lambda m: m.start)
        for before, after in pairwise(in_order):
            assert before.end and before.end < after.start, (before, after)


@pytest.mark.parametrize(
    ("label", "day", "code"),
    [
        ("Solidarités et santé", date(2019, 6, 4), "PO729979"),
        ("Solidarités et santé", date(2021, 6, 4), "PO773396"),
        ("Ministère de l'intérieur et des outre-mer", date(2023, 1, 10), "PO801854"),
        ("Intérieur et outre-mer", date(2023, 1, 10), "PO801854"),
        ("Première ministre", date(2022, 6, 1), "PO791580"),
        ("santé et famille", date(1987, 4, 3), "sante-et-famille-chirac-2"),
        # printed for some days after a reshuffle
        ("Solidarités et santé", date(2022, 5, 24), "PO773396"),
        ("Ministère de nulle part", date(2022, 5, 24), None),
        ("Solidarités et santé", date(1999, 1, 1), None),
    ],
)
def test_a_name_means_one_ministry_on_a_day(label: str, day: date, code: str | None) -> None:
    """Rank, articles, case and accents do not matter; the day does."""
    assert located(label, day) == code


def test_the_reference_of_a_record_counts_more_than_its_name() -> None:
    """A number that no table has is kept too."""
    given = Organe(libelle="Solidarités et santé", ref="PO653280")
    found = E.located(given, (date(2021, 6, 4),))
    assert found and found.code == "PO653280" and found.noms[0] == "Défense"
    unknown = E.located(Organe(libelle="X", ref="PO999999999"), ())
    assert unknown and (unknown.code, unknown.noms) == ("PO999999999", ())


def test_a_minister_is_named_on_a_day() -> None:
    """Whoever holds no office that day is none; an office may change."""
    found = E.minister_named("Gérald Darmanin", date(2022, 10, 26))
    assert found and found.person == ("depute", "PA607846")
    assert E.minister_named("Gérald Darmanin", date(2016, 10, 26)) is None
    castex = E.minister_named("Jean Castex", date(2021, 1, 5))
    assert castex and castex.person[0] == "personne"


@pytest.mark.shared
def test_almost_every_attribution_of_real_records_is_on_a_body() -> None:
    """Of the attributions of all real records, those on a ministry with days and a government."""
    folders = ("found", "json", "json-reduced", "json-reconstructed", "pages")
    counts: Counter[str] = Counter()
    speakers: Counter[bool] = Counter()
    for record in records([REAL / folder for folder in folders]):
        q = complete(read(record), record.path).question
        for step in q.attributions:
            known = E.ministries.get(step.ministere.code or "")
            counts["on a body" if known and known.gouvernement else "by name"] += 1
        for answer in q.reponses if q.type == "QG" else ():
            if SPEAKER.search(answer.texte or ""):
                speakers[bool(answer.orateurs)] += 1
    assert counts.total() == 570
    assert counts["on a body"] >= 0.95 * counts.total(), counts
    assert speakers == {True: 369}, speakers


PATH = """PREFIX qp: <https://w3id.org/questions-parlementaires/def#>
PREFIX org: <http://www.w3.org/ns/org#> PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX foaf: <http://xmlns.com/foaf/0.1/> PREFIX schema: <https://schema.org/>
SELECT ?uid ?jour ?ministre ?depute ?gouvernement WHERE {
  ?question qp:uid ?uid ; qp:attribution ?a . ?a qp:ministere ?m .
  OPTIONAL { ?a qp:date ?le } OPTIONAL { ?question qp:dateParution ?parue }
  BIND(COALESCE(?le, ?parue) AS ?jour)
  ?fonction a org:Membership ; org:organization ?m ; org:member ?personne ; schema:startDate ?de .
  OPTIONAL { ?fonction schema:endDate ?a_ } FILTER(?de <= ?jour && (!BOUND(?a_) || ?jour <= ?a_))
  ?personne foaf:name ?ministre . OPTIONAL { ?personne owl:sameAs ?depute }
  ?m org:subOrganizationOf/owl:sameAs ?gouvernement
} ORDER BY ?uid ?jour"""


@pytest.mark.shared
def test_from_a_question_to_the_minister_of_the_day(tmp_path: Path) -> None:
    """Question → ministry on that day → minister → government → Wikidata, in a real release."""
    names = ("found/json-L15-QG/QANR5L15QG3678.json", "found/xml-ancien/14-47351QE.xml")
    build([REAL / name for name in names], tmp_path, Settings())
    _, rows = by_oxigraph(open_store(current(tmp_path) / "store"), PATH)
    wd = "http://www.wikidata.org/entity/"
    assert [tuple(cell.removeprefix(wd) for cell in row) for row in rows] == [
        ("QANR5L14QE47351", "2014-01-07", "Jean-Yves Le Drian", "", "Q736071"),
        ("QANR5L14QE47351", "2014-04-03", "Jean-Yves Le Drian", "", "Q15991163"),
        ("QANR5L15QG3678", "2021-01-20", "Agnès Pannier-Runacher", "", "Q96872687"),
    ]
