"""Full-text search: what is found, counted, shown and refused, and that it never breaks."""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace
from pyoxigraph import QuerySolutions, Store
from werkzeug.test import Client

from lod.model.question import JO, Circonscription, Question, Reponse
from lod.publish.release import current
from lod.publish.search import search_index
from lod.publish.search.excerpts import WIDTH, best_excerpt
from lod.publish.search.full_text import INDEX_FILE, search_functions
from lod.publish.search.indexing import IndexContext, write_index
from lod.publish.search.parameters import SearchRequest
from lod.publish.search.results import search_results
from lod.publish.search.search_index import SearchIndex, TooLongError
from lod.publish.search.search_terms import SearchTerm, search_words
from lod.publish.search.words import stem_of, stems_of
from lod.rdf.iris import Iris
from lod.rdf.store import open_store
from lod.rdf.vocab import PREFIXES
from tests.support.paths import BASE, tables_of
from tests.support.server_data import client_of, publish, serving, write_search_index
from tests.support.synthetic.lives import cases, questions

TABLES = tables_of(__file__)

HOSTILE = (
    '"', '""', '"a', "*", "a*", "ab*", "**", "abc**", "AND", "OR NOT", "NEAR(a b, 2)", "a NEAR/2 b",
    "titre: x", "titre:x", "{titre} : x", "^début", "a + b", "- a", "(a OR b", "a)", "';--", "\0",
    "a\0b", "\ud800", "\x1e", "é" * 300, "½ ﬁn ǅ", "<script>alert(1)</script>", "%", "\u202e",
    "a" * 300, "«", "« »", "“a", "mots MATCH x", "x' OR '1'='1", "\\", "\n", "🂡", "ﷺ", "a\u0301b",
)  # fmt: skip


def selected(store: Store, where: str, *names: str) -> list[tuple[str, ...]]:
    """The rows of a SELECT on the questions of a store."""
    head = " ".join(f"?{name}" for name in names)
    found = store.query(f"SELECT {head} {{ ?q a qp:Question . {where} }}", prefixes=PREFIXES)
    assert isinstance(found, QuerySolutions)
    return [tuple(row[name].value for name in names) for row in found]


@dataclass(frozen=True)
class Served:
    """A release with its index and its store, and a client of its server."""

    folder: Path
    index: SearchIndex
    store: Store
    client: Client

    def found(self, request: SearchRequest) -> list[str]:
        return self.index.uids(self.index.find(request))


@pytest.fixture(scope="module", params=["sample", "vies"])
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    release = current(request.getfixturevalue(request.param))
    server = request.getfixturevalue(f"{request.param}_server")
    with closing(SearchIndex(release / INDEX_FILE)) as index:
        yield Served(release, index, open_store(release / "store"), client_of(server))


def written(path: Path, made: Iterable[Question]) -> Path:
    write_index(path, made, IndexContext(Iris(BASE), str, {"base": BASE}))
    return path


@pytest.fixture(scope="module")
def invented(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[list[Question], SearchIndex]]:
    """Three hundred invented questions, and their index."""
    made = list(questions(300, 1, 17))
    index = SearchIndex(written(tmp_path_factory.mktemp("invented") / INDEX_FILE, made))
    yield made, index
    index.close()


def all_stems(q: Question) -> list[list[str]]:
    """What stands for the words of each text of a question."""
    return [
        stems_of(t) for t in (q.titre or "", q.texte or "", *(r.texte or "" for r in q.reponses))
    ]


def holds(q: Question, *phrases: str) -> bool:
    """Whether some text of the question has each phrase."""
    columns = [f" {' '.join(words)} " for words in all_stems(q)]
    return all(any(f" {' '.join(stems_of(p))} " in text for text in columns) for p in phrases)


def terms_of(q: str) -> list[SearchTerm]:
    return [term for term, _ in search_words(q).marks]


@pytest.mark.parametrize(
    ("one", "other"),
    [("ÉNERGIE", "energies"), ("cœur", "Coeurs"), ("Ægir", "aegir"), ("retraité", "RETRAITES"),
     ("hôpital", "hopital"), ("e\u0301cole", "écoles"), ("garçon", "garcons")],
)  # fmt: skip
def test_what_does_not_matter(one: str, other: str) -> None:
    """Case, accents, ligatures and the plural do not tell two words apart."""
    assert [t.words for t in terms_of(one)] == [t.words for t in terms_of(other)]


def test_words_that_say_nothing_are_left_out() -> None:
    """Unless they are in a phrase, or all that there is."""
    assert [t.words for t in terms_of("les aides de la mer")] == [("aid",), ("mer",)]
    assert [t.words for t in terms_of('"les aides de la mer"')] == [
        ("le", "aid", "de", "la", "mer")
    ]
    assert [t.words for t in terms_of("de la")] == [("de",), ("la",)]


def test_a_beginning_needs_three_letters() -> None:
    """A star after fewer is no star; before three it finds what a stem has lost, too."""
    assert [(t.words, t.beginning) for t in terms_of("ag* agri* agriculteurs*")] == [
        (("ag",), ""), (("agri",), "agri"), (("agriculteur",), "agriculteurs"),
    ]  # fmt: skip


def test_a_beginning_finds_its_words(invented: tuple[list[Question], SearchIndex]) -> None:
    """Those of which the index only has the stem as well."""
    made, index = invented
    expected = {
        q.uid for q in made if any(w.startswith("synthet") for ws in all_stems(q) for w in ws)
    }
    assert expected
    for q in ("synthé*", "SYNTHET*", "synthétiq*"):
        assert set(index.uids(index.find(SearchRequest(q=q)))) == expected


@pytest.mark.parametrize(("q", "wanted", "excluded"), TABLES["signs_do_what_people_expect"])
def test_signs_do_what_people_expect(
    invented: tuple[list[Question], SearchIndex],
    q: str,
    wanted: list[list[str]],
    excluded: list[str],
) -> None:
    """Every question with the words and nothing else is found, as a look at each tells."""
    made, index = invented
    expected = {
        one.uid
        for one in made
        if all(any(holds(one, word) for word in words) for words in wanted)
        and not any(holds(one, word) for word in excluded)
    }
    assert expected
    assert set(index.uids(index.find(SearchRequest(q=q)))) == expected


def asked(number: int, titre: str, texte: str = "Rien.") -> Question:
    """A question with a title and a text of our own."""
    [one] = list(questions(1, 1, 17))
    uid = f"QANR5L17QE{number}"
    return replace(one, uid=uid, numero=number, titre=titre, texte=texte, reponses=())


def numbers_found(tmp_path: Path, made: list[Question], q: str) -> list[int]:
    """The numbers of the questions that a request finds in an index of some, in its order."""
    with closing(SearchIndex(written(tmp_path / INDEX_FILE, made))) as index:
        found = index.uids(index.find(SearchRequest(q=q)))
    return [int(uid.rpartition("E")[2]) for uid in found]


@cache
def a_few() -> dict[str, list[Question]]:
    """Some questions with texts of our own."""
    return {
        "hyphens": [
            asked(1, "Gares de la Haute-Loire"),
            asked(2, "La Loire est hautement polluée"),
        ],
        "numbers": [asked(12001, "Gares"), asked(12002, "Après la question 12001")],
        "acronyms": [
            asked(1, "Montant de l’AAH"),
            asked(2, "Calcul de l’allocation aux adultes handicapés"),
            asked(3, "Adultes handicapés", "Une allocation."),
            asked(4, "Revenu de solidarité active"),
            asked(5, "Âme"),
            asked(6, "Aide médicale de l’État"),
        ],
    }


@pytest.mark.parametrize(
    ("among", "q", "numbers"),
    [
        # a hyphen joins: « Haute-Loire » is one name, neither « hautement » nor « la Loire »
        ("hyphens", "Haute-Loire", [1]),
        # a number finds its question, however it is written, if no text has it; else also what has
        # the number as a word
        *(("numbers", q, [12001]) for q in (
            "17-12001", "17-12001QE", "QE12001", "L17QE12001", "12 001",
            "https://questions.assemblee-nationale.fr/q17/17-12001QE.htm")),
        ("numbers", "16-12001", []), ("numbers", "QG12001", []),
        ("numbers", "12001", [12001, 12002]),
        # an acronym is what it stands for, in both directions, but in quotation marks and after
        # `-`, where the very words count
        ("acronyms", "AAH", [1, 2]), ("acronyms", "aah", [1, 2]),
        ("acronyms", "allocation adultes handicapés", [1, 2, 3]),
        ("acronyms", "allocation aux adultes handicapés", [1, 2, 3]),
        ("acronyms", '"allocation aux adultes handicapés"', [2]),
        ("acronyms", "AAH ou RSA", [1, 2, 4]), ("acronyms", "allocation -AAH", [2, 3]),
        ("acronyms", "âme", [5]), ("acronyms", "AME", [5, 6]),
    ],
)  # fmt: skip
def test_what_is_found_among_a_few(tmp_path: Path, among: str, q: str, numbers: list[int]) -> None:
    assert sorted(numbers_found(tmp_path, a_few()[among], q)) == numbers


def test_a_question_is_found_by_its_facts(served: Served) -> None:
    """By number, uid, author, heading and department, as the store has them."""
    rows = selected(
        served.store,
        "?q qp:uid ?u ; qp:numero ?n ; qp:auteur/foaf:name ?a ; qp:rubrique/skos:prefLabel ?r "
        "OPTIONAL { ?q qp:circonscription/schema:containedInPlace/skos:prefLabel ?lieu } "
        "BIND(COALESCE(?lieu, ?n) AS ?l) FILTER(LANG(?r) = 'fr')",
        *("u", "n", "a", "r", "l"),
    )
    assert len(rows) > 20
    for uid, *facts in rows[:40]:
        for fact in facts:
            found = served.found(SearchRequest(q=fact.replace("-", " ")))
            assert uid in found, (uid, fact)


def test_the_longest_delay_comes_first(served: Served) -> None:
    """As the store has it; then, the newest first, the questions without."""
    delays = dict(selected(served.store, "?q qp:uid ?u ; qp:delaiJours ?d", "u", "d"))
    found = served.found(SearchRequest(tri="delai"))
    shown = [int(delays.get(uid, -1)) for uid in found]
    assert delays and shown == sorted(shown, reverse=True) and len(found) == len(served.index)


def test_the_best_come_first(tmp_path: Path) -> None:
    """A word in the title tells more than one in the text, that more than one in the answer."""
    padding = "autre chose sans rapport " * 5
    jo = JO(jour=date(2025, 1, 1))

    def answered(number: int, titre: str, texte: str, reponse: str) -> Question:
        answers = (Reponse(jo=jo, texte=reponse, page_de_section=False),)
        return replace(asked(number, titre, texte), reponses=answers)

    made = [
        answered(1, "Rien", padding, padding + "phare"),
        answered(2, "Rien", padding + "phare", padding),
        answered(3, "Phares", padding, padding),
        answered(4, "Rien", padding, padding),
    ]
    assert numbers_found(tmp_path, made, "phare") == [3, 2, 1]


@pytest.mark.parametrize("q", HOSTILE)
def test_no_request_breaks_the_server(served: Served, q: str) -> None:
    """It is answered, or refused as the client's mistake; what was typed is shown, never run."""
    args = {"q": q.encode("utf-8", "replace").decode()}
    for form in ("html", "json", "csv", "values"):
        answer = served.client.get("/recherche", query_string=args | {"format": form})
        assert answer.status_code in (200, 400), answer.data
        assert b"<script>" not in answer.data or form != "html"
        if form == "json" and answer.status_code == 200 and args["q"].strip():  # signs find nothing
            assert search_words(args["q"]) or not answer.json["total"]


def test_too_much_is_refused(served: Served) -> None:
    for q, reason in ((" ".join(f"mot{n}" for n in range(17)), "16 mots"), ("a" * 301, "300")):
        answer = served.client.get("/recherche", query_string={"q": q, "format": "json"})
        assert (answer.status_code, reason in answer.json["detail"]) == (400, True)


def test_a_search_that_takes_too_long_is_given_up(
    invented: tuple[list[Question], SearchIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the connection serves the next one."""
    _, index = invented
    monkeypatch.setattr(search_index, "STEPS", 1)
    monkeypatch.setattr(search_index, "SECONDS", -1.0)
    with pytest.raises(TooLongError):
        index.find(SearchRequest(q="énergie"))
    monkeypatch.undo()
    assert index.find(SearchRequest(q="énergie"))


def test_the_case_of_a_code_is_nothing(tmp_path: Path) -> None:
    place = Circonscription(nom="Corse-du-Sud", numero=2, departement="2A")
    made = [replace(asked(1, "Gares"), circonscription=place), asked(2, "Ports")]
    with closing(SearchIndex(written(tmp_path / INDEX_FILE, made))) as index:
        for facet, key in (("departement", "2a"), ("circonscription", "2A-2")):
            found = index.find(SearchRequest().filtered(facet, key))
            assert index.uids(found) == [made[0].uid], facet


def test_each_value_leads_to_as_many_hits(served: Served) -> None:
    """The link of a facet finds what it counts, and then offers the way back."""
    found = search_results(served.index, SearchRequest())
    choices = [(name, c) for name, of_facet in found.facets.items() for c in of_facet]
    assert len(choices) >= 20
    for name, c in choices:
        after = search_results(served.index, c.request)
        assert after.total == c.count
        [taken] = [other for other in after.facets[name] if other.is_taken]
        assert (taken.key, taken.request) == (c.key, SearchRequest())


def test_hits_are_named_as_in_the_data(served: Served) -> None:
    """Author, ministry and heading bear the names that the store has for their IRIs."""
    for where, facet in (
        ("?q qp:auteur ?v . ?v foaf:name|rdfs:label ?nom", "auteur"),
        ("?q qp:ministereAttributaire ?v . ?v skos:prefLabel ?nom", "ministere"),
        ("?q qp:rubrique ?v . ?v skos:prefLabel ?nom", "rubrique"),
        ("?q qp:statut ?v . ?v skos:prefLabel ?nom . FILTER(LANG(?nom) = 'fr')", "statut"),
    ):
        names = set(selected(served.store, where, "v", "nom"))
        values = [v for v in served.index.facet_values.values() if v.facet == facet]
        # many ministries have borne one name: theirs is followed by years
        ours = {(v.iri, re.sub(r" \((?:depuis )?\d{4}(?:–\d{4})?\)$", "", v.name)) for v in values}
        if facet == "statut":  # the broader ones as well
            ours = {pair for pair in ours if pair in names}
        assert ours <= names and {iri for iri, _ in ours} == {iri for iri, _ in names}


def test_an_excerpt_has_the_words(invented: tuple[list[Question], SearchIndex]) -> None:
    """Each mark is a word that was asked for, and all are there if they stand close together."""
    _, index = invented
    found = search_results(index, SearchRequest(q="energie ecole"))
    assert len(found.questions) == 20
    for question in found.questions:
        assert question.excerpt
        passage = question.excerpt.passage
        marked = {stem_of(passage.text[start:end]) for start, end in passage.marks}
        assert marked == {stem_of("énergie"), stem_of("école")}
        assert len(passage.text) < WIDTH + 60
        assert "".join(piece for piece, _ in passage.pieces) == passage.text


def test_an_excerpt_is_where_most_is() -> None:
    """The place with both words wins over an earlier one with one; a phrase is marked as one."""
    texts = ["Le phare. " + "Du vide. " * 300, "Rien. " * 200 + "Le phare de la mer d’Iroise. Fin."]
    found = best_excerpt(texts, search_words("phare iroise"))
    assert found and found.number == 1
    assert [found.passage.text[s:e] for s, e in found.passage.marks] == ["phare", "Iroise"]
    found = best_excerpt(texts, search_words('"mer d’Iroise"'))
    assert found and [found.passage.text[s:e] for s, e in found.passage.marks] == ["mer d’Iroise"]
    found = best_excerpt(["Le début du texte."], search_words("absent"))
    assert found and (found.number, found.passage.text) == (0, "Le début du texte.")
    assert best_excerpt(["", ""], search_words("absent")) is None


def test_pages_of_hits_are_all_the_hits(served: Served) -> None:
    """Turned one after the other, they give every question once, the newest first."""
    seen: list[tuple[str, str]] = []  # a question without a day comes last
    address: str | None = "/recherche?format=json"
    while address:
        answer = served.client.get(address.removeprefix(BASE.rstrip("/"))).json
        seen += [(hit["date_parution"] or "", hit["uid"]) for hit in answer["resultats"]]
        address = answer["suivante"]
    day = "OPTIONAL { ?q qp:dateParution ?j } BIND(COALESCE(STR(?j), '') AS ?d)"
    expected = selected(served.store, f"?q a qp:Question ; qp:uid ?u . {day}", "d", "u")
    assert seen == sorted(
        sorted(expected, key=lambda row: row[1]), key=lambda r: r[0], reverse=True
    )
    assert answer["total"] == len(seen)


def test_the_forms_agree(served: Served) -> None:
    """Page, JSON and CSV have the same hits in the same order; SPARQL runs the block."""
    args = {"q": "essai", "tri": "date"}
    answers = {
        form: served.client.get("/recherche", query_string=args | {"format": form})
        for form in ("html", "json", "csv", "values")
    }
    assert len({answer.headers["ETag"] for answer in answers.values()}) == 4
    uids = [hit["uid"] for hit in answers["json"].json["resultats"]]
    rows = list(csv.DictReader(io.StringIO(answers["csv"].text, newline="")))
    whole = served.found(SearchRequest(**args))
    assert [row["uid"] for row in rows] == whole and whole[:20] == uids
    # what is listed above the results are the newest of a deputy
    results = answers["html"].text.partition('<section aria-label="Résultats"')[2]
    assert re.findall(r'href="question/(\w+)(?:#:~:[^"]*)?"', results) == uids
    pasted = selected(served.store, f"{answers['values'].text} FILTER(?q = ?question)", "q")
    assert sorted(pasted) == sorted((f"{BASE}question/{uid}",) for uid in whole)


def test_what_the_page_says(vies: Path, served: Served) -> None:
    """Without a request what can be searched, with hits their number, without hits what to try."""
    empty = served.client.get("/recherche").text
    assert (
        "se cherchent par leurs mots, leur numéro" in empty
        and f"&lt;{BASE}recherche#contient&gt;" in empty
    )
    none = served.client.get("/recherche?q=introuvablissime").text
    assert "Aucune question trouvée" in none and "cherchez sans filtre" not in none
    filtered = served.client.get("/recherche?q=introuvablissime&type=QE").text
    assert "cherchez sans filtre" in filtered and "Question écrite" in filtered
    counted = served.client.get("/recherche?type=QE").text
    total = len(served.found(SearchRequest(filters=(("type", "QE"),))))
    assert f"{total} questions trouvées" in counted
    scripts = re.findall("<script[^>]*>", empty + none + filtered + counted)
    assert set(scripts) == {'<script src="static/suggestions.js" defer>'}
    assert " style=" not in counted


def test_the_words_are_marked_on_the_page(vies_client: Client) -> None:
    """In the title and in the text, whatever their accents."""
    page = vies_client.get("/recherche?q=INVENTE").text
    assert {stem_of(word) for word in re.findall("<mark>(.*?)</mark>", page)} == {
        stem_of("inventé")
    }


@pytest.mark.parametrize(
    ("accept", "media"),
    [("text/html,*/*;q=0.8", "text/html"), ("*/*", "text/html"), ("text/csv", "text/csv"),
     ("application/json", "application/json"), ("image/png", "application/problem+json")],
)  # fmt: skip
def test_accept_decides(served: Served, accept: str, media: str) -> None:
    """A browser gets the page, a program what it asks for, or the list of what there is."""
    answer = served.client.get("/recherche?q=essai", headers={"Accept": accept})
    assert (answer.mimetype, "Accept" in answer.vary) == (media, True)
    assert answer.status_code == (406 if "problem" in media else 200)


@pytest.mark.parametrize(
    ("query", "told"),
    [("ministre=x", "vouliez-vous dire ministere ?"), ("zzz=1", "connus : q, type"),
     ("q=a&q=b", "répété"), ("type=XX", "QE, QG, QM, QOSD"), ("legislature=0", "de 1 à 99"),
     ("depuis=2025-02-30", "un jour comme"), ("page=51", "de 1 à 50"), ("tri=x", "pertinence"),
     ("auteur=../x", "ne convient pas"), ("format=xml", "html, json, csv, csv-textes, values"),
     ("depuis=20250101", "un jour comme"), ("page=٣", "de 1 à 50")],
)  # fmt: skip
def test_a_wrong_parameter_is_named(served: Served, query: str, told: str) -> None:
    headers = {"Accept": "application/problem+json"}
    answer = served.client.get(f"/recherche?{query}", headers=headers)
    assert (answer.status_code, told in json.loads(answer.data)["detail"]) == (400, True)


@pytest.mark.slow
def test_a_question_of_which_little_is_known(tmp_path: Path) -> None:
    """Without status or ministry it is found all the same, on the page too."""
    q = next(iter(cases(17).values()))
    bare = replace(q, attributions=(), ministere_interroge=None, donnees_au=None, reponses=())
    write_search_index(publish(tmp_path), [bare], BASE)
    with serving(tmp_path, workers=1) as server:
        assert (
            f"question/{q.uid}" in server.ask("/recherche?legislature=17&format=html").body.decode()
        )


@pytest.mark.slow
def test_a_release_without_an_index(tmp_path: Path) -> None:
    """Or with one of another version: it is served all the same; a search is a 503, in words."""
    release = publish(tmp_path)
    with closing(sqlite3.connect(release / INDEX_FILE)) as other:  # of another version
        other.execute("CREATE TABLE question (id)")
    with serving(tmp_path, workers=1) as server:
        assert server.ask("/").status == 200
        answer = server.ask("/recherche?q=a", Accept="application/json")
    said = json.loads(answer.body)
    assert (answer.status, said["title"]) == (
        503, "Cette version n’a pas d’index de recherche"
    )  # fmt: skip


@pytest.mark.slow
def test_an_index_that_is_left_is_closed(tmp_path: Path) -> None:
    """When `current` moves on, no file of the old release stays open."""
    for name in ("r1", "r2"):
        written(publish(tmp_path, name) / INDEX_FILE, cases(17).values())
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to("releases/r1")
    with serving(tmp_path, workers=1) as server:
        assert server.ask("/recherche?format=csv").status == 200
        assert opened() == {"r1"}
        (tmp_path / "next").symlink_to("releases/r2")
        (tmp_path / "next").replace(tmp_path / "current")
        while opened() != {"r2"}:
            assert server.ask("/recherche?format=csv").status == 200
    assert opened() == set()


def opened() -> set[str]:
    """The two releases whose index this process has open."""
    found = set()
    for path in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the one that lists them
            link = path.readlink()
            if link.name == INDEX_FILE and link.parent.name in ("r1", "r2"):
                found.add(link.parent.name)
    return found


@pytest.mark.parametrize(
    "q",
    ["essai", '"texte synthétique"', "invent*", "introuvable", "*", "-essai", "numérique -santé",
     "hôpital ou santé", "AAH"],
)  # fmt: skip
def test_sparql_finds_the_same(served: Served, q: str) -> None:
    """`<recherche#contient>` says of each question whether `/recherche` finds it."""
    literal = q.replace('"', '\\"')
    where = f'?q qp:uid ?u FILTER(<recherche#contient>(?q, "{literal}"))'
    with search_functions(served.folder) as known:
        found = served.store.query(
            f"SELECT ?u {{ {where} }}", base_iri=BASE, prefixes=PREFIXES, custom_functions=known
        )
        assert isinstance(found, QuerySolutions)
        uids = sorted(row["u"].value for row in found)
    assert uids == sorted(served.found(SearchRequest(q=q)))


def test_sparql_takes_nothing_else(served: Served, tmp_path: Path) -> None:
    """Called with something else the function is an error, which filters; no index, no function."""
    with search_functions(served.folder) as known:
        for given in ("?q", '"a", "b"', "?q, ?q"):
            query = f"SELECT * {{ ?q a qp:Question FILTER(<recherche#contient>({given})) }}"
            found = served.store.query(
                query, base_iri=BASE, prefixes=PREFIXES, custom_functions=known
            )
            assert list(found) == []  # type: ignore[arg-type]
    with search_functions(tmp_path) as known:
        assert known == {}
