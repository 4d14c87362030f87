"""The Reconciliation API: who is meant, who is certain, and what the specification asks for.

The schemas are ours, of the facts that the specification states: those of its authors come with no
package. A client that is not ours (`reconciler`) speaks with the server as well.
"""

import csv
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from reconciler import reconcile
from werkzeug.test import Client

from lod.base import packaged as files
from lod.base.settings import Settings
from lod.build import build
from lod.model.text import fold
from lod.publish.release import current
from lod.rdf.store import open_store, select
from lod.reference.names import Accord
from lod.server.reconciliation import batch as demandes
from lod.server.reconciliation.batch import LOT, DemandeError, demande
from lod.server.reconciliation.compare import COMPARAISONS, accord_libelles, verdict
from lod.server.reconciliation.entities import Entite, Valeur, completees, deputes, entites
from lod.server.reconciliation.entity_index import Index
from lod.server.reconciliation.numbers import numero
from lod.server.reconciliation.score import Candidat, candidats
from lod.server.reconciliation.types import QUESTION, proprietes, types
from lod.server.routes import reconcile as service
from tests.support.paths import BASE, REAL, SHARED, TESTS
from tests.support.server_data import Server, client_of, publish, serving

SCHEMAS = TESTS / "server" / "reconciliation"
PATH = "/reconciliation"
DHARREVILLE = "depute/PA718926"


def valid(name: str, said: Any) -> Any:
    """What is said, once the schema has nothing against it."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(said)
    return said


# ---- who is meant, among all the deputies that the tables know


@pytest.fixture(scope="module")
def index() -> Index:
    """Every deputy of legislatures 13 to 17, published, and one namesake who is not."""
    published = [replace(entite, est_publiee=True) for entite in deputes().values()]
    return Index([*published, MASSON])


MASSON = Entite(  # of the eighth legislature; the tables begin with the thirteenth
    id="depute/PA0",
    type="depute",
    noms=("Jean-Louis Masson",),
    indices={"departement": (Valeur("57", ("Moselle",)),), "naissance": (Valeur("1947-03-25"),)},
    est_publiee=False,
)
MASSON_DU_VAR = "depute/PA346218"


def found(index: Index, text: str, **properties: Any) -> list[Candidat]:
    """The candidates for one cell of a spreadsheet."""
    pairs = [{"pid": name, "v": value} for name, value in properties.items()]
    asked = demande("q", {"query": text, "type": "depute", "properties": pairs})
    own = index.identifiee(asked.texte, asked.types)
    return candidats(asked, index.proches(asked), own.id if own else "")


def surname_first(name: str, _: random.Random) -> str:
    first, _, rest = name.partition(" ")
    return f"{rest.upper()} {first}"


def shortened(name: str, _: random.Random) -> str:
    """Without the last part of a compound: « Petex-Levet » is « Petex », « Jean-Luc » stays."""
    head, dash, _ = name.rpartition("-")
    return head if dash and " " in head else name


def mistyped(name: str, chance: random.Random) -> str:
    """Without one letter of the surname, which is not its first."""
    start = name.index(" ") + 2
    at = chance.randrange(start, len(name)) if len(name) > start else start - 1
    return name[:at] + name[at + 1 :]


# variant → how it is made; the least share that is right in first place, and that is certain
VARIANTES: dict[str, tuple[Callable[[str, random.Random], str], float, float]] = {
    "exact": (lambda name, _: name, 1.0, 0.98),
    "folded": (lambda name, _: fold(name), 1.0, 0.98),
    "surname first": (surname_first, 1.0, 0.98),
    "shortened": (shortened, 0.99, 0.85),
    "mistyped": (mistyped, 0.95, 0.0),
}


@pytest.mark.parametrize("variant", VARIANTES)
@pytest.mark.parametrize("seed", range(3))
def test_two_hundred_names(index: Index, variant: str, seed: int) -> None:
    """Nobody is taken for another with certainty; the right one comes first."""
    make, first, certain = VARIANTES[variant]
    chance = random.Random(seed)
    people = chance.sample(sorted(deputes().values(), key=lambda e: e.id), 200)
    right, sure, wrong = 0, 0, []
    for person in people:
        cell = make(person.nom, chance)
        [best, *_] = [*found(index, cell), None]
        right += best is not None and best.entite.id == person.id
        sure += best is not None and best.est_sur and best.entite.id == person.id
        if best and best.est_sur and best.entite.id != person.id:
            wrong.append((cell, person.nom, best.entite.nom))
    print(f"{variant}, seed {seed}: first {right / 200:.3f}, certain {sure / 200:.3f}")
    assert not wrong
    assert right / 200 >= first and sure / 200 >= certain


def test_a_property_makes_certain(index: Index) -> None:
    """Name and constituency, or birth, of every deputy: all certain, none wrong."""
    sure = 0
    for person in deputes().values():
        [born] = {v.cle for v in person.indices["naissance"]}
        for properties in (
            {"naissance": born},
            {"departement": person.indices["departement"][0].cle},
        ):
            [best, *_] = found(index, person.nom, **properties)
            assert best.entite.id == person.id and not (best.est_sur and best.est_contredit)
            sure += best.est_sur
    assert sure / (2 * len(deputes())) >= 0.999


@pytest.mark.parametrize(
    ("text", "properties", "who", "certain"),
    [("Jean-Louis Masson", {}, MASSON_DU_VAR, False),
     ("Jean-Louis Masson", {"legislature": "15"}, MASSON_DU_VAR, False),  # both may have sat
     ("Jean-Louis Masson", {"departement": "Var"}, MASSON_DU_VAR, True),
     ("Jean-Louis Masson", {"departement": "Moselle"}, MASSON_DU_VAR, False),
     ("Jean-Louis Masson", {"naissance": "05/02/1954"}, MASSON_DU_VAR, True),
     ("Jean-Louis Masson", {"naissance": 1947}, MASSON_DU_VAR, False),
     ("Philippe Martin", {}, "depute/PA267278", False),  # Philippe Armand Martin sat with him
     ("Philippe Martin", {"circonscription": "32-1"}, "depute/PA267278", True),
     ("Philippe Martin", {"departement": "51"}, "depute/PA2098", True),
     ("Alexandra Martin (Gironde)", {}, "depute/PA793342", False),  # the other one is not known
     ("Alexandra Martin", {"departement": "Gironde"}, "depute/PA793342", False),
     ("Mme Alexandra Martin", {}, "depute/PA793342", True),
     ("M. Alexandra Martin", {}, "depute/PA793342", False),
     ("Pierre Dharréville", {"naissance": "1975"}, DHARREVILLE, True),
     ("Pierre Dharréville", {"naissance": "1975-01-01"}, DHARREVILLE, True),  # a day may differ
     ("Pierre Dharréville", {"naissance": "1976-06-15"}, DHARREVILLE, False),
     ("Pierre Dharréville", {"circonscription": "13-13", "legislature": "15e"}, DHARREVILLE, True),
     ("Pierre Dharréville", {"legislature": 9}, DHARREVILLE, False),
     ("Dharréville", {}, DHARREVILLE, False),
     ("PA718926", {}, DHARREVILLE, False)],
)  # fmt: skip
def test_who_is_certain(
    index: Index, text: str, properties: dict[str, Any], who: str, certain: bool
) -> None:
    """A name that others bear needs a property that tells them apart; a contradiction forbids."""
    if text == "PA718926":  # nothing is published of these but their names
        assert index.identifiee(text) is None
        return
    [best, *_] = found(index, text, **properties)
    assert (best.entite.id, best.est_sur) == (who, certain)


def test_an_identifier_is_certain() -> None:
    """It names one entity, whatever that is called; beside another name it is not enough."""
    known = Entite(id="depute/PA1", type="depute", noms=("Éva Petex",),
                   valeurs={"uid": (Valeur("PA1"),), "wikidata": (Valeur("Q1"),)})  # fmt: skip
    other = replace(known, id="depute/PA2", valeurs={"wikidata": (Valeur("Q2"),)})
    index = Index([known, other])
    for text in ("PA1", "pa1", "Q1", "depute/PA1"):
        [best] = found(index, text)
        assert (best.entite, best.est_sur, best.score) == (known, True, 100.0)
    [best, rival] = found(index, "Éva Petex")
    assert not best.est_sur and best.rivaux == rival.rivaux == 1
    assert [c.est_sur for c in found(index, "Éva Petex", wikidata="Q2")] == [True, False]
    assert [c.est_sur for c in found(index, "Luc Roy", wikidata="Q2")] == [False]
    asked = demande("q", {"properties": [{"pid": "wikidata", "v": ["Q2"]}]})
    [best] = candidats(asked, index.proches(asked))
    assert (best.entite, best.est_sur) == (other, True)


def test_what_is_not_published_is_no_candidate() -> None:
    """It is a namesake: who is published and has the same name is not certain."""
    one = Entite(id="depute/PA1", type="depute", noms=("Luc Roy",))
    [alone] = found(Index([one]), "Luc Roy")
    [beside, *others] = found(Index([one, replace(one, id="x", est_publiee=False)]), "Luc Roy")
    assert alone.est_sur and not beside.est_sur and not others


def test_facts_of_the_tables_are_compared_and_not_published() -> None:
    """A published deputy gets the names and clues that the tables have, in a place of their own."""
    published = Entite(id=DHARREVILLE, type="depute", noms=("P. Dharréville",))
    complete = next(e for e in completees([published], deputes()) if e.id == DHARREVILLE)
    assert complete.noms == ("P. Dharréville", "Pierre Dharréville")
    assert complete.est_publiee and not complete.valeurs
    assert complete.indices["naissance"] == (Valeur("1975-06-15"),)


# ---- how values and labels agree


@pytest.mark.parametrize(
    ("genre", "known", "said", "verdict_"),
    [("jour", Valeur("1975-06-15"), "1975-06-15T00:00:00Z", True),
     ("jour", Valeur("1975-06-15"), "15 juin 1975", True),
     ("jour", Valeur("1975-06-15"), "1975-06-16", None),
     ("jour", Valeur("1975-06-15"), "31 février 1975", None),
     ("entier", Valeur("15"), "XVe", None),
     ("entier", Valeur("15"), "15e législature", True),
     ("entier", Valeur("15"), "16", False),
     ("civilite", Valeur("Mme"), "Femme", True),
     ("civilite", Valeur("Mme"), "Dr", None),
     ("entite", Valeur("groupe/PO1", ("Les Républicains",)), "groupe/PO1", True),
     ("entite", Valeur("groupe/PO1", ("Les Républicains",)), "PO1", True),
     ("entite", Valeur("groupe/PO1", ("Les Républicains",)), "groupe les republicains", True),
     ("entite", Valeur("groupe/PO1", ("Les Républicains",)), "Les Républicains - NUPES", None),
     ("entite", Valeur("groupe/PO1", ("Les Républicains",)), "Socialistes", False),
     ("texte", Valeur("2A", ("Corse-du-Sud",)), "Corse du Sud", True),
     ("texte", Valeur("01", ("Ain",)), "1", True),
     ("identifiant", Valeur("Q1"), "q1", True),
     ("identifiant", Valeur("Q1"), "Q12", False)],
)  # fmt: skip
def test_values(genre: Any, known: Valeur, said: str, verdict_: bool | None) -> None:
    """Yes, no, or nobody knows: what cannot be read contradicts nothing."""
    assert verdict(genre, (known,), (said,)) is verdict_
    assert verdict(genre, (), (said,)) is None
    assert {p.genre for p in proprietes().values()} <= set(COMPARAISONS)


@pytest.mark.parametrize(
    ("one", "two", "accord"),
    [("Santé", "Santé", Accord.EXACT),
     ("Ministère de l’Éducation nationale", "education nationale", Accord.PLIE),
     ("1re circonscription de l’Ain", "Ain (1re circonscription)", Accord.PLIE),
     ("Logement", "logement : aides et prêts", Accord.CONTENU),
     ("Groupe", "groupe", Accord.PLIE),
     ("", "", Accord.AUCUN),
     ("…", "—", Accord.AUCUN),
     ("Santé", "Sports", Accord.AUCUN)],
)  # fmt: skip
def test_labels(one: str, two: str, accord: Accord) -> None:
    """The words that make them, whatever their order and case."""
    assert accord_libelles(one, two) is accord_libelles(two, one) is accord


@pytest.mark.parametrize(
    ("text", "uid", "is_number"),
    [("15-43349", "QANR5L15QE43349", True), ("43349", "QANR5L15QE43349", True),
     ("Question orale sans débat n° 12", "QANR5L16QOSD12", True),
     ("question au Gouvernement 165, 16e législature", "QANR5L16QG165", True),
     ("15-43349", "QANR5L16QE43349", False), ("QE 43349", "QANR5L15QG43349", False),
     ("Loi n° 12", "QANR5L15QE12", False), ("15-43-49", "QANR5L15QE43", False),
     ("", "QANR5L15QE1", False), ("9999999", "QANR5L15QE9999999", False)],
)  # fmt: skip
def test_numbers(text: str, uid: str, is_number: bool) -> None:
    """A text that says anything but a number is a title."""
    asked = numero(text)
    assert (asked is not None and asked.designe(uid)) is is_number


def test_rows_become_entities() -> None:
    """In any order; what has no name is left out, what a type does not know as well."""
    rows = [("b/x/1", "legislature", "15", ""), ("b/x/1", "nomAutre", "R.", ""),
            ("b/x/1", "nom", "Rural", ""), ("b/x/2", "legislature", "15", ""),
            ("b/x/1", "autre", "?", "")]  # fmt: skip
    [entite] = entites(rows, types()["rubrique"], "b/")
    assert (entite.id, entite.noms) == ("x/1", ("Rural", "R."))
    assert entite.valeurs == {"legislature": (Valeur("15"),)}


def test_the_table_names_queries_and_types() -> None:
    """Each type has a query that gives the columns that are read, each entity a type."""
    for kind in types().values():
        assert "?entite ?propriete ?valeur ?nom WHERE" in kind.requete
        assert {*kind.decrit, *kind.departage, *kind.confirme} <= set(kind.proprietes)
    assert {p.de for p in proprietes().values()} - {""} <= set(types())
    assert {p.genre == "entite" for p in proprietes().values() if p.de} == {True}
    used = {name for kind in types().values() for name in kind.proprietes}
    assert used == set(proprietes())
    assert {path.stem for path in files.RECONCILIATION.glob("*.rq")} == set(types())


# ---- what is asked


@pytest.mark.parametrize(
    ("said", "told"),
    [([], "objet JSON"), ({}, "ni query ni properties"), ({"query": ""}, "ni query"),
     ({"query": 12}, "pas un texte"), ({"query": "a", "limit": 0}, "entier positif"),
     ({"query": "a", "limit": True}, "entier positif"), ({"query": "a", "limit": "3"}, "entier"),
     ({"query": "a", "type": "deputé"}, "vouliez-vous dire depute"),
     ({"query": "a", "type": [["x"]]}, "type inconnu"),
     ({"query": "a", "type_strict": "no"}, "any, all, should"),
     ({"query": "a", "properties": {}}, "ni|liste"),
     ({"properties": [{"pid": "naissanc", "v": 1}]}, "vouliez-vous dire naissance"),
     ({"properties": [{"v": 1}]}, "inconnu"), ({"properties": ["x"]}, "objet JSON"),
     ({"properties": [{"pid": "naissance", "v": [[1]]}]}, "un texte, un nombre"),
     ({"properties": [{"pid": "naissance", "v": [1] * 41}]}, "au plus 40"),
     ({"properties": [{"pid": "naissance", "v": 1}] * 41}, "au plus 40")],
)  # fmt: skip
def test_what_cannot_be_asked(said: Any, told: str) -> None:
    """The message says what can; the schema of a batch has nothing for it either."""
    if told == "ni|liste":  # an empty object says nothing, beside a text
        assert demande("q", said).proprietes == ()
        return
    with pytest.raises(DemandeError, match=told):
        demande("q", said)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ("query", "type", "limit", "properties", "type_strict", "pid", "v", "id")
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_whatever_is_asked(said: Any) -> None:
    """A query, or what is wrong with it: nothing else comes of any JSON."""
    try:
        asked = demande("q", said)
    except DemandeError:
        return
    assert 1 <= asked.limite <= demandes.MAXIMUM and asked.rigueur in ("any", "all", "should")
    assert set(asked.types) <= set(types()) and {*dict(asked.proprietes)} <= set(proprietes())


def test_what_is_asked() -> None:
    """Every field of the specification, in each form that it may have."""
    said = {
        "query": "M. Pierre Dharréville", "type": ["depute"], "limit": 5.0, "type_strict": "should",
        "properties": [
            {"pid": "legislature", "v": [15, "16", None, ""]},
            {"pid": "groupe", "v": {"id": "groupe/PO1", "name": "GDR"}},
        ],
    }  # fmt: skip
    asked = demande("q", said)
    assert (asked.civilite, asked.nom, asked.limite) == ("M.", "Pierre Dharréville", 5)
    assert asked.attendues == {
        "civilite": ("M.",), "legislature": ("15", "16"), "groupe": ("groupe/PO1", "GDR"),
    }  # fmt: skip
    assert asked.admet("question") and not demande("q", said | {"type_strict": "any"}).admet("x")
    both = {"query": "a", "type": ["depute", "groupe"]}
    assert demande("q", both).admet("groupe")
    assert not demande("q", both | {"type_strict": "all"}).admet("groupe")
    assert demande("q", {"query": "a", "limit": 1e6}).limite == demandes.MAXIMUM


# ---- the server


@pytest.fixture(scope="module")
def server(sample: Path) -> Iterator[Server]:
    with serving(sample, workers=1) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: Server) -> Client:
    return client_of(server)


def ask(client: Client, **queries: Any) -> Any:
    """The results of a batch that the schema admits, as the schema has them."""
    valid("lot", queries)
    answer = client.post(PATH, data={"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.text
    said = valid("resultats", answer.json)
    assert list(said) == list(queries)
    for one in said.values():
        scores = [c["score"] for c in one["result"]]
        assert scores == sorted(scores, reverse=True)
        ids = [feature["id"] for c in one["result"] for feature in c["features"]]
        assert len(set(ids)) * len(one["result"]) >= len(ids)
    return {key: one["result"] for key, one in said.items()}


def test_the_manifest(client: Client) -> None:
    """What the service says of itself leads to what there is."""
    said = valid("manifeste", client.get(PATH).json)
    assert (said["versions"], said["identifierSpace"]) == (["0.2"], BASE)
    assert [kind["id"] for kind in said["defaultTypes"]] == list(types())
    for part in (*said["suggest"].values(), said["extend"]["propose_properties"]):
        address = (part["service_url"] + part["service_path"]).removeprefix(BASE)
        assert client.get(f"/{address}?prefix=a&type=depute").status_code == 200
    assert client.get("/" + said["documentation"].removeprefix(BASE)).status_code == 200
    assert client.get("/" + said["logo"].removeprefix(BASE)).status_code == 200
    assert client.get(f"{PATH}/").headers["Location"] == PATH


def test_an_id_leads_to_the_thing(client: Client) -> None:
    """The template, with the id as a component of an address, ends at the page of the deputy."""
    said = client.get(PATH).json
    path = said["view"]["url"].replace("{{id}}", DHARREVILLE.replace("/", "%2F"))
    answer = client.get("/" + path.removeprefix(BASE), follow_redirects=True)
    assert answer.status_code == 200
    assert f"{BASE}{DHARREVILLE}" in answer.text or answer.request.path.startswith(
        f"/{DHARREVILLE}"
    )


def test_a_batch(client: Client) -> None:
    """Entities of each type; GET, POST and each query alone give the same."""
    queries: dict[str, Any] = {
        "a": {"query": "DHARRÉVILLE Pierre", "type": "depute"},
        "b": {"query": "numérique", "type": ["rubrique"]},
        "c": {"query": "Transition numérique et communications électroniques", "type": "ministere"},
        "d": {"query": "15-43349"},
        "e": {"query": "Question écrite n° 43349 (15e législature)", "type": "question"},
        "f": {"query": "Quel projet alternatif à l’emprise des GAFAM sur les clouds ?"},
        "g": {"query": f"{BASE}question/QANR5L15QE43349"},
        "h": {"query": "13-13", "type": "circonscription"},
        "i": {"query": f"{BASE}{DHARREVILLE}"},
        "j": {"query": "Pierre Dharreville", "properties": [{"pid": "legislature", "v": 15}]},
        "k": {"properties": [{"pid": "uid", "v": "QANR5L15QE43349"}]},
        "l": {"query": "Logement", "type": "portefeuille"},
        "m": {"query": "introuvablissime"},
    }  # fmt: skip
    expected = {
        "a": DHARREVILLE, "b": "rubrique/numerique",
        "c": "ministere/transition-numerique-et-communications-electroniques",
        **dict.fromkeys("defgk", "question/QANR5L15QE43349"),
        "h": "circonscription/13-13", **dict.fromkeys("ij", DHARREVILLE),
        "l": "portefeuille/logement",
    }  # fmt: skip
    results = ask(client, **queries)
    assert results.pop("m") == []
    for key, [best, *others] in results.items():
        assert (best["id"], best["match"]) == (expected[key], True), key
        assert not any(other["match"] for other in others)
        assert ask(client, x=queries[key])["x"] == [best, *others]
    answer = client.get(PATH, query_string={"queries": json.dumps(queries)})
    assert {key: one["result"] for key, one in answer.json.items()} == results | {"m": []}


def test_a_number_alone_is_of_no_legislature(client: Client) -> None:
    """« QE 43349 » is certain once its legislature is said."""
    known = [{"pid": "legislature", "v": "15e"}]
    results = ask(client, a={"query": "QE 43349"}, b={"query": "QE 43349", "properties": known})
    assert [results[key][0]["match"] for key in "ab"] == [False, True]
    wrong = ask(client, a={"query": "QE 43349", "properties": [{"pid": "legislature", "v": 16}]})
    assert not any(c["match"] for c in wrong["a"])


def test_types_and_limits(client: Client) -> None:
    """A type restricts, unless it only should; there are no more candidates than wanted."""
    said = ask(
        client,
        a={"query": "logement", "type": "rubrique"},
        b={"query": "logement", "type": "rubrique", "type_strict": "should", "limit": 50},
        c={"query": "logement", "type": ["rubrique", "portefeuille"], "limit": 50},
        d={"query": "logement", "type": ["rubrique", "portefeuille"], "type_strict": "all"},
        e={"query": "pierre", "limit": 2},
    )
    kinds = {key: {c["type"][0]["id"] for c in found} for key, found in said.items()}
    assert kinds["a"] == {"rubrique"} and kinds["c"] == {"rubrique", "portefeuille"}
    assert {"ministere", "rubrique"} <= kinds["b"] and not said["d"] and len(said["e"]) == 2
    assert said["a"][0]["match"] and not said["c"][0]["match"]  # two things have the name


def test_suggestions(client: Client) -> None:
    """What begins as a person types; by parts, by identifier, with more of them on demand."""

    def suggested(what: str, **args: Any) -> list[dict[str, Any]]:
        answer = client.get(f"{PATH}/suggest/{what}", query_string=args)
        return list(valid("suggestions", answer.json)["result"])

    for prefix in ("Pierre Dharr", "dharr", "dharr pier", "PA718926", DHARREVILLE):
        assert suggested("entity", prefix=prefix)[0]["id"] == DHARREVILLE, prefix
    assert suggested("entity", prefix="15-43349")[0]["id"] == "question/QANR5L15QE43349"
    assert suggested("entity", prefix="emprise GAFAM", type="question")
    first = suggested("entity", prefix="p", type="depute")
    more = suggested("entity", prefix="p", type="depute", cursor=5)
    assert first[5:] == more[: len(first) - 5] and {e["notable"][0]["id"] for e in first} == {
        "depute"
    }
    assert suggested("entity", prefix="") == []
    assert [kind["id"] for kind in suggested("type", prefix="dép")] == ["depute"]
    assert [p["id"] for p in suggested("property", prefix="naissance")] == ["naissance"]
    assert len(suggested("property", prefix="")) == len(proprietes())


def test_extension(client: Client) -> None:
    """The values that the store has, in the form of each; what is not known is empty."""
    ids = [DHARREVILLE, "question/QANR5L15QE43349", "depute/PA1", "../x", "question/x> y"]
    names = ["circonscription", "legislature", "parution", "auteur", "wikidata", "naissance"]
    said = {"ids": ids, "properties": [{"id": name, "settings": {}} for name in names]}
    answer = client.post(PATH, data={"extend": json.dumps(said)})
    found = valid("extension", answer.json)
    assert [column["id"] for column in found["meta"]] == names and list(found["rows"]) == ids
    deputy, question, *unknown = found["rows"].values()
    assert deputy["circonscription"] == [
        {"id": "circonscription/13-13", "name": "Bouches-du-Rhône (13e circonscription)"}
    ]
    assert deputy["legislature"] == [{"int": 15}, {"int": 16}]
    assert deputy["wikidata"] == [{"str": "Q30334188"}]
    assert deputy["naissance"] == []  # known for comparing; this release does not publish it
    assert question["parution"] == [{"date": "2021-12-28T00:00:00Z"}]
    assert question["auteur"] == [{"id": DHARREVILLE, "name": "Pierre Dharréville"}]
    assert all(row == {name: [] for name in names} for row in unknown)
    by_get = client.get(PATH, query_string={"extend": json.dumps(said)})
    assert by_get.json == found


def test_proposals(client: Client) -> None:
    """The properties of each type, as many as wanted."""
    for kind in types().values():
        answer = client.get(f"{PATH}/extend/propose?type={kind.id}")
        said = valid("propositions", answer.json)
        assert [p["id"] for p in said["properties"]] == list(kind.proprietes)
    said = valid("propositions", client.get(f"{PATH}/extend/propose?type=depute&limit=2").json)
    assert len(said["properties"]) == said["limit"] == 2


def test_the_preview_may_be_framed(client: Client) -> None:
    """It alone; it runs nothing, and leads to the page of the thing."""
    page = client.get(f"{PATH}/preview?id=depute%2FPA718926")
    policy = page.headers["Content-Security-Policy"]
    assert page.mimetype == "text/html" and "frame-ancestors *" in policy
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert f'href="{BASE}{DHARREVILLE}"' in page.text and "<script" not in page.text
    assert "Bouches-du-Rhône (13e circonscription)" in page.text
    assert "28 décembre 2021" in client.get(f"{PATH}/preview?id=question/QANR5L15QE43349").text
    for other in ("", "?queries=", "/suggest/type?prefix=a"):
        assert (
            "frame-ancestors 'none'" in client.get(PATH + other).headers["Content-Security-Policy"]
        )
    again = client.get(
        f"{PATH}/preview?id=depute%2FPA718926", headers={"If-None-Match": page.headers["ETag"]}
    )
    assert (again.status_code, again.headers["Content-Security-Policy"]) == (304, policy)


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [("?queries={", 400, "JSON"), ("?queries=[]", 400, "objet JSON"), ("?queries=1", 400, "objet"),
     ("?queries=" + "[" * 2000, 400, "JSON"), ('?queries={"a":NaN}', 400, "JSON"),
     ('?queries={"a":{"query":"x","type":"y"}}', 400, "type inconnu"),
     ('?extend={"ids":[],"properties":[{"id":"y"}]}', 400, "inconnu"),
     ('?extend={"ids":[1],"properties":[]}', 400, "textes"), ("?extend={}", 400, "liste"),
     ("?queries={}&extend={}", 400, "l’un des deux"),
     ("/suggest/entity?prefix=a&cursor=-1", 400, "entier"),
     ("/suggest/entity?prefix=a&type=y", 400, "type inconnu"),
     ("/suggest/rien", 404, "rien"), ("/extend/propose", 400, "type inconnu"),
     ("/extend/propose?type=depute&limit=0", 400, "entier"),
     ("/preview", 404, "rien"), ("/preview?id=depute/PA2098", 404, "rien"),
     ("/preview?id=%3Cscript%3E", 404, "rien")],
)  # fmt: skip
def test_refusals(client: Client, path: str, status: int, told: str) -> None:
    """A problem in words, with the status that fits it."""
    answer = client.get(PATH + path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert told in answer.json["detail"]


def test_bounds(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many queries, entities or seconds; another kind of body; a body of nothing."""

    def status(**form: Any) -> int:
        return client.post(PATH, data={k: json.dumps(v) for k, v in form.items()}).status_code

    lot = {str(n): {"query": "santé", "type": "rubrique"} for n in range(LOT)}
    assert (status(queries=lot), status(queries=lot | {"more": {"query": "x"}})) == (200, 413)
    ids = [f"depute/PA{n}" for n in range(demandes.IDS)]
    assert status(extend={"ids": ids, "properties": []}) == 200
    assert status(extend={"ids": [*ids, "x"], "properties": []}) == 413
    assert status(queries={"a": {"query": "x " * 100_000}}) == 200
    assert status(autre=1) == 400
    assert client.post(PATH, json={"queries": {}}).status_code == 415
    assert client.get(PATH, query_string={"queries": "x" * 40_000}).status_code == 414
    monkeypatch.setattr(service, "SECONDS", -1.0)
    assert status(queries={"a": {"query": "santé"}}) == 504
    assert status(queries={"a": {"query": "santé", "type": "rubrique"}}) == 504
    assert status(queries={}) == 200


def test_an_entity_is_of_its_type(vies: Path) -> None:
    """The query of a type gives what is of that type: no reason of a withdrawal is a heading."""
    store = open_store(current(vies) / "store")
    for kind in types().values():
        if kind.id != QUESTION:
            found = {row["entite"] for row in select(store, kind.requete)}
            assert found and all(f"/{kind.id}/" in iri for iri in found), kind.id


def test_the_entities_are_read_by_one_request(client: Client) -> None:
    """Another one waits for it, and not for ever."""
    with pytest.MonkeyPatch.context() as patch, service._turn:
        patch.setattr(service, "PATIENCE", 0.01)
        answer = client.get(f"{PATH}/suggest/entity?prefix=a")
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    assert client.get(f"{PATH}/suggest/entity?prefix=a").status_code == 200


def test_it_behaves_as_the_others_do(client: Client) -> None:
    """CORS, preflight, HEAD, and a tag that brings 304; the answer to a body bears none."""
    first = client.get(PATH)
    assert first.headers["Access-Control-Allow-Origin"] == "*" and first.cache_control.max_age
    assert client.get(PATH, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    head = client.head(PATH)
    assert (head.status_code, head.data) == (200, b"")
    allowed = client.options(PATH).headers["Access-Control-Allow-Methods"]
    assert {"GET", "HEAD", "POST"} <= set(allowed.split(", "))
    assert client.put(PATH).status_code == 405
    body = client.post(PATH, data={"queries": "{}"})
    assert "ETag" not in body.headers and body.headers["Access-Control-Allow-Origin"] == "*"
    # a parameter of other versions, or of JSONP, changes nothing
    assert client.get(f"{PATH}/suggest/type?prefix=d&callback=x&lang=fr").is_json


def test_a_prefix_and_a_rate(tmp_path: Path) -> None:
    """Below a base with a path, addresses follow; a client that asks too fast is told so."""
    base = "http://exemple.test/donnees/"
    publish(tmp_path, base=base)
    with serving(tmp_path, workers=1, rate=0.01) as server:
        answer = server.ask("/donnees/reconciliation")
        said = valid("manifeste", json.loads(answer.body))
        assert said["preview"]["url"] == f"{base}reconciliation/preview?id={{{{id}}}}"
        slow = server.ask("/reconciliation/suggest/type?prefix=d")
        assert slow.status == 429 and int(slow.headers["retry-after"]) > 0


def test_an_empty_release_knows_nobody(tmp_path: Path) -> None:
    """No entity, no index of words: no candidate, and no mistake."""
    publish(tmp_path)
    with serving(tmp_path, workers=1) as server:
        assert ask(client_of(server), a={"query": "Pierre Dharréville"}, b={"query": "15-1"}) == {
            "a": [], "b": [],
        }  # fmt: skip


# ---- a client that is not ours


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # it is older than pandas 3
def test_a_client_of_others(server: Server) -> None:
    """`reconciler`, on a column of a data frame, with a property beside it."""
    frame = pandas.DataFrame(
        {"nom": ["Pierre Dharréville", "Mme Élisa Martin"], "lieu": ["13-13", "38-3"]}
    )
    found = reconcile(
        frame["nom"],
        type_id="depute",
        property_mapping={"circonscription": frame["lieu"]},
        reconciliation_endpoint=f"http://127.0.0.1:{server.port}{PATH}",
    )
    assert list(found["id"]) == [DHARREVILLE, "depute/PA342384"]
    assert list(found["type_id"]) == ["depute", "depute"]
    assert list(found["match"]) == [True, True]


# ---- real records


@pytest.mark.shared
def test_real_names(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Two hundred deputies of the 17th legislature, as a table of others spells them, by HTTP."""
    folder = tmp_path_factory.mktemp("amo")
    archive = REAL / "amo/acteurs-organes-L17.json.zip"
    build([files.SAMPLE], folder, Settings(), jobs=2, sample=True, reference=[archive])
    with (SHARED / "data/wikidata/deputes-wikidata.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["legislature"] == "17"]
    chance = random.Random(17)
    with serving(folder, workers=1) as server:
        client = client_of(server)
        # who had left by the day of the archive is not in it
        rows = [
            row for row in rows if client.head(f"/depute/{row['acteurRef']}.ttl").status_code == 200
        ]
        rows = chance.sample(rows, 200)
        for variant, (make, first, certain) in VARIANTES.items():
            cells = {row["acteurRef"]: make(row["nom_complet"], chance) for row in rows}
            results: dict[str, Any] = {}
            for start in range(0, 200, LOT):
                lot = {
                    ref: {"query": cells[ref], "type": "depute"}
                    for ref in [*cells][start : start + LOT]
                }
                results |= ask(client, **lot)
            right = sum(bool(r) and r[0]["id"] == f"depute/{ref}" for ref, r in results.items())
            sure = {ref: r[0]["id"] for ref, r in results.items() if r and r[0]["match"]}
            print(f"{variant}: first {right / 200:.3f}, certain {len(sure) / 200:.3f}")
            assert all(name == f"depute/{ref}" for ref, name in sure.items())
            assert right / 200 >= first and len(sure) / 200 >= certain
