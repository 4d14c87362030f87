"""Hostile input beside a good record: refused in words, in bounded memory, in its folder."""

import gzip
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.paths import GOOD, PAGE, ROOT
from tests.support.patience import HANG
from tests.support.server_data import listening

pytestmark = pytest.mark.slow

MIB = 1024 * 1024
PEAK = 500 * MIB  # bytes of one process
# its last word is the most KiB since it began; ru_maxrss counts what the process was before
CHECK = """
import atexit, sys
from pathlib import Path
from lod.cli import main
status = Path("/proc/self/status")
atexit.register(lambda: print("peak", status.read_text().split("VmHWM:")[1].split()[0]))
main(["check", sys.argv[1], "--jobs", "1"])
"""
XML = '<question xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{}</question>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
TEXT = PAGE.read_text("utf-8")
Make = Callable[[Path], object]


def check(folder: Path) -> tuple[int, str, int]:
    """Return exit code, what was printed, and the peak memory in bytes of `lod check`."""
    command = [sys.executable, "-c", CHECK, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=HANG)
    said, mark, peak = done.stdout.rpartition("peak ")
    assert mark, done.stderr[-2000:]
    return done.returncode, said + done.stderr, int(peak) * 1024


def zipped(folder: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> None:
    with zipfile.ZipFile(folder / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)


def external_entity(folder: Path) -> None:
    (folder / "x.xml").write_text(
        f'<!DOCTYPE question [<!ENTITY x SYSTEM "file://{folder.parents[1]}/secret">]>'
        + XML.format("<uid>&x;</uid>")
    )


def many_values(folder: Path) -> None:
    record = json.loads(GOOD.read_text("utf-8"))
    record["question"]["minAttribs"] = {"minAttrib": [{"infoJO": {}, "x": "y"}] * 200_000}
    (folder / "x.json").write_text(json.dumps(record))


def zip_bomb(folder: Path) -> None:
    """1 GB of zeros in 1 MB."""
    with (
        zipfile.ZipFile(folder / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("x.json", "w", force_zip64=True) as member,
    ):
        for _ in range(1024):
            member.write(bytes(MIB))


def gzip_bomb(folder: Path) -> None:
    with gzip.open(folder / "x.json.gz", "wb", compresslevel=1) as file:
        for _ in range(1024):
            file.write(bytes(MIB))


def zip_in_zip_in_zip(folder: Path) -> None:
    data, name = GOOD.read_bytes(), "good.json"
    for n in range(6):
        path = folder / f"{n}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, data)
        data, name = path.read_bytes(), f"{n}.zip"
        path.unlink()
    (folder / "x.zip").write_bytes(data)


def names_that_climb(folder: Path) -> None:
    zipped(
        folder,
        ("../../escaped.json", b"{}"),
        ("/tmp/lod-escaped.json", b"{}"),
        ("..\\escaped.json", b"{}"),
        ("\x1b[31mred\n.json", b"{}"),
    )


def symlinks(folder: Path) -> None:
    (folder / "link.json").symlink_to(folder.parents[1] / "secret")
    info = zipfile.ZipInfo("link.json")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    zipped(folder, (info, str(folder.parents[1] / "secret").encode()))


def encrypted(folder: Path) -> None:
    zipped(folder, ("x.json", GOOD.read_bytes()))
    data = bytearray((folder / "x.zip").read_bytes())
    data[6] |= 1  # the bit that says so, here and in the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (folder / "x.zip").write_bytes(bytes(data))


def lying_size(folder: Path) -> None:
    zipped(folder, ("x.json", GOOD.read_bytes() * 50))
    data = bytearray((folder / "x.zip").read_bytes())
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = (100).to_bytes(4, "little")
    (folder / "x.zip").write_bytes(bytes(data))


def many_members(folder: Path) -> None:
    with zipfile.ZipFile(folder / "x.zip", "w") as archive:
        for n in range(20_000):
            archive.writestr(f"{n}.txt", b"x")


def files(contents: dict[str, str], encoding: str = "utf-8") -> Make:
    """Return what writes files of these names."""

    def write(folder: Path) -> None:
        for name, text in contents.items():
            (folder / name).write_text(text, encoding)

    return write


def hole(name: str, beginning: bytes) -> Make:
    """Return what writes a file of 2 GB, on disk as a hole."""

    def write(folder: Path) -> None:
        with (folder / name).open("wb") as file:
            file.write(beginning)
            file.truncate(2 * 1024 * MIB)

    return write


DOCTYPE = "a DOCTYPE, which is never read"
INCOMPLETE_JSON, INCOMPLETE_XML = "not complete JSON", "not complete XML"
NO_QUESTION = "HTML or XML, but not of a question"
TOO_LARGE = "more than 8 MiB"
UTF_16 = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE q [<!ENTITY x "y">]>'
NESTED = "[" * 100_000 + "]" * 100_000
TAGS = "<p" * 1_500_000
CHANGED = f"**Date de changement d'attribution :** {'a' * 250_000}\n\n**Question retirée"
HOSTILE: dict[str, tuple[Make, str]] = {  # name → what puts it into a folder, what is said of it
    "external_entity": (external_entity, DOCTYPE),
    "external_entity_in_utf16": (
        files({"x.xml": UTF_16 + XML.format("<uid>&x;</uid>")}, "utf-16"),
        "convert the file: iconv -f utf-16",
    ),
    "billion_laughs": (
        files({
            "x.xml": '<?xml version="1.0"?><!-- x --><!DOCTYPE question [<!ENTITY l0 "lol">'
            + f"{LAUGHS}]>" + XML.format("<uid>&l9;</uid>")
        }),
        DOCTYPE,
    ),
    "entity_after_the_root": (
        files({"x.xml": XML.format("<uid>&x;</uid>") + '<!ENTITY x "y">'}), DOCTYPE,
    ),
    "deep_xml": (
        files({"x.xml": XML.format("<a>" * 50_000 + "</a>" * 50_000)}), INCOMPLETE_XML,
    ),
    "deep_json_in_a_list": (
        files({"x.json": f'{{"a": {{"question": [{{"uid": {NESTED}}}]}}}}'}), INCOMPLETE_JSON,
    ),
    "deep_html": (
        files({"x.html": f"<html><body>{'<div>' * 300_000}Données clés</body></html>"}),
        "no value",
    ),
    "many_values": (many_values, "more values than a question has"),
    "long_labels": (
        files({"x.md": TEXT.replace("M. Pierre Dharréville", "M. " + "a - b (" * 200_000)}),
        "a page of more than",
    ),
    "huge_text": (
        hole("x.json", b'{"question": {"uid": "QANR5L17QE1", "texte": "'), TOO_LARGE,
    ),
    "huge_text_in_a_list": (
        hole("x.json", b'{"questionsEcrites": {"question": [{"uid": "QANR5L17QE1", "texte": "'),
        TOO_LARGE,
    ),
    "huge_rest_after_a_list": (hole("x.json", b'{"a": {"question": [{}]}, "b": '), TOO_LARGE),
    "huge_text_in_an_xml_list": (
        hole("x.xml", b"<questions><question><uid>QANR5L17QE1</uid><texte>"), TOO_LARGE,
    ),
    "zip_bomb": (zip_bomb, TOO_LARGE),
    "gzip_bomb": (gzip_bomb, TOO_LARGE),
    "zip_in_zip_in_zip": (zip_in_zip_in_zip, "an archive inside 3 others"),
    "names_that_climb": (names_that_climb, "no key 'question'"),
    "symlinks": (symlinks, "a symbolic link, which is not followed"),
    "encrypted": (encrypted, "encrypted"),
    "lying_size": (lying_size, "cannot be read"),
    "many_members": (many_members, "no known form of record"),
    # where each comment may end is clear, or a matcher tries every way
    "comments_before_the_root": (files({"x.xml": "<!---->" * 9_000 + "<a><b/></a>"}), NO_QUESTION),
    "white_space_before_the_root": (files({"x.xml": " " * 60_000 + "<a><b/></a>"}), NO_QUESTION),
    "tags_in_attributes": (
        files({"x.html": f'<p title="{TAGS}">Données clés</p></body>',
               "y.md": f'Données clés <a title="{TAGS}">x</a>'}),
        "more than 200 attributes, or without end",
    ),
    "openings_without_end": (
        files({"x.xml": "<questions>" + "<question>" * 700_000,
               "y.xml": "<questions><question>" + "<question " * 700_000,
               "z.json": '{"a": {"question": [' + '{"b": [' * 500_000}),
        INCOMPLETE_XML,
    ),
    "words_without_end": (
        files({"x.md": TEXT.replace("**Question retirée", CHANGED)}), "it is kept as raw text",
    ),
    "many_labels": (
        files({"x.md": TEXT + "\n**Libellé :** valeur\n" * 9_000}),
        "more values than a question has",
    ),
    "brackets": (files({"x.md": "Données clés" + "[" * 290_000}), "no value"),
}  # fmt: skip

# a value that cannot be read does not take the question with it
PUBLISHED_ALL_THE_SAME = {"words_without_end"}


@pytest.mark.parametrize("names", [[*HOSTILE][n::6] for n in range(6)], ids=lambda some: some[0])
def test_hostile_input_is_refused(names: list[str], tmp_path: Path) -> None:
    """It is told in words, the good record beside it is published, and memory is bounded."""
    (tmp_path / "secret").write_text("QANR5L17QE987654")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a-good.json").write_bytes(GOOD.read_bytes())
    for name in names:
        (folder / name).mkdir()
        HOSTILE[name][0](folder / name)
    before = {path for path in tmp_path.rglob("*")}
    code, said, peak = check(folder)
    assert code == 1 and "Traceback" not in said, said[-2000:]
    for name in names:
        about = "\n".join(line for line in said.splitlines() if f"/{name}/" in line)
        assert HOSTILE[name][1] in about, (name, about[:2000])
    assert "987654" not in said and "\x1b" not in said
    words = said.strip().splitlines()[-1].replace(";", " ").split()[:7]
    read, published, rejected = (int(word) for word in words if word.isdecimal())
    assert read == published + rejected
    assert published == 1 + len({*names} & PUBLISHED_ALL_THE_SAME)
    assert peak < PEAK, f"{peak // MIB} MiB"
    assert {path for path in tmp_path.rglob("*")} == before
    assert not Path("/tmp/lod-escaped.json").exists()


def test_nothing_is_fetched(tmp_path: Path) -> None:
    """No reader follows an address in a record, whatever the syntax that names it."""
    with listening() as (port, heard):
        place = f"http://127.0.0.1:{port}"
        (tmp_path / "a.xml").write_text(
            f'<?xml-stylesheet href="{place}/xsl"?>'
            f'<question xmlns:xi="http://www.w3.org/2001/XInclude" xsi:schemaLocation="a {place}/s"'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f'<xi:include href="{place}/xi"/><uid>QANR5L17QE1</uid></question>'
        )
        (tmp_path / "b.html").write_text(
            f'<html><head><base href="{place}/"><link rel="stylesheet" href="{place}/css"><script '
            f'src="{place}/js"></script></head><body><img src="{place}/i">Données clés',
            "utf-8",
        )
        (tmp_path / "c.json").write_text(
            f'{{"@context": "{place}/c", "question": {{"$ref": "{place}"}}}}'
        )
        code, said, _ = check(tmp_path)
    assert code == 1 and "Traceback" not in said
    assert heard == []


def test_memory_is_that_of_a_few_long_texts(tmp_path: Path) -> None:
    """A dozen records of six MiB each are published; a batch holds as many as memory allows."""
    record = json.loads(GOOD.read_text("utf-8"))
    for number in range(1, 13):
        question = record["question"]
        question["uid"], question["identifiant"]["numero"] = f"QANR5L17QE{number}", str(number)
        question["textesQuestion"]["texteQuestion"]["texte"] = f"<em>x</em> {number} " * 400_000
        (tmp_path / f"{number}.json").write_text(json.dumps(record))
    code, said, peak = check(tmp_path)
    assert code == 0 and "12 read = 12 published + 0 rejected" in said, said[-2000:]
    assert peak < PEAK, f"{peak // MIB} MiB"
