"""A search for a place shows who is elected there: as a page, as JSON, and while it is typed."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from tests.support.server_data import client_of, serving


@pytest.fixture(scope="module")
def client(sample: Path) -> Iterator[Client]:
    with serving(sample, workers=1) as server:
        yield client_of(server)


def place(client: Client, q: str) -> dict[str, Any]:
    """The first place that has constituencies, as JSON."""
    things = client.get("/recherche", query_string={"q": q, "format": "json"}).json["choses"]
    return next(thing for thing in things if thing["circonscriptions"])


def shown(client: Client, q: str, path: str = "/recherche") -> str:
    """What the page says of the things that are named, without tags."""
    page = client.get(path, query_string={"q": q, "format": "html"}).text
    section = page.partition('<section class="choses"')[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", section).replace("\u00a0", " ").split())


def test_a_village_has_one_deputy(client: Client) -> None:
    """With the full name of the group and the newest questions; the page says what it does not
    know.
    """
    told = place(client, "saugues")
    [constituency] = told["circonscriptions"]
    [deputy] = constituency.pop("deputes")
    assert (told["genre"], told["nom"], told["detail"]) == ("commune", "Saugues", "Haute-Loire")
    assert constituency["code"] == "43-2" and constituency["partie"] is None
    assert constituency["iri"].endswith("/circonscription/43-2")
    assert (deputy["uid"], deputy["nom"]) == ("PA607090", "Jean-Pierre Vigier")
    assert deputy["groupe"] == "Droite Républicaine" and deputy["siege_au"] is None
    page = shown(client, "saugues")
    assert "2e circonscription : Jean-Pierre Vigier , Droite Républicaine" in page
    assert "Baisse du prix des carburants" in page and "ne disent pas qui siège" in page
    assert client.get(f"/depute/{deputy['uid']}.html").status_code == 200


def test_a_city_has_several(client: Client) -> None:
    """One of so many, with the parts that are known; nobody of a village founded again."""
    paris = place(client, "Paris ville")
    assert [c["code"] for c in paris["circonscriptions"]] == [f"75-{n}" for n in range(1, 19)]
    assert paris["circonscriptions"][0]["partie"] == {
        "nature": "arrondissements", "noms": "1er, 2e, 8e, 9e"
    }  # fmt: skip
    assert "Un de ces 4 députés, selon votre adresse : 1re circonscription" in shown(
        client, "69003"
    )
    assert "communes déléguées : Planguenoual ) : Hervé Berville" in shown(client, "Lamballe")
    english = shown(client, "Lamballe", "/recherche.en.html")
    assert "One of these 2 deputies, depending on your address: constituency 2" in english
    assert "delegated communes: Planguenoual" in english
    unknown = shown(client, "Sannerville")
    assert "Commune Sannerville Calvados" in unknown and "aucune qui soit connue" in unknown


def test_who_asked_nothing_is_shown(client: Client) -> None:
    """One has no page in the sample, and is named all the same; of abroad by the consular post."""
    [constituency] = place(client, "Londres")["circonscriptions"]
    [deputy] = constituency["deputes"]
    assert (constituency["code"], deputy["nom"], deputy["nombre"]) == ("099-3", "Vincent Caure", 0)
    page = shown(client, "Londres")
    assert "Poste consulaire Londres" in page and "Vincent Caure" in page
    two = place(client, "75002")["circonscriptions"]
    assert [c["code"] for c in two] == ["75-1"]


def test_suggestions_name_the_deputy(client: Client) -> None:
    """Or how many constituencies there are."""
    said = client.get("/recherche/suggestions.json", query_string={"q": "saugu"}).json
    assert (
        said["suggestions"][0]["detail"] == "Haute-Loire – Jean-Pierre Vigier, Droite Républicaine"
    )
    said = client.get("/recherche/suggestions.en.json", query_string={"q": "lamball"}).json
    assert said["suggestions"][0]["detail"] == "Côtes-d'Armor – 2 constituencies"


def test_a_department_folds_its_deputies(client: Client) -> None:
    """By number; constituencies that are named show their own."""
    page = shown(client, "Haute-Loire")
    assert "2 circonscriptions 1re circonscription : Laurent Wauquiez" in page
    assert page.count("Jean-Pierre Vigier") == 3
