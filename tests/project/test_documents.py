"""The documents: short, plain in form, and true of commands, options, settings and paths."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import click
import pytest

from lod.base import packaged
from lod.base.settings import Settings
from lod.base.tabular import rows
from lod.cli import main
from lod.pipeline.reading import reference_data
from lod.reference import reviewed_files
from lod.website.pages.single_pages import guide_text
from lod.website.rendering.language import is_translated
from tests.support.paths import CASES, ROOT, site_files, template_files

COMMANDS = packaged.GUIDES / "commandes.md"
CONFIGURATION = packaged.GUIDES / "configuration.md"
GUIDES = site_files("pages", "*.md")
ADDED = site_files("ajouts", "*.md")  # to guides
LONGEST = 160  # characters of a line of prose
TOP = ("deploy", "lod", "ontology", "shapes", "site", "tests")
NAMED = re.compile(rf"(?<![\w./:-])(?:{'|'.join(TOP)})/[\w./@-]*[\w/]")
LINK = re.compile(r"\]\(((?!https?:|#|mailto:)[^)#\s]+)[^)\s]*\)")
FRENCH = [path for path in GUIDES if not path.name.endswith(".en.md")]
# words of guides that stand in code, and what they are in English
PLACEHOLDERS = {
    "COMMANDE": "COMMAND",
    "@fichier": "@file",
    "//hôte": "//host",
    "/JEU/": "/DATASET/",
}
COMMENT = re.compile(r'\s+# .*|(?<=\$ claude )".*"')  # what a block of code says in a language
# paths of a release, of a site that is built, and names that stand for any name
PUBLISHED = re.compile(r"(?:^|/)(?:name|NAME)\.|^site/(?:sources|recherche\.html|static/vendor)")


def documents() -> list[Path]:
    found = [*ROOT.glob("*.md"), *(p for top in TOP for p in sorted((ROOT / top).rglob("*.md")))]
    aside = (CASES, packaged.INVENTED)
    return [path for path in found if not any(path.is_relative_to(folder) for folder in aside)]


def prose(text: str) -> list[tuple[int, str]]:
    """Return the numbered lines of a document that are neither code, table nor picture."""
    found, is_code = [], False
    for number, line in enumerate(text.split("\n"), start=1):
        if line.lstrip().startswith("```"):
            is_code = not is_code
        elif not is_code and not line.startswith(("|", "    ", "![", "{%", "<!--")):
            found.append((number, line))
    return found


def section(text: str, heading: str) -> str:
    return f"\n{text}".partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def first_cells(text: str) -> str:
    return "\n".join(re.findall(r"^\| (.*?) \|", text, re.M))


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 100


def test_the_french_readme_says_what_the_english_one_does() -> None:
    """Section by section: what tests hold against the program in one is then true of the other."""
    french, english = (
        (ROOT / name).read_text("utf-8").replace("README.fr.md", "README.md")
        for name in ("README.fr.md", "README.md")
    )
    assert facts(french) == facts(english)
    assert len(french.splitlines()) <= 120


def test_what_one_can_begin_with_is_still_missing() -> None:
    """Ten rows; what is counted there, and is no longer so, goes."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert len(first_cells(section(text, "Ten things to begin with")).splitlines()) == 1 + 10

    def lacking(table: str, column: str, value: str = "") -> int:
        return sum(row[column] == value for row in rows(packaged.MAPPINGS / f"{table}.csv"))

    assert lacking("rubriques-eurovoc", "anglais") == 4
    assert lacking("gouvernements", "qid") == lacking("legislatures", "qid") == 6
    assert lacking("archives", "certitude", "déduite") == 6
    assert not is_translated("resultats")
    assert len([*CASES.glob("page_text/*/source.*")]) == 3
    proofs = rows(packaged.PACKAGE / "sources" / "preuves.csv")
    assert any(row["champ"] == "errata" and row["enregistrements"] == "0" for row in proofs)
    assert not [*ROOT.glob("deploy/apache.*"), *ROOT.glob("deploy/*haproxy*")]


def test_contributing_is_short() -> None:
    """It has the tree, the tests and the habits; the rest is in guides. Tables are looked up."""
    lines = (ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines()
    assert len([line for line in lines if not line.startswith("|")]) <= 80


def test_each_dependency_earns_its_place() -> None:
    """CONTRIBUTING has a row for each, with what would do instead."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        stated = tomllib.load(file)["project"]["dependencies"]
    names = sorted(re.split("[<>=;]", dependency)[0] for dependency in stated)
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    told = first_cells(section(text, "Packages of others"))
    assert sorted(re.findall("`(.*?)`", told)) == names and len(names) > 20


def test_no_line_of_prose_is_long() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{number}: {len(line)} characters"
        for path in documents()
        for number, line in prose(path.read_text("utf-8"))
        if len(line) > LONGEST
    ]
    assert not long, "\n".join(long)


def test_each_package_is_explained() -> None:
    told = first_cells((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    packages = {path.parent.name for path in packaged.PACKAGE.glob("*/__init__.py")}
    assert {name for name in packages if f"`lod/{name}/`" not in told} == set()


def test_the_layers_are_those_that_are_checked() -> None:
    """The line of README is the contract of import-linter."""
    contract = (ROOT / "pyproject.toml").read_text("utf-8").partition("layers = [")[2]
    layers = re.findall(r'"([^"]+)"', contract.partition("]")[0])
    assert " > ".join(layers) in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(main.commands))
def test_each_command_is_explained(name: str) -> None:
    """It has a row, and a section with an example and every option; no option is invented."""
    text = guide_text(COMMANDS)
    assert f"| `lod {name}` |" in text
    said = section(text, f"lod {name}")
    assert f"$ lod {name} " in said
    if name == "serve":  # `test_guides.py` compares its table
        assert "(exploitation.html)" in said
        return
    options = [p for p in main.commands[name].params if isinstance(p, click.Option)]
    there = {spelling for option in options for spelling in option.opts if spelling[:2] == "--"}
    assert set(re.findall(r"--[\w-]+", first_cells(said))) == there


def test_each_setting_is_explained() -> None:
    """The guide has a row for each key of `lod.toml`."""
    said = section(CONFIGURATION.read_text("utf-8"), "lod.toml")
    assert set(re.findall(r"`(\w+)`", first_cells(said))) == {f.name for f in fields(Settings)}


def test_each_reviewed_file_is_explained() -> None:
    """The guide has a row for each file, with its columns where they are the publisher's."""
    said = section(CONFIGURATION.read_text("utf-8"), "Les fichiers relus")
    files = {*reference_data.COLUMNS, *reviewed_files.FILES}
    assert set(re.findall(r"`([\w-]+\.csv)`", first_cells(said))) == files
    columns = {**reference_data.COLUMNS, reviewed_files.DECISIONS: reviewed_files.LINK_COLUMNS}
    for name, names in columns.items():
        assert f"| `{name}` | `{','.join(names)}` |" in said


def test_each_guide_is_listed() -> None:
    """The foot of every page leads to each guide, README to each file of the core."""
    foot = "".join(path.read_text("utf-8") for path in template_files("pied*.html"))
    readme = (ROOT / "README.md").read_text("utf-8")
    for guide in {*GUIDES} - {path.with_suffix(".en.md") for path in FRENCH}:
        links = (f'lien("{guide.stem}"', f'href="{{{{ root }}}}{guide.stem}.html"')
        assert any(link in foot for link in links), guide.name
        is_listed = guide.name in readme or guide.stem in ("a-propos", "comprendre")
        assert is_listed == (guide.parent == packaged.GUIDES), guide.name


def english_link(link: str) -> str:
    if link.startswith("static/"):  # a picture has words
        return link.replace(".svg", ".en.svg")
    page, dot, rest = link.partition(".html")
    return f"{page}.en{dot}{rest}" if dot and is_translated(page) else link


def facts(text: str) -> list[dict[str, object]]:
    """Return what each section of a guide says in every language: code, links, numbers, rows."""
    found: list[dict[str, object]] = []
    for part in re.split(r"^(?=#+ )", COMMENT.sub("", text), flags=re.M)[1:]:
        blocks = re.findall(r"^```.*?^```$", part, re.M | re.S)
        said = re.sub(r"^```.*?^```$", "", part, flags=re.M | re.S)
        figures = re.sub(r"(?<=\d)[ \u00a0\u202f,.](?=\d)", "", said)  # 1 000,5 and 1,000.5
        found.append({
            "level": part.partition(" ")[0],
            "blocks": blocks,
            "code": {*re.findall(r"`[^`]+`", said)},
            "links": sorted(re.findall(r"\]\((.*?)\)", said)),
            "numbers": sorted(re.findall(r"\d+", figures)),
            "rows": len(re.findall(r"^(?:\||- |\d\. )", said, re.M)),
        })  # fmt: skip
    return found


@pytest.mark.parametrize("guide", FRENCH, ids=lambda path: path.stem)
def test_an_english_guide_says_what_the_french_one_does(guide: Path) -> None:
    french = guide_text(guide)
    for word, english in PLACEHOLDERS.items():
        french = french.replace(word, english)
    french = re.sub(r"(?<=\]\()(.*?)(?=\))", lambda found: english_link(found[0]), french)
    assert facts(french) == facts(guide_text(guide.with_suffix(".en.md")))


def test_each_path_exists() -> None:
    """What begins with a folder of the project is there, and so is what a link leads to."""
    wrong = []
    for path in documents():
        text = path.read_text("utf-8")
        named = (name for name in NAMED.findall(text) if not PUBLISHED.search(name))
        gone = [name for name in named if not (ROOT / name).exists()]
        links = LINK.findall(text)
        if path.is_relative_to(packaged.SITE):  # its links are those of the site
            gone += [link for link in links if link.endswith(".md")]
        else:
            gone += [link for link in links if not (path.parent / link).exists()]
        wrong += [f"{path.relative_to(ROOT)}: {name}" for name in gone]
    assert not wrong, "\n".join(wrong)
