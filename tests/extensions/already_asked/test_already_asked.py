"""Already asked: what is like a draft, what is like a question, and what is in the record."""

import random
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from lxml import html
from werkzeug.test import Client, TestResponse

from lod.base.tabular import rows
from lod.extensions.already_asked import near, routes, vectors, verify
from lod.extensions.already_asked.draft import LONGEST, asked_before
from lod.extensions.already_asked.encoder import UniversalEncoder, Vectors, encoder
from lod.extensions.already_asked.vectors import QUESTIONS, VectorIndex, VectorOutput, text_of
from lod.extensions.already_asked.verify import verdict_on
from lod.model.text import fold
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.passages import folded, place_of, sentences, shared_passages
from lod.publish.release import current
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.search_index import SearchIndex
from lod.server.routes.app import create_app
from lod.server.routes.context import state_of
from lod.server.routes.gates import gate_of
from tests.support.live import live
from tests.support.once import once
from tests.support.releases import write_real_index

HOSTILE = ("", " ", "\x00\x01", "🏳️‍🌈" * 600, "字" * 5000, "\u202e" * 5000, "a" * 5000,
           '" OR 1 --', "́" * 5000)  # fmt: skip
# table of requests → how many, how many find a right question among the first there; what is
# claimed is measured by the first; the second chose the numbers of the program
TABLES = {"demandes.csv": (50, 40), "demandes-choix.csv": (60, 42)}
FIRST = 5  # places that count
FIRST_OF_DRAFTS, NOTHING_FOUND = 26, 9  # of thirty drafts, and of ten
TIMES = 60  # each question of a small release, to have as many as a large one


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> Path:
        return write_real_index(folder, VectorOutput())

    return once(tmp_path_factory, "real-vectors", make)[0]


def texts_of(release: Path) -> Iterator[tuple[str, str]]:
    """Yield uid and text of the questions and answers of a release."""
    for stored in PublishedQuestions(release).questions():
        q = stored.question
        yield from ((q.uid, text) for text in (q.texte, *(r.texte for r in q.reponses)) if text)


def longest(vies: Path) -> str:
    return max((text for _, text in texts_of(current(vies))), key=len)


def asked(client: Client, text: str, **more: str) -> TestResponse:
    return client.post("/deja-posee", data={"texte": text, "format": "json"} | more)


def test_the_vectors_of_a_release_are_those_of_its_questions(vies: Path) -> None:
    read = np.load(current(vies) / QUESTIONS, allow_pickle=False)
    questions = [stored.question for stored in PublishedQuestions(current(vies)).questions()]
    assert [row["nom"].decode() for row in read] == [q.uid for q in questions]
    made_by = encoder()
    assert made_by, "it is among the packages of the tests"
    some = questions[:20]
    assert (read["vecteur"][:20] == made_by.encode([*map(text_of, some)])).all()
    assert read["vecteur"].any(axis=1).sum() == sum(bool(text_of(q)) for q in questions)


def test_an_update_encodes_what_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is taken over has the same bytes as what is made anew; a damaged file is made anew."""
    made_by, texts = encoder(), [("a", "les loups"), ("b", "les trains"), ("c", "")]
    assert made_by
    asked: list[str] = []

    def encode(texts: Sequence[str], *, is_exact: bool = True) -> Vectors:
        asked.extend(texts)
        return made_by.encode(texts)

    counting = SimpleNamespace(name=made_by.name, encode=encode)
    monkeypatch.setattr(vectors, "encoder", lambda: counting)
    first, second, third = (tmp_path / f"{n}.npy" for n in range(3))
    vectors._write(first, texts, None)
    assert asked == ["les loups", "les trains"]
    vectors._write(second, [*texts, ("d", "les ponts")], first)
    assert asked[2:] == ["les ponts"]
    first.write_bytes(first.read_bytes()[:200])
    vectors._write(third, [*texts, ("d", "les ponts")], first)
    assert len(asked) == 6 and third.read_bytes() == second.read_bytes()


def test_signs_find_what_a_look_at_all_finds(vies: Path) -> None:
    """The nearest five, but for one in twenty, which are then nearly as near."""
    read = np.load(current(vies) / QUESTIONS, allow_pickle=False)
    index = VectorIndex(np.tile(read, TIMES))  # more rows than are looked at by their numbers
    numbers = read["vecteur"].astype(np.float64)
    lengths = np.linalg.norm(numbers, axis=1)
    wanted = got = 0
    for row in range(0, len(read), 2):
        cosines = np.sort(numbers @ numbers[row] / np.maximum(lengths * lengths[row], 1))[::-1]
        wanted += 5
        nearest = index.nearest(read["vecteur"][row], 5 * TIMES)[::TIMES]
        got += sum(abs(a - b) < 1e-6 for a, (_, b) in zip(cosines[:5], nearest, strict=True))
    assert wanted > 100 and got >= 0.95 * wanted


def test_a_draft_finds_the_question_that_it_repeats(vies_client: Client, vies: Path) -> None:
    draft = f"Je souhaite demander ceci. {longest(vies)[:400]} Et encore autre chose."
    found = asked(vies_client, draft)
    first = found.json["questions"][0]
    passage = first["passages"][0]
    assert "passage" in first["raisons"] and passage["mots"] >= 8
    start, end = passage["brouillon"]
    assert fold(draft[start:end]) == fold(passage["texte"])
    assert found.headers["Cache-Control"] == "no-store"
    tree = html.fromstring(vies_client.post("/deja-posee.html", data={"texte": draft}).data)
    assert tree.xpath("//*[@class='raison']") and tree.xpath("//mark")
    english = vies_client.post("/deja-posee.en.html", data={"texte": draft})
    assert "Already asked?" in english.text and "same passage" in english.text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_pasted_is_answered(vies_client: Client, text: str) -> None:
    assert asked(vies_client, text).status_code == 200
    assert vies_client.post("/verifier", data={"texte": text[:1000]}).status_code == 200


def test_what_is_wrong_is_said(vies_client: Client) -> None:
    assert asked(vies_client, "a" * 5001).status_code == 400
    assert vies_client.get("/deja-posee?texte=secret").status_code == 405
    assert vies_client.post("/deja-posee", data=b"x", content_type="text/plain").status_code == 415
    assert vies_client.post("/deja-posee", json={"texte": 3}).status_code == 400
    assert vies_client.post("/deja-posee", json=["x"]).status_code == 400
    broken = vies_client.post("/deja-posee", data=b"{", content_type="application/json")
    assert broken.status_code == 400
    assert vies_client.get("/verifier?phrase=x").status_code == 400
    always = {"Content-Type": "application/json"}  # as many programs send it, with a body or not
    assert vies_client.get("/verifier?texte=Bonjour.", headers=always).status_code == 200
    assert vies_client.get("/verifier?texte=" + "a" * 1001).status_code == 400
    told = vies_client.post("/deja-posee", json={"texte": "des trains", "format": "json"})
    assert told.status_code == 200 and told.json["recherche"]["sens"]


def test_the_description_of_the_api_is_true(vies_client: Client, vies: Path) -> None:
    said: Any = vies_client.get("/api/openapi.json").json
    schemas = said["components"]["schemas"]
    [text, *_] = [text for _, text in texts_of(current(vies)) if len(text) > 300]
    for path, sent, most, answer in (
        ("/deja-posee", "Brouillon", LONGEST, "DejaPosee"),
        ("/verifier", "Phrase", routes.SENTENCE, "Verdict"),
    ):
        content = said["paths"][path]["post"]["requestBody"]["content"]
        assert sorted(content) == sorted(routes.FORMS)
        known = schemas[sent]["properties"]
        assert sorted(known) == sorted(routes.KNOWN) and known["texte"]["maxLength"] == most
        for asked_for in (text[:300], "Rien de tel.", " "):
            given = vies_client.post(path, json={"texte": asked_for, "format": "json"}).json
            schema = schemas[answer] | {"components": said["components"]}
            Draft202012Validator(schema).validate(given)
            properties = schemas[answer]["properties"]
            assert sorted(given) == sorted(properties)
            for each in given.get("questions", ()):
                assert sorted(each) == sorted(schemas["QuestionProche"]["properties"])
    asked_by_address = said["paths"]["/verifier"]["get"]["parameters"][0]["schema"]
    assert asked_by_address["maxLength"] == routes.SENTENCE


def test_no_log_has_a_draft(vies: Path) -> None:
    with live(vies) as server:
        answer = server.ask(
            "/deja-posee", "POST", b"texte=quelque+chose+de+secret",
            Content_Type="application/x-www-form-urlencoded",
        )  # fmt: skip
        assert answer.status == 200
        assert "secret" not in server.said


def test_drafts_take_turns_with_searches(tmp_path: Path) -> None:
    """Long ones of one client hold up nobody."""
    costly = state_of(create_app(tmp_path)).costly
    for path in ("/deja-posee", "/deja-posee.html", "/verifier"):
        assert gate_of(costly, path, "", "", has_body=True) == "search"


TYPED = str.maketrans({"’": "'", " ": "\u00a0", "œ": "oe", "«": '"', "»": '"', "-": "‑"})
WORD = re.compile(r"[^\W\d_]{4,}")


def test_a_sentence_is_told_from_an_altered_one(vies: Path) -> None:
    """Half of two hundred are asked in another typography, half with a word replaced."""
    told_apart(current(vies))


@pytest.mark.shared
def test_a_real_sentence_is_told_from_an_altered_one(real: Path) -> None:
    told_apart(real)


def told_apart(release: Path) -> None:
    chance = random.Random(4)
    all_ = [one for _, text in texts_of(release) for one in sentences(text) if WORD.search(one)]
    some = chance.sample([one for one in all_ if 40 <= len(one) <= 900], 200)
    with closing(SearchIndex(release / INDEX_FILE)) as index:

        def is_written(sentence: str) -> bool:
            return bool(verdict_on(release, index, sentence).places)

        assert all(map(is_written, some))
        assert all(is_written(one.translate(TYPED)) for one in some[:100])
        for one in some[100:]:
            word = chance.choice([*WORD.finditer(one)])
            assert not is_written(f"{one[: word.start()]}zèbre{one[word.end() :]}"), one


def missed(release: Path, table: str) -> list[str]:
    """Return the requests of a table that find no right question among the first."""
    requests = [*rows(Path(__file__).with_name(table))]
    assert len(requests) == TABLES[table][0]
    missing = []
    questions = PublishedQuestions(release).questions()
    titles = {stored.uid: fold(stored.question.titre or "") for stored in questions}
    with closing(SearchIndex(release / INDEX_FILE)) as index:
        for request in requests:
            wanted = [fold(part) for part in request["titres"].split("|")]
            right = {uid for uid, title in titles.items() if any(w in title for w in wanted)}
            assert right, request["demande"]
            found = near.near_questions(release, index, request["demande"]).questions
            if right.isdisjoint(question.uid for question in found[:FIRST]):
                missing.append(request["demande"])
    return missing


@pytest.mark.shared
@pytest.mark.slow
def test_everyday_words_find_real_questions(real: Path) -> None:
    """By fifty requests from before the program, and sixty that chose its numbers."""
    for table, (count, right) in TABLES.items():
        assert len(missed(real, table)) <= count - right


BOLD = re.compile(r"<(strong|b)>([^<>]+)</\1>(?:\s*<(?:i|em)>[^<>]+</\w+>)?([^<>]+)")


@pytest.mark.shared
@pytest.mark.slow
def test_a_sentence_of_an_exchange_has_its_speaker(real: Path) -> None:
    """Sixty of those that follow a name in bold, read here: it is named, and no other person."""
    said = [
        (stored.uid, re.split("[.,]\\s*$", name)[0].partition(",")[0].split(), sentence)
        for stored in PublishedQuestions(real).questions()
        if stored.question.type == "QG"
        for r in stored.question.reponses
        for _, name, words in BOLD.findall(r.texte_html or "")
        for sentence in sentences(words)
        if 40 <= len(sentence) <= 900
    ]
    named = 0
    with closing(SearchIndex(real / INDEX_FILE)) as index:
        for uid, name, sentence in random.Random(60).sample(said, 60):
            places = verdict_on(real, index, sentence).places
            turns = [s.origin.turn for s, _ in places if s.origin.question.uid == uid]
            named += any(turn and turn.libelle.split() == name for turn in turns)
            assert all(turn is None or turn.libelle.split() == name for turn in turns), sentence
    assert named >= 0.97 * 60


def test_a_sentence_is_found_where_hundreds_have_its_words(vies: Path, monkeypatch) -> None:
    """Words in a row are looked for first: who only has the same words takes no place of theirs."""
    release = current(vies)
    monkeypatch.setattr(verify, "LOOKED_AT", 3)
    with closing(SearchIndex(release / INDEX_FILE)) as index:
        for uid, text in texts_of(release):
            if len(text.split()) >= 8:
                places = verdict_on(release, index, text[:900].rpartition(" ")[0]).places
                assert places, uid


def test_the_place_of_a_sentence() -> None:
    text = "Mme Dupont attire l’attention du ministre sur l’œuvre « de l’école »\u00a0: rien ne va."
    start, end = place_of("l'attention  du ministre", text) or (0, 0)
    assert text[start:end] == "l’attention du ministre"
    assert place_of('sur l\'oeuvre "de l‘école": rien', text)
    assert not place_of("tire l'attention", text)
    assert not place_of("l'ecole", text)
    assert not place_of("attention duministre", text)
    assert folded("a\u200bb")[0] == "ab"


def test_shared_passages_are_found_once() -> None:
    words = " ".join(f"mot{number}" for number in range(30))
    [passage] = shared_passages(f"avant {words} après", f"{words} suite")
    assert passage.words == 30
    assert not shared_passages("un deux trois quatre cinq", "un deux trois quatre cinq")


def test_without_the_encoder_words_are_enough(vies: Path, vies_client: Client, monkeypatch) -> None:
    monkeypatch.setattr(near, "encoder", lambda: None)
    text = longest(vies)
    answer = asked(vies_client, text[:300])
    assert answer.json["recherche"] == {"mots": answer.json["recherche"]["mots"], "sens": False}
    assert answer.json["questions"]
    page = vies_client.post("/deja-posee.html", data={"texte": text[:300]})
    assert "Le sens n’est pas comparé ici" in page.text
    monkeypatch.setattr(near, "encoder", encoder)
    assert near._meaning(current(vies), "les trains", [])
    monkeypatch.setattr(near, "encoder", lambda: UniversalEncoder("0.0"))  # another one
    assert near._meaning(current(vies), "les trains", []) is None


def test_a_search_that_finds_little_shows_what_is_near(vies_client: Client, vies: Path) -> None:
    titles = (stored.question.titre for stored in PublishedQuestions(current(vies)).questions())
    title = max(filter(None, titles), key=len)
    page = html.fromstring(vies_client.get(f"/recherche.html?q={quote(title)}+zzyzx").data)
    [section] = page.xpath("//section[contains(@class, 'proches')]")
    assert section.xpath(".//li//mark") and "Aucune question trouvée" in page.text_content()
    assert "zzyzx" in section.xpath("string(.//p[@class='note'])")
    many = html.fromstring(vies_client.get("/recherche.html").data)
    assert not many.xpath("//section[contains(@class, 'proches')]")


def test_the_page_of_a_question_shows_similar_ones(vies_client: Client, vies: Path) -> None:
    """Five others at most; what shares a passage, in whatever graph that is, comes first."""
    reasons = []
    for stored in PublishedQuestions(current(vies)).questions():
        page = html.fromstring(vies_client.get(f"/question/{stored.uid}.html").data)
        links = page.xpath("//section[@class='semblables']//li/a/@href")
        assert len(links) <= 5
        assert not any(link.endswith(f"/{stored.uid}.html") for link in links)
        said = page.xpath("//section[@class='semblables']//span[@class='raison']/text()")
        assert said == sorted(said)  # « même passage » before « même sujet »
        reasons += said
    assert {"même passage", "même sujet"} == {*reasons}


@pytest.mark.shared
@pytest.mark.slow
def test_a_draft_gets_a_verdict(real: Path) -> None:
    """Thirty everyday drafts find first the question that asks it, ten about nothing find none."""
    stored = PublishedQuestions(real).questions()
    titles = {q.uid: fold(q.question.titre or "") for q in stored}
    first, nothing = 0, 0
    with closing(SearchIndex(real / INDEX_FILE)) as index:
        for draft in rows(Path(__file__).with_name("brouillons.csv")):
            answer = asked_before(real, index, draft["brouillon"])
            wanted = [fold(part) for part in draft["titres"].split("|") if part]
            if not wanted:
                nothing += answer.verdict == "rien"
            elif answer.questions:
                first += any(w in titles[answer.questions[0].question.uid] for w in wanted)
    assert first >= FIRST_OF_DRAFTS and nothing >= NOTHING_FOUND


def test_a_copied_draft_is_asked_word_for_word(vies: Path) -> None:
    """Stock phrases alone repeat nothing."""
    release = current(vies)
    with closing(SearchIndex(release / INDEX_FILE)) as index:
        assert asked_before(release, index, longest(vies)[:600]).verdict == "mot pour mot"
        stock = "Mme X attire l’attention de M. le ministre sur la calvitie des licornes. "
        stock += "Elle lui demande quelles mesures le Gouvernement entend prendre."
        assert asked_before(release, index, stock).verdict == "rien"
