"""Links rest on evidence: of the tables, or of what a person decided."""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from lod.base import packaged
from lod.base.errors import UsageError
from lod.base.settings import Settings
from lod.base.tabular import rows
from lod.build import build
from lod.pipeline.mapping.linked_data import Link, quickstatements
from lod.pipeline.mapping.links import all_links, known, ministers, published_link_triples
from lod.pipeline.report.build_report import BuildReport
from lod.publish.query import run
from lod.publish.release import current
from lod.rdf.iris import Iris
from lod.rdf.vocab import OWL, PREFIXES, QP, RDFS, fr, qp, term, wikidata
from lod.reference.amo_archives import read_directory
from lod.reference.executive import BY_OFFICE, BY_OFFICE_AND_BIRTH, Minister
from lod.reference.link_tables import (
    WikidataFact,
    evidence_sources,
    item_suggestions,
    office_names,
    register_identifiers,
    registers,
    reviewed_authors,
)
from lod.reference.matching import name_key
from lod.reference.reviewed_files import (
    AnomalyKind,
    ReviewedLink,
    ReviewedLinks,
    read_reviewed_links,
)
from lod.reference.tables import circonscriptions, deputy_rows, group_rows, legislatures
from lod.website.pages.links_page import federation_example
from tests.support.engines import by_server, serving
from tests.support.paths import BASE, GOOD, ROOT, SHARED, TESTS, tables_of
from tools.makers.tables import main as make_tables

TABLES = tables_of(__file__)

IRIS = Iris("http://x/")
SEED, SEED_QID = "PA718926", "Q30334188"
ENDPOINT = "https://query.wikidata.org/sparql"
ARCHIVE = "AMO30-legislature-15-fevrier-2022.zip"
THEIRS = SHARED / "data/wikidata/deputes-wikidata.csv"
REGISTERED = TESTS / "reference" / "registres.ttl"  # what registers say of a person
GRAPH = NamedNode("http://x/registre")
HEADER = "acteurRef,qid,preuve,valeur,source,constat,par,motif\n"
# one of those that two sources agree on, without P4123
CONCORDANT = next(ref for ref, link in known().items() if link.preuve == "preuve-concordance")


def of(ref: str, *reviewed: ReviewedLink) -> list[Link]:
    """Return every link of a deputy."""
    node = IRIS.reference("depute", ref)
    found = all_links(IRIS, ReviewedLinks(links=reviewed))
    return [link for subject, link in found if subject == node]


def after(*reviewed: ReviewedLink) -> dict[str, Link]:
    """Return the links by acteurRef, with these decisions of the publisher."""
    return known(ReviewedLinks(links=reviewed))


def decided(ref: str, qid: str, preuve: str, **more: str) -> ReviewedLink:
    stated = {"valeur": "", "source": "", "par": "", "motif": "", "constat": "2026-11-25"}
    return ReviewedLink(acteur_ref=ref, qid=qid, preuve=preuve, **(stated | more))


def read_now(ref: str, qid: str) -> ReviewedLink:
    return decided(ref, qid, "P4123", valeur=ref[2:], source=ENDPOINT)


def test_one_evidence_alone_is_no_link() -> None:
    assert len(item_suggestions()) == 215
    linked = known()
    assert not [p for p in item_suggestions() if p.acteur_ref in linked]
    rules = Counter(p.regle for p in item_suggestions())
    assert rules == {
        "nom et année": 199, "EveryPolitician seul": 8, "nfp2024 seul": 7, "carnet public": 1,
    }  # fmt: skip


def test_a_concordance_names_both_sources() -> None:
    """The one that was matched by hand, and the list in which name and year are unique."""
    for link in known().values():
        if link.preuve == "preuve-concordance":
            assert link.sources[-1] == evidence_sources()["wikidata2025"].nom
            assert any(nom.startswith("EveryPolitician") for nom in link.sources[:-1])
            nom, annee = link.value.rsplit(", ", 1)
            assert nom and len(annee) == 4 and link.constat == "2025-09"


def test_an_item_of_two_deputies_is_no_link() -> None:
    """Neither is published: one of them is wrong."""
    twin = read_now("PA1008", known()[SEED].qid)
    linked = after(twin)
    assert SEED not in linked and "PA1008" not in linked
    assert len(linked) == len(known()) - 1 - ("PA1008" in known())


def test_what_is_no_person() -> None:
    """Places and legislatures by their legal name; groups only by rdfs:seeAlso."""
    assert len(circonscriptions()) == 576 and ("30", 4) not in circonscriptions()  # the Gard
    assert {n: x.qid for n, x in legislatures().items() if x.qid} == {
        13: "Q3025921", 14: "Q3570385", 15: "Q24939798", 16: "Q112567597", 17: "Q126471296",
    }  # fmt: skip
    found = Counter((s.value.split("/")[3], x.relation, x.preuve) for s, x in all_links(IRIS))
    assert found["circonscription", OWL.sameAs, "preuve-designation"] == 576
    assert found["legislature", OWL.sameAs, "preuve-designation"] == 5
    # an item that is department and region at once is the department's: Guadeloupe and four others
    assert found["departement", OWL.sameAs, "preuve-designation"] == 105
    assert found["region", OWL.sameAs, "preuve-designation"] == 13
    same = {  # (name, item); a minister has two addresses, of which one is published
        (s.value.rpartition("/")[2], x.target)
        for s, x in all_links(IRIS)
        if x.relation == OWL.sameAs
    }
    assert len(same) == len({target for _, target in same})
    linked = [g for g in group_rows() if g.qid]
    assert found["groupe", RDFS.seeAlso, "preuve-revue"] == len(linked) == 27
    assert not [key for key in found if key[0] == "groupe" and key[1] == OWL.sameAs]


def test_registers_only_of_who_is_proven() -> None:
    """Other identifiers are published for persons linked by P4123, as rdfs:seeAlso."""
    linked = known()
    proven = {ref for ref, x in linked.items() if x.preuve == "preuve-identifiant"}
    assert register_identifiers().keys() <= proven
    counted = Counter(one.register.code for some in register_identifiers().values() for one in some)
    assert counted == {
        "nosdeputes": 1395, "wikipedia": 1375, "sycomore": 841, "hatvp": 611, "bnf": 574,
        "viaf": 349, "idref": 288, "lccn": 144, "isni": 136, "gnd": 108, "europarl": 18, "senat": 7,
    }  # fmt: skip
    assert set(counted) == set(registers()) and "twitter" not in counted
    assert {x.relation for x in of("PA230") if x.registre} == {RDFS.seeAlso}
    [bnf] = [x for x in of("PA230") if x.anchor == "identifiant-bnf"]
    assert bnf.target == "https://data.bnf.fr/ark:/12148/cb12799974q"
    assert bnf.registre == "http://www.wikidata.org/entity/P268"
    # a refused link takes them with it
    assert of("PA230", decided("PA230", "Q822237", "refus", par="A. B.", motif="homonyme")) == []


@pytest.mark.parametrize(
    ("path", "qid", "preuve", "value", "sources"),
    [
        (f"depute/{SEED}", SEED_QID, "identifiant", "718926",
         ("wdqs2022", "everypolitician2019", "nfp2024")),
        ("personne/PA312981", "Q484605", "fonction", "Christine Lagarde, ministre de l'agriculture "
         "et de la pêche, 2007-05-18, même jour de naissance", ("cabinet2022",)),
    ],
)  # fmt: skip
def test_a_link_in_rdf(
    path: str, qid: str, preuve: str, value: str, sources: tuple[str, ...]
) -> None:
    """Subject, target, evidence, value and all sources; only of what is published."""
    node = NamedNode(f"http://x/{path}")
    found = set(published_link_triples({node.value}, IRIS))
    proof = NamedNode(f"{node.value}#lien-wikidata")
    assert Triple(node, OWL.sameAs, wikidata(qid)) in found
    assert Triple(proof, QP.preuve, qp(f"preuve-{preuve}")) in found
    assert Triple(proof, QP.valeurPreuve, Literal(value)) in found
    told = {t.object for t in found if (t.subject, t.predicate) == (proof, QP.sourcePreuve)}
    assert told >= {fr(evidence_sources()[code].nom) for code in sources}
    assert {t.subject for t in found if t.predicate == OWL.sameAs} == {node}
    assert not list(published_link_triples(set(), IRIS))


@pytest.mark.shared
@pytest.mark.slow
def test_the_tables_are_what_their_origins_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Made again, they are the same bytes; a list of others has the deputies of legislature 16."""
    monkeypatch.setattr(packaged, "MAPPINGS", tmp_path)
    make_tables(SHARED / "data/wikidata", SHARED / "data/an-new/amo" / ARCHIVE)
    made = sorted(path.name for path in tmp_path.iterdir())
    assert len(made) == 6
    shipped = ROOT / "lod" / "reference" / "data"
    for name in made:
        lines = (shipped / name).read_bytes().splitlines(keepends=True)
        if name == "deputes-an.csv":
            lines = [line for line in lines if line.split(b",")[1] != b"16"]
        assert (tmp_path / name).read_bytes() == b"".join(lines), name
    theirs = [row for row in rows(THEIRS) if row["legislature"] == "16"]
    ours = {m.acteur_ref: m for m in deputy_rows() if m.legislature == 16}
    assert (len(theirs), len(ours)) == (599, 618)
    for row in theirs:
        m = ours[row["acteurRef"]]
        code = row["num_deptmt"].replace("999", "099")
        assert (m.naissance, m.departement) == (row["date_naissance"], code)
        assert m.circonscription == int(row["num_circo"])
    assert capsys.readouterr().err.count("left out") == 4


def linked_ministers(*reviewed: ReviewedLink) -> dict[str, Minister]:
    """Return name of the IRI → minister who is linked, with these decisions of the publisher."""
    decisions = ReviewedLinks(links=reviewed)
    return {m.person[1]: m for m in ministers(decisions, known(decisions))}


def test_how_many_ministers_are_linked() -> None:
    """Those who were no deputies, by name, office and days; each has one item, and no other."""
    linked = linked_ministers()
    assert Counter(m.preuve for m in linked.values()) == {BY_OFFICE: 24, BY_OFFICE_AND_BIRTH: 44}
    assert len({m.qid for m in linked.values()} | {x.qid for x in known().values()}) == 68 + 1643
    kinds = Counter(
        (subject.value.split("/")[3], link.relation)
        for subject, link in all_links(IRIS)
        if link.preuve == "preuve-fonction"
    )
    # one address or the other is published: archives may have a seat of a minister
    assert kinds == {("personne", OWL.sameAs): 68, ("depute", OWL.sameAs): 55}


def test_what_the_table_says_of_a_minister() -> None:
    """All offices of a person have one item and one evidence; no item has two persons."""
    items: dict[str, set[tuple[str, str]]] = {}
    bearers: dict[str, set[str]] = {}
    for row in rows(packaged.MAPPINGS / "ministres.csv"):
        person = row["acteurRef"] or f"{row['prenom']} {row['nom']}"
        items.setdefault(person, set()).add((row["qid"], row["preuve"]))
        bearers.setdefault(row["qid"], set()).add(person)
        assert bool(row["qid"]) == bool(row["preuve"])
    assert {len(some) for some in items.values()} == {1}
    assert {len(some) for qid, some in bearers.items() if qid} == {1}
    assert Counter(preuve for [(_, preuve)] in items.values()) == {
        "": 155, "P4123": 194, "concordance": 24, "nom et année": 98, "fonction et jour": 2,
        BY_OFFICE: 24, BY_OFFICE_AND_BIRTH: 44 + 2,
    }  # fmt: skip


@pytest.mark.shared
@pytest.mark.slow
def test_no_minister_is_linked_wrongly() -> None:
    """Names are those of the list of politicians, and years of birth those of the archive."""
    names: dict[str, set[str]] = {}
    years: dict[str, set[str]] = {}
    with gzip.open(SHARED / "data/wikidata/politicians.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["name"] != row["qid"]:
                names.setdefault(row["qid"], set()).add(name_key(row["name"]))
            if row["birth_year"]:
                years.setdefault(row["qid"], set()).add(row["birth_year"])
    persons = read_directory([SHARED / "data/an-new/amo" / ARCHIVE])[0].persons
    births = {ref: str(p.birth_date) for ref, p in persons.items() if p.birth_date}
    found = linked_ministers()
    named = [m for m in found.values() if m.qid in names]
    born = [m for ref, m in found.items() if ref in births and m.qid in years]
    assert (len(named), len(born)) == (61, 14)
    assert all(name_key(m.nom) in names[m.qid] for m in named)
    assert all(births[m.person[1]][:4] in years[m.qid] for m in born)


def test_the_publisher_decides_about_ministers_too() -> None:
    """A refused pair is no link; nor is an item that a deputy turns out to have."""
    lagarde = "PA312981", "Q484605"
    assert lagarde[0] in linked_ministers()
    refused = decided(*lagarde, "refus", par="A. B.", motif="homonyme")
    assert lagarde[0] not in linked_ministers(refused)
    assert lagarde[0] not in linked_ministers(read_now("PA1008", lagarde[1]))
    # she was the only proof of the office of this ministry
    still = {s.value for s, _ in all_links(IRIS, ReviewedLinks(links=(refused,)))}
    assert "http://x/ministere/PO382956" not in still


def test_ministries_lead_to_the_office_of_their_minister() -> None:
    """As something to see, each to one office, and only where the names of both were reviewed."""
    found = {s.value: x for s, x in all_links(IRIS) if s.value.startswith("http://x/ministere/")}
    assert len(found) == sum(x.anchor.startswith("poste-") for _, x in all_links(IRIS)) == 176
    assert {(x.relation, x.preuve) for x in found.values()} == {(RDFS.seeAlso, "preuve-revue")}
    culture = found["http://x/ministere/PO717190"]
    assert (culture.qid, culture.anchor) == ("Q12436652", "poste-Q12436652")
    assert culture.value == "Minister of Culture (France) : Françoise Nyssen, 2017-05-18"
    named = {(x.qid, x.value.split(" : ")[0]) for x in found.values()}
    assert named == {(name.poste, name.anglais) for name in office_names().values()}
    # of the same days, but another field: the minister spoke for the Government besides
    said = {x.qid: x.label for x in found.values() if "Q65146859" in x.label}
    assert said and all(label.startswith("Porte-parole") for label in said.values())


def test_a_reading_makes_a_concordance_an_identifier() -> None:
    """P4123, read later, replaces the concordance, with its own source and day."""
    before = known()[CONCORDANT]
    then = after(read_now(CONCORDANT, before.qid))[CONCORDANT]
    assert (before.preuve, then.preuve) == ("preuve-concordance", "preuve-identifiant")
    assert (then.qid, then.value) == (before.qid, CONCORDANT[2:])
    assert (then.sources, then.constat) == ((ENDPOINT,), "2026-11-25")
    # another reading of one adds a source, and the newest day counts
    then = after(read_now(SEED, SEED_QID))[SEED]
    assert then.sources == (*known()[SEED].sources, ENDPOINT) and then.constat == "2026-11-25"


def test_a_reviewed_link_is_something_to_see() -> None:
    """With person, reason and day; rdfs:seeAlso; absent beside a proven link."""
    ref, qid = next((p.acteur_ref, p.qid) for p in item_suggestions())
    row = decided(ref, qid, "revue", par="A. B.", motif="même circonscription, même photographie")
    [link] = of(ref, row)
    assert (link.relation, link.preuve, link.value) == (RDFS.seeAlso, "preuve-revue", row.motif)
    assert link.sources == ("Revu par A. B.",) and link.constat == "2026-11-25"
    again = decided(SEED, "Q1", "revue", par="A. B.", motif="non")
    assert [x for x in of(SEED, again) if x.anchor == "lien-wikidata"] == [known()[SEED]]


def test_an_anomaly_of_no_kind_is_told(tmp_path: Path) -> None:
    """An unknown kind is an error: it might have removed a link."""
    (tmp_path / "anomalies.csv").write_text("genre,acteurRef,explication\nfusion,PA1,?\n", "utf-8")
    with pytest.raises(UsageError, match=r"anomalies.csv:2: 'fusion' is none of deux éléments, "):
        read_reviewed_links(tmp_path)


@pytest.mark.parametrize("kind", AnomalyKind)
def test_an_anomaly_takes_a_link_away(kind: AnomalyKind) -> None:
    """Doubtful ones remove the links of both sides; a merger and a loss are only reported."""
    told = {"genre": kind.value, "acteurRef": SEED, "qid": SEED_QID, "cible": "Q3286733 PA1008"}
    found = known(ReviewedLinks(anomalies=(told,)))
    is_kept = kind in (AnomalyKind.MALFORMED, AnomalyKind.LOST, AnomalyKind.MERGED)
    assert (SEED in found) is is_kept and ("PA236" in found) is is_kept  # Q3286733 is PA236's
    settled = ReviewedLinks(anomalies=(told,), links=(read_now(SEED, SEED_QID),))
    assert SEED in known(settled)  # who has looked at it decides


def test_a_refused_pair_is_never_linked() -> None:
    row = decided(SEED, SEED_QID, "refus", par="A. B.", motif="homonyme")
    assert SEED not in after(row) and of(SEED, row) == []
    assert SEED not in after(row, read_now(SEED, SEED_QID))


def test_decisions_stand_beside_what_was_read(tmp_path: Path) -> None:
    """Two files of the same columns: `lod link` never writes that of the decisions."""
    refused, read = "PA1008,Q1,refus,,,2026,A. B.,homonyme", f"PA1,Q2,P4123,1,{ENDPOINT},2026,,"
    (tmp_path / "decisions.csv").write_text(f"{HEADER}{refused}\n", "utf-8")
    (tmp_path / "liens.csv").write_text(f"{HEADER}{read}\n", "utf-8")
    assert [(r.acteur_ref, r.preuve) for r in read_reviewed_links(tmp_path).links] == [
        ("PA1008", "refus"), ("PA1", "P4123"),
    ]  # fmt: skip


@pytest.mark.parametrize(("row", "why"), TABLES["a_row_that_decides_nothing"])
def test_a_row_that_decides_nothing(row: str, why: str, tmp_path: Path) -> None:
    """The message has file and line, what is wrong, and what to do."""
    (tmp_path / "liens.csv").write_text(HEADER + row + "\n", "utf-8")
    with pytest.raises(UsageError) as error:
        read_reviewed_links(tmp_path)
    assert str(error.value).startswith(f"{tmp_path / 'liens.csv'}:2: {why}; ")


def test_two_rows_that_say_two_things(tmp_path: Path) -> None:
    for second in ("PA1008,Q1,P4123,1008,x,2026,,", "PA718926,Q2,P4123,718926,x,2026,,"):
        text = f"{HEADER}PA718926,Q1,P4123,718926,x,2026,,\n{second}\n"
        (tmp_path / "liens.csv").write_text(text, "utf-8")
        with pytest.raises(UsageError, match=r"liens.csv:3: .* is .*, but PA718926 is Q1 before"):
            read_reviewed_links(tmp_path)


def fact(**more: str) -> WikidataFact:
    said = {"qid": SEED_QID, "propriete": "P21", "valeur": "Q6581097", "type": "element"}
    said |= {"libelle": "masculin", "source": ENDPOINT, "constat": "2026"}
    return WikidataFact(**(said | more))


@pytest.mark.parametrize(
    "wrong",
    [
        {"propriete": "P19"}, {"valeur": "6581097"}, {"libelle": ""}, {"qid": "1"},
        {"propriete": "P856", "type": "adresse", "valeur": "javascript:alert(1)"},
        {"propriete": "P18", "type": "adresse", "valeur": "https://x/ y"},
        {"propriete": "P569", "type": "jour", "valeur": "1975"}, {"type": "jour"},
        {"constat": ""},
    ],
)  # fmt: skip
def test_a_fact_that_is_none(wrong: dict[str, str], tmp_path: Path) -> None:
    assert fact().fault == ""
    assert fact(**wrong).fault
    names = ("qid", "propriete", "valeur", "type", "libelle", "source", "constat")
    row = ",".join(getattr(fact(**wrong), name) for name in names)
    (tmp_path / "faits.csv").write_text(",".join(names) + f"\n{row}\n", "utf-8")
    with pytest.raises(UsageError, match=r"faits.csv:2: "):
        read_reviewed_links(tmp_path)


def published(folder: Path, query: str) -> list[dict[str, str]]:
    text, _ = run(folder, query, "json")
    rows = json.loads(text)["results"]["bindings"]
    return [{name: cell["value"] for name, cell in row.items()} for row in rows]


def test_facts_are_in_a_graph_of_their_own(sample: Path) -> None:
    """A query of that graph joins them; a query of the default graph does not see them."""
    schema = "PREFIX schema: <https://schema.org/>"
    seed = f"?d owl:sameAs ?i . FILTER(?i = wd:{SEED_QID})"
    [row] = published(
        sample, f"{schema} SELECT ?g ?v {{ {seed} GRAPH ?g {{ ?i schema:birthDate ?v }} }}"
    )
    assert row == {"g": f"{BASE}.well-known/void#faits-wikidata", "v": "1975"}
    assert published(sample, f"{schema} SELECT ?v {{ {seed} ?i schema:birthDate ?v }}") == []
    [said] = published(
        sample,
        "SELECT ?constat ?source { GRAPH ?g { <.well-known/void#faits-wikidata> "
        "qp:dateConstat ?constat ; qp:sourcePreuve ?source ; void:dataDump ?dump } }",
    )
    assert said == {"constat": "2025-09", "source": evidence_sources()["wikidata2025"].nom}


def test_what_the_publisher_read_is_published(
    tmp_path: Path, plain: tuple[Path, BuildReport]
) -> None:
    """Reviewed files in, links, facts, candidates and anomalies out; the next build is the same."""
    revue = tmp_path / "revue"
    revue.mkdir()
    [asking] = published(plain[0], "SELECT DISTINCT ?ref { ?q qp:auteur/qp:uid ?ref }")
    author = asking["ref"]
    qid = known()[author].qid
    (revue / "liens.csv").write_text(
        f"{HEADER}{author},{qid},P4123,{author[2:]},{ENDPOINT},2026-11-25,,\n", "utf-8"
    )
    names = "qid,propriete,valeur,type,libelle,source,constat"
    (revue / "faits.csv").write_text(
        f"{names}\n{qid},P21,Q6581097,element,masculin,{ENDPOINT},2026-11-25\n", "utf-8"
    )
    (revue / "anomalies.csv").write_text(
        "genre,acteurRef,qid,numero,cible,explication\n"
        f"élément fusionné,{author},Q1,1,Q2,Q1 <b>fusionné</b>\n",
        "utf-8",
    )
    out = tmp_path / "out"
    build([GOOD], out, Settings(revue=revue))
    read_in = "SELECT ?source { ?lien a qp:Lien ; qp:sourcePreuve ?source }"
    assert {"source": ENDPOINT} in published(out, read_in)
    wdt = "PREFIX wdt: <http://www.wikidata.org/prop/direct/>"
    [row] = published(out, f"{wdt} SELECT ?n {{ GRAPH ?g {{ wd:{qid} wdt:P21/rdfs:label ?n }} }}")
    assert row == {"n": "masculin"}
    page = (out / "current/site/liens.html").read_text("utf-8")
    assert "Q1 &lt;b&gt;fusionné&lt;/b&gt;" in page
    (revue / "liens.csv").write_text("acteurRef,qid,preuve,constat\n", "utf-8")
    build([GOOD], out, Settings(revue=revue))
    assert {"source": ENDPOINT} not in published(out, read_in)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the item of one deputy: its number, and an occupation with a label."""
    folder = tmp_path_factory.mktemp("wikidata") / "store"
    store = Store(str(folder))
    wdt, item = PREFIXES["wdt"], wikidata(SEED_QID)
    store.add(Quad(item, NamedNode(f"{wdt}P4123"), Literal("718926")))
    store.add(Quad(item, NamedNode(f"{wdt}P106"), wikidata("Q82955")))
    store.add(Quad(wikidata("Q82955"), RDFS.label, fr("personnalité politique")))
    store.flush()
    del store
    with serving(folder) as address:
        yield address


def test_from_wikidata_to_here(elsewhere: str) -> None:
    """The example for Wikidata's endpoint returns our address of a deputy."""
    _, where, text = federation_example(packaged.FEDERATION / "de-wikidata.rq", BASE)
    assert "query.wikidata.org" in where
    assert by_server(elsewhere, text)[1] == [
        (f"http://www.wikidata.org/entity/{SEED_QID}", f"{BASE}depute/{SEED}")
    ]


def test_from_here_to_wikidata(elsewhere: str, sample: Path) -> None:
    """The example for an engine with SERVICE counts questions by a fact of Wikidata."""
    _, _, text = federation_example(packaged.FEDERATION / "vers-wikidata.rq", BASE)
    assert text.count(ENDPOINT) == 1
    with serving(current(sample) / "store") as ours:
        _, [row] = by_server(ours, text.replace(ENDPOINT, elsewhere))
    [asked] = published(
        sample, f"SELECT (COUNT(*) AS ?n) {{ ?q qp:auteur/owl:sameAs wd:{SEED_QID} }}"
    )
    assert row == ("personnalité politique", asked["n"]) and int(asked["n"]) > 0


@pytest.mark.parametrize(
    ("register", "name"),
    [("bnf", "foaf:name"), ("idref", "foaf:name"), ("viaf", "<http://schema.org/name>"),
     ("lccn", "<http://www.loc.gov/mads/rdf/v1#authoritativeLabel>"),
     ("gnd", "<https://d-nb.info/standards/elementset/gnd#preferredNameForThePerson>"),
     ("europarl", "rdfs:label")],
)  # fmt: skip
def test_a_register_joins_by_its_own_iri(register: str, name: str) -> None:
    """With nothing but our links and what the register says of one person."""
    iri, bare = f"{IRIS.base}depute/PA1268", "?personne dcterms:identifier ?nu"
    store = Store()
    store.extend(Quad(*triple) for triple in published_link_triples({iri}, IRIS))
    theirs = [quad.triple for quad in parse(path=str(REGISTERED), format=RdfFormat.TURTLE)]
    spaces = registers()[register].iri.partition("{}")[0]
    store.extend(Quad(*t, GRAPH) for t in theirs if str(t.subject)[1:].startswith(spaces))
    joined = f"GRAPH ?g {{ ?personne {name} ?nom }}"
    query = f"SELECT ?depute ?nu {{ ?depute schema:sameAs ?personne . {bare} . {joined} }}"
    [row] = store.query(query, prefixes=PREFIXES)
    [known_as] = [i for i in register_identifiers()["PA1268"] if i.register.code == register]
    assert (row["depute"].value, row["nu"].value) == (iri, known_as.valeur)


def test_the_example_for_a_register(sample: Path, tmp_path: Path) -> None:
    """An engine that follows SERVICE gets rows from the imitation of one."""
    _, where, text = federation_example(packaged.FEDERATION / "vers-registres.rq", BASE)
    [asked] = published(
        sample,
        "SELECT ?personne { ?q qp:auteur/schema:sameAs ?personne "
        'FILTER(STRSTARTS(STR(?personne), "http://data.bnf.fr/")) } LIMIT 1',
    )
    store = Store(str(tmp_path / "store"))
    store.add(Quad(NamedNode(asked["personne"]), term("foaf:name"), Literal("Un nom")))
    store.flush()
    del store
    with serving(tmp_path / "store") as theirs, serving(current(sample) / "store") as ours:
        _, [row] = by_server(ours, text.replace("https://data.bnf.fr/sparql", theirs))
    assert "SERVICE" in where and (row[2], row[3]) == (asked["personne"], "Un nom")


def test_both_here(sample: Path) -> None:
    """With the local copy: every linked author of a question has a year of birth."""
    _, where, text = federation_example(packaged.FEDERATION / "ici.rq", BASE)
    rows = published(sample, text)
    assert not where and len(rows) > 30 and {len(row["annee"]) for row in rows} == {4}
    assert "SERVICE" not in text


def test_statements_have_a_source() -> None:
    """One line each, sorted, in the first version of the syntax of QuickStatements."""
    pairs = [("PA22", "Q2"), ("PA1", "Q1"), ("PA1", "Q1")]
    assert quickstatements(pairs).splitlines() == [
        f'Q{n}\tP4123\t"{an}"\tS854\t"https://www.assemblee-nationale.fr/dyn/deputes/PA{an}"'
        for n, an in ((1, 1), (2, 22))
    ]


def test_an_author_known_by_name_alone_has_an_item_by_review() -> None:
    """With what speaks for it: a seat at another time, the group and the day of the question."""
    links = {s.value.removeprefix(IRIS.base): link for s, link in all_links(IRIS)}
    authors = {path: link for path, link in links.items() if path.startswith("auteur/")}
    assert len(authors) == 3 == len(reviewed_authors())
    assert {(link.relation, link.preuve) for link in authors.values()} == {
        (RDFS.seeAlso, "preuve-revue")
    }
    assert all("département" in a.value or "circonscription" in a.value for a in authors.values())
