"""The feeds: valid Atom, an entry a question and day, and the newest of each entity."""

import re
from datetime import date
from pathlib import Path

import feedparser
import pytest
from lxml import etree
from msgspec.structs import replace
from pyoxigraph import NamedNode

from lod.model.question import JO, Question
from lod.pipeline.settling.convert import Accepted
from lod.publish.publication import Publication
from lod.publish.release import current
from lod.rdf.iris import Iris, is_resource
from lod.rdf.store import open_store, select
from lod.rdf.vocab import NAMESPACE
from lod.website.indexes import feeds
from lod.website.rendering.templates import environment
from tests.support.chantier import write_questions
from tests.support.paths import BASE

pytestmark = pytest.mark.slow

PRINTED = Publication(BASE, 'Éd. <&> "x"', date(2026, 1, 1))
ATOM = "{http://www.w3.org/2005/Atom}"
ONCE = ("id", "title", "updated")  # what RFC 4287 asks of a feed and of an entry
# all that is dated of a question, and is told: one row each
EVENTS = """SELECT ?q ?e ?jour ?classe WHERE {
  ?q a qp:Question .
  { ?q qp:evenement ?e . ?e a ?classe FILTER(?classe != qp:Evenement) }
  UNION { ?q qp:attribution ?e BIND(qp:Attribution AS ?classe) }
  UNION { ?q qp:reponse ?e BIND(qp:Reponse AS ?classe) }
  ?e qp:date ?jour }"""


def check(feed: bytes) -> etree._Element:
    """Hold one feed to the rules of RFC 4287 that a schema cannot, and those that it can."""
    root = etree.fromstring(feed)
    iri = root.findtext(f"{ATOM}id")
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.findall(f"{ATOM}entry")):
        for name in ONCE:
            assert len(element.findall(ATOM + name)) == 1, (iri, name)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", element.findtext(f"{ATOM}updated") or "")
        links = [(link.get("rel"), link.get("type")) for link in element.findall(f"{ATOM}link")]
        assert len(links) == len(set(links)) and ("alternate", "text/html") in links
        for link in element.findall(f"{ATOM}link"):
            assert re.match(r"https?://", link.get("href") or ""), (iri, link.attrib)
    assert root.findtext(f"{ATOM}author/{ATOM}name") and root.findtext(f"{ATOM}rights")
    ids = [e.findtext(f"{ATOM}id") for e in root.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids)), iri
    days = [e.findtext(f"{ATOM}updated") or "" for e in root.findall(f"{ATOM}entry")]
    assert days == sorted(days, reverse=True), iri
    assert not days or root.findtext(f"{ATOM}updated") == days[0]
    return root


def test_every_feed_is_valid(vies_files: Path) -> None:
    """One for each question and each entity that is followed, five others; links lead to pages."""
    site = vies_files
    found = sorted(site.rglob("*.atom"))
    kinds = ("question", *feeds.FOLLOWED_KINDS)
    found_pages = (page for kind in kinds for page in site.glob(f"{kind}/**/*.html"))
    pages = (page for page in found_pages if not page.name.endswith(".en.html"))
    things = [page for page in pages if is_resource(str(page.relative_to(site).with_suffix("")))]
    due = [*site.glob("echeances/**/*.atom")]  # what is due of some of them
    assert len(found) == len(things) + len(due) + 5 > 600
    for path in found:
        root = check(path.read_bytes())
        place = path.relative_to(site).as_posix()
        assert root.findtext(f"{ATOM}id") == BASE + place
        for link in root.iterfind(f".//{ATOM}link[@rel='alternate']"):
            assert (site / (link.get("href") or "").removeprefix(BASE)).is_file(), (path, link)
        assert not feedparser.parse(path.read_bytes()).bozo, path


def test_all_dated_events_are_told(vies: Path, vies_files: Path) -> None:
    """An entry for each day that the store has, which names the classes of all its events."""
    store, prefix = open_store(current(vies) / "store"), f"PREFIX qp: <{NAMESPACE}> "
    expected: dict[tuple[str, str], set[str]] = {}
    for row in select(store, prefix + EVENTS):
        expected.setdefault((row["q"], row["jour"]), set()).add(row["classe"])
    told = [
        ((entry.id.partition("#")[0], entry.updated[:10]), entry.tags)
        for path in (vies_files / "question").glob("*.atom")
        for entry in feedparser.parse(path.read_bytes()).entries
    ]
    withdrawn = "SELECT ?q ?jour { ?q qp:dateRetrait ?jour }"
    assert list(select(store, prefix + withdrawn))
    assert len(told) > 100 and sorted(key for key, _ in told) == sorted(expected)
    for key, tags in told:
        classes = [NAMESPACE + tag.term for tag in tags if tag.scheme == NAMESPACE]
        assert len(classes) == len(set(classes)) and set(classes) == expected[key], key
    assert sum(len(classes) > 1 for classes in expected.values()) > 10


def test_a_day_has_one_entry_that_says_all(publie: Accepted, tmp_path: Path) -> None:
    """A question published, assigned and answered on one day is one entry, named by the answer."""
    day = JO(jour=date(2026, 1, 6), page=12)
    answered = replace(publie.question.reponses[0], jo=day)
    assigned = replace(publie.question.attributions[0], jo=day)
    q = replace(question(publie, 1, day.jour), attributions=(assigned,), reponses=(answered,))
    [entry] = feedparser.parse(feed_of(q, tmp_path)).entries
    assert entry.id.endswith("#reponse-1")
    title = "Publication, attribution et réponse\u00a0: Hôpitaux\u00a0: Titre"
    assert entry.title.startswith(title)
    said = ("Question publiée", "Question attribuée", "Réponse publiée")
    places = [entry.summary.index(sentence) for sentence in said]
    assert places == sorted(places)
    assert [t.term for t in entry.tags][:3] == ["Reponse", "Parution", "Attribution"]


def test_ids_are_those_of_the_events(vies: Path, vies_files: Path) -> None:
    """Where the graph has an IRI for what is told, the entry has the same one."""
    store = open_store(current(vies) / "store")
    ids = [
        entry.id
        for path in sorted((vies_files / "question").glob("*.atom"))
        for entry in feedparser.parse(path.read_bytes()).entries
    ]
    named = [i for i in ids if "#reponse-" not in i]
    assert len(named) > 70 and len(ids) > len(named)
    assert all(any(store.quads_for_pattern(NamedNode(iri), None, None)) for iri in named)


def test_each_kind_has_its_sentence() -> None:
    """It takes what it is given; that its class is one of the ontology tell the events above."""
    assert len(feeds.event_kinds()) == 10
    for genre in feeds.event_kinds().values():
        assert "{" not in genre.phrase.format(jour="j", lieu="l", detail="d")


def test_a_feed_holds_no_text_of_the_question(publie: Accepted, tmp_path: Path) -> None:
    """A title, an event, who asks, which heading: the text stays on its page."""
    q = publie.question
    text = feed_of(q, tmp_path).decode()
    assert q.texte and q.texte[:40] not in text and q.titre and q.titre[:10] in text
    for said in ("Publication", "Signalement", "Renouvellement", "Réponse", "Attribution"):
        assert said in text, said


def feed_of(q: Question, folder: Path) -> bytes:
    """Return the feed of a question, as a release gives it that has this one."""
    questions = write_questions(folder, [q])
    found = feeds.feed_about(f"question/{q.uid}", questions, PRINTED, str)
    assert found and feeds.feed_about("question/QANR5L17QE2", questions, PRINTED, str) is None
    return found


def question(publie: Accepted, number: int, day: date) -> Question:
    return replace(
        publie.question, uid=f"QANR5L17QE{number}", numero=number, parutions=(JO(jour=day),),
        attributions=(), signalements=(), renouvellements=(), errata=(), reponses=(), cloture=None,
        titre=f"Titre & <numéro> {number}\x0b\ufffe",
    )  # fmt: skip


def test_only_the_newest_stay(publie: Accepted, tmp_path: Path) -> None:
    """Fifty of an entity and a hundred of all, whatever the order in which they come."""
    days = [date.fromordinal(date(2020, 1, 1).toordinal() + n * 7919 % 400) for n in range(400)]
    passed = [question(publie, n + 1, day) for n, day in enumerate(days)]
    questions = write_questions(tmp_path, passed)
    newest = [feeds.midnight_utc(day) for day in sorted(days, reverse=True)]
    told = updates(feeds.feed_of_all(questions, PRINTED, str))
    assert told[1:] == newest[: feeds.MOST_OF_ALL]
    auteur = Iris(BASE).auteur(passed[0]).value.removeprefix(BASE)
    told = updates(feeds.feed_about(auteur, questions, PRINTED, str) or b"")
    assert told[1:] == newest[: feeds.MOST_OF_RESOURCE]
    nobody = feeds.feed_about("rubrique/aucune", questions, PRINTED, str) or b""
    assert updates(nobody) == ["2026-01-01T00:00:00Z"]
    assert feeds.feed_about("gouvernement/PO1", questions, PRINTED, str) is None


def updates(feed: bytes) -> list[str]:
    """Return when a feed was updated, then each of its entries."""
    return [element.text or "" for element in etree.fromstring(feed).iter(f"{ATOM}updated")]


def test_what_xml_cannot_write_is_left_out(publie: Accepted, tmp_path: Path) -> None:
    """A control character, a noncharacter, markup: the feed stays well-formed."""
    root = check(feed_of(question(publie, 1, date(2026, 1, 1)), tmp_path))
    assert "Titre & <numéro> 1" in (root.findtext(f"{ATOM}title") or "")
    assert root.findtext(f"{ATOM}author/{ATOM}name") == 'Éd. <&> "x"'


def test_a_question_without_a_date_has_a_feed(publie: Accepted, tmp_path: Path) -> None:
    q = replace(question(publie, 1, date(2026, 1, 1)), parutions=())
    root = check(feed_of(q, tmp_path))
    assert root.findtext(f"{ATOM}updated") == "2026-01-01T00:00:00Z"


def test_a_page_announces_its_feed() -> None:
    """The macro gives what a reader of feeds looks for."""
    module = environment().get_template("macros.html").module
    link = str(module.flux("depute/PA1", "../", "M. l’Élu & Cie"))  # type: ignore[attr-defined]
    assert 'type="application/atom+xml" href="../depute/PA1.atom"' in link and "&amp;" in link
