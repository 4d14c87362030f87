"""Places on the page of results, in its JSON, while they are typed, in an export, on their page."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from werkzeug.test import Client


def found(client: Client, **asked: str) -> Any:
    """What a search finds, as JSON."""
    return client.get("/recherche", query_string={"format": "json", **asked}).json


def test_the_field_suggests_what_is_found(client: Client) -> None:
    text = client.get("/trouver-mon-depute.html").text
    [said] = re.findall(r'id="q" name="q" .*placeholder="([^"]*)…"', text)
    assert len(said.split(", ")) == 3
    assert all(found(client, q=example)["choses"] for example in said.split(", "))


def place(client: Client, q: str) -> dict[str, Any]:
    """The first place that has constituencies, as JSON."""
    return next(thing for thing in found(client, q=q)["choses"] if thing["circonscriptions"])


def shown(client: Client, q: str, path: str = "/recherche") -> str:
    """What the page says of the things that are named, without tags."""
    page = client.get(path, query_string={"q": q, "format": "html"}).text
    section = page.partition('<section class="choses"')[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", section).replace("\u00a0", " ").split())


def test_a_village_has_one_deputy(client: Client) -> None:
    """With the full name of the group and the newest questions; what is not known is said."""
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


def test_many_communes_do_not_hide_what_is_found(client: Client) -> None:
    """Of those whose name begins with a word of questions two are shown, the others folded."""
    page = html.document_fromstring(client.get("/recherche.html?q=hopital").data)
    assert page.xpath("//ol[@class='liste']/li")
    assert len(page.xpath("//section[@class='choses']/ul/li[span='Commune']")) == 2
    assert page.xpath("//section[@class='choses']/details/ul/li[span='Commune']")


def test_a_city_has_several(client: Client) -> None:
    """One of so many, with the parts that are known; nobody of a village founded again."""
    paris = place(client, "Paris ville")
    assert [c["code"] for c in paris["circonscriptions"]] == [f"75-{n}" for n in range(1, 19)]
    part = {"nature": "arrondissements", "noms": "1er, 2e, 8e, 9e"}
    assert paris["circonscriptions"][0]["partie"] == part
    lyon = shown(client, "69003")
    assert "Un de ces 4 députés, selon votre adresse : 1re circonscription" in lyon
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
    assert [c["code"] for c in place(client, "75002")["circonscriptions"]] == ["75-1"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [(".json?q=saugu", "Haute-Loire – Jean-Pierre Vigier, Droite Républicaine"),
     (".en.json?q=lamball", "Côtes-d'Armor – 2 constituencies")],
)  # fmt: skip
def test_suggestions_name_the_deputy(client: Client, asked: str, said: str) -> None:
    """Or how many constituencies there are."""
    assert client.get(f"/recherche/suggestions{asked}").json["suggestions"][0]["detail"] == said


def test_a_department_folds_its_deputies(client: Client) -> None:
    """By number; constituencies that are named show their own."""
    page = shown(client, "Haute-Loire")
    assert "2 circonscriptions 1re circonscription : Laurent Wauquiez" in page
    assert page.count("Jean-Pierre Vigier") == 3


def read(path: Path) -> Any:
    """What a file hands to the page, which knows it by its name."""
    found = re.fullmatch(r'lu\("([\w./]+)",(.*)\);\n', path.read_text("utf-8"), re.S)
    assert found and path.as_posix().endswith(f"/{found[1]}.js"), path
    return json.loads(found[2])


def test_communes_are_in_small_files(sample_files: Path) -> None:
    """Each stands in the file of its name and in those of its postal codes; none is heavy."""
    files = {path.stem: read(path) for path in (sample_files / "recherche/communes").iterdir()}
    for key, departement in (("sa", "43"), ("43", "43"), ("de", "974"), ("97", "974")):
        of_file = files[key]
        places = {place for _, place, *_ in of_file["fiches"]}
        assert departement in places and places == {*of_file["lieux"]}
    assert ["Saugues", "43", "43170", "2"] in files["sa"]["fiches"]
    [lamballe] = [row for row in files["la"]["fiches"] if row[0] == "Lamballe-Armor"]
    of_city = [["communes déléguées", "Planguenoual"], ["communes déléguées", "Lamballe, Morieux"]]
    assert lamballe[1:] == ["22", "22400", "2 3", of_city]
    heaviest = max(p.stat().st_size for p in (sample_files / "recherche/communes").iterdir())
    assert heaviest < 100_000


def test_deputies_are_in_files_of_departments(sample_files: Path) -> None:
    """With their newest questions, and links that lead somewhere from the page of the search."""
    for end, question in (("", ""), (".en", ".en")):
        of_department = read(sample_files / f"recherche/elus{end}/43.js")
        assert [*of_department] == ["1", "2"]
        name, people, latest = of_department["2"]
        assert "Jean-Pierre Vigier" in people and "Droite Républicaine" in people
        assert "circonscription" in name if not end else "constituency 2" in name
        links = re.findall(r'href="([^"]+)"', name + people + latest)
        assert all((sample_files / link).is_file() for link in links) and len(links) >= 3
        assert links[-1].endswith(f"{question}.html") and "question/" in links[-1]
        told = read(sample_files / f"recherche/lieux{end}.js")
        for kind, folder in (("elus", f"elus{end}"), ("communes", "communes")):
            assert {*told[kind]} == {
                p.stem for p in (sample_files / "recherche" / folder).iterdir()
            }
        assert "{n}" in told["unDe"] and "2012" in told["note"]
