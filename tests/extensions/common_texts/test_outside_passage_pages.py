"""The pages of passages in texts published elsewhere, and their data."""

from pathlib import Path

import pytest
from lxml import html
from pyoxigraph import RdfFormat, parse
from werkzeug.test import Client

from lod.base.settings import Settings
from lod.build import build
from lod.extensions.common_texts.outside import OUTSIDE_TEXTS
from lod.publish.release import current
from lod.rdf.store import open_store, select
from lod.rdf.vocab import QP, qp
from tests.extensions.common_texts.support import ROW, outside_row, outside_table
from tests.support.paths import BASE, CASES, GOOD
from tests.support.programs import lod
from tests.support.releases import page_of, pages_of

UID = "QANR5L17QE90001"
pytestmark = pytest.mark.slow


@pytest.fixture
def site(vies: Path) -> Path:
    return current(vies) / "site"


def passages(site: Path) -> list[dict[str, str]]:
    query = f"""SELECT ?s ?q ?a ?debut ?fin {{ GRAPH ?g {{ ?s {QP.sujet} ?q ; {QP.cible} ?a ;
      {qp("debut")} ?debut ; {qp("fin")} ?fin }} }} ORDER BY ?s"""
    found = list(select(open_store(site.parent / "store"), query))
    assert len(found) == 2
    return found


def test_the_page_marks_the_passage_that_the_data_states(site: Path) -> None:
    """The text of the question, whole, with one mark; who published the other one, and when."""
    store = open_store(site.parent / "store")
    texts = {row["s"]: row["t"] for row in select(store, f"SELECT ?s ?t {{ ?s {QP.texte} ?t }}")}
    for row in passages(site):
        page = html.parse(site / f"{row['s'].removeprefix(BASE)}.html").getroot()
        [shown] = page.find_class("texte")
        [mark] = shown.iter("mark")
        text = texts[row["q"]]
        assert shown.text_content() == text
        assert mark.text_content() == text[int(row["debut"]) : int(row["fin"])]
        facts = page.xpath("string(//dl)")
        assert ROW["titre"] in facts and ROW["editeur"] in facts and "1er septembre 2017" in facts
        assert page.xpath(f"//a[@href='{ROW['adresse']}']")
        assert "n’est pas être la source" in page.xpath("string(//article)")


def test_the_question_and_the_list_lead_there(vies: Path, site: Path) -> None:
    """Among the passages in common of the question; in a table below the common texts."""
    listed = html.parse(site / "textes-communs.html").getroot()
    for row in passages(site):
        path = row["s"].removeprefix(BASE)
        question = html.fromstring(page_of(vies, row["q"].rpartition("/")[2]))
        [link] = question.xpath(f"//dl//a[@href='../{path}.html']")
        assert "publié ailleurs contient le même passage" in link.text_content()
        assert listed.xpath(f"//*[@data-requete='textes-exterieurs']//a[@href='{path}.html']")


def test_every_form_says_it(vies_client: Client, site: Path) -> None:
    """The passage, its evidence, and what is known of the text elsewhere; 303 leads there."""
    [first, _] = passages(site)
    path = first["s"].removeprefix(BASE)
    answer = vies_client.get(f"/{path}", headers={"Accept": "text/turtle"})
    assert answer.status_code == 303 and answer.headers["Location"] == f"/{path}.ttl"
    data = vies_client.get(f"/{path}.ttl").data
    said = {q.triple for q in parse(data, format=RdfFormat.TURTLE)}
    lower = vies_client.get(f"/{path.lower()}")
    assert (lower.status_code, lower.headers["Location"]) == (301, f"/{path}")
    about = {(t.predicate.value.rpartition("/")[2], t.object.value) for t in said}
    assert {("publisher", ROW["editeur"]), ("datePublished", ROW["date"])} <= about
    assert {t.object.value for t in said if t.predicate == QP.cible} == {ROW["adresse"]}
    evidence = {t.object.value for t in said if t.predicate == QP.sourcePreuve}
    assert evidence == {f"Revu par {ROW['par']}"}


def test_the_command_tells_each_row_that_it_rejects(tmp_path: Path, monkeypatch) -> None:
    """File and line, what is wrong, what to do; read = published + rejected; --strict exits 1."""
    (tmp_path / "revue").mkdir()
    rows = [outside_row(uid, "des mots qui ne sont nulle part") for uid in (UID, "QANR5L17QE3")]
    (tmp_path / "revue" / OUTSIDE_TEXTS).write_bytes(outside_table(*rows))
    (tmp_path / "lod.toml").write_text('revue = "revue"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    done = lod("build", GOOD, "--to", "out", "--strict", "--jobs", 1)
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        f"rejected revue/{OUTSIDE_TEXTS}:2: the passage is not in the text of {UID}; copy it from "
        "there, or remove the row",
        f"rejected revue/{OUTSIDE_TEXTS}:3: QANR5L17QE3 is not published here; correct the uid, or "
        "remove the row",
    ]
    assert "; outside texts: 2 read = 0 published + 2 rejected; out" in done.stdout
    page = (tmp_path / "out/current/site/qualite.html").read_text("utf-8")
    assert f"{OUTSIDE_TEXTS}:2" in page and str(tmp_path) not in page


def files(release: Path) -> dict[str, bytes]:
    found = [*release.glob("site/texte-commun/*"), release / "site/textes-communs.html"]
    found += [release / "textes-communs.nt"]
    files = {path.relative_to(release).as_posix(): path.read_bytes() for path in found}
    return files | dict(pages_of(release))


def test_an_update_is_a_build(tmp_path: Path, vies: Path) -> None:
    """A row that comes, and one that goes: all is as without a release before."""
    records, settings = [CASES / "an_json", vies.parent / "records"], []
    head, *rows = (vies.parent / "revue" / OUTSIDE_TEXTS).read_bytes().splitlines(keepends=True)
    for number, row in enumerate(rows):
        (folder := tmp_path / f"revue{number}").mkdir()
        (folder / OUTSIDE_TEXTS).write_bytes(head + row)
        settings.append(Settings(revue=folder))
    build(records, tmp_path / "updated", settings[0])
    before = files(current(tmp_path / "updated"))
    report = build(records, tmp_path / "updated", settings[1])
    build(records, tmp_path / "alone", settings[1])
    updated, alone = (files(current(tmp_path / name)) for name in ("updated", "alone"))
    assert updated == alone != before
    assert not report.rejected_rows
    assert report.told == ["outside texts: 1 read = 1 published + 0 rejected"]
    changed = {name for name in updated if updated[name] != before.get(name)}
    assert sum(name.startswith("question/") for name in changed) == 2
