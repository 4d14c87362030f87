"""Of a withheld question nothing but its number is left, in any file or any answer."""

import gzip
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pyarrow.parquet
import pytest

from lod.base.packing import unpack
from lod.base.settings import Settings
from lod.build import build
from lod.publish.kept_releases import keep
from lod.publish.release import current
from lod.rdf.store import open_store
from tests.support.once import export_all
from tests.support.paths import CASES, GOOD
from tests.support.server_data import serving

UID = "QANR5L17QE90001"
SAID = (b"zinzolin", b"amarante", b"vermillon")  # in title, question and answer
PATHS = (
    "/", "/index.en.html", "/recherche?q=titre", "/recherche.atom?q=titre", "/changements.html",
    "/recherche/suggestions?q=titre", "/api/questions.json?taille=100", "/sitemap.xml",
    "/api/questions.csv?q=titre", "/flux.atom", "/publications.ttl", "/publications/1.trig",
    f"/question/{UID}", f"/question/{UID}.html", f"/question/{UID}.en.html", f"/question/{UID}.ttl",
    f"/question/{UID}.atom", f"/recherche?q={UID}", "/depute/PA721764.html",
    "/ministere/PO855083.html", "/rubrique/commerce-et-artisanat.html", "/legislature/17.html",
    "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%20FILTER(isLiteral(%3Fo))%7D",
    "/sparql?query=SELECT%20*%20%7BGRAPH%20%3Fg%20%7B%3Fs%20%3Fp%20%3Fo%7D%7D",
)  # fmt: skip


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of every file, unpacked; of databases and stores, every value."""
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if not path.is_file() or "/store/" in f"/{name}":
            continue
        data = path.read_bytes()
        if data.startswith(b"SQLite format 3"):
            yield name, b"\n".join(values(path))
        elif data.startswith(b"PAR1"):
            yield name, str(pyarrow.parquet.read_table(path).to_pydict()).encode()
        else:
            yield name, gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def values(path: Path) -> Iterator[bytes]:
    """Yield every value of every table of a database, unpacked if it is packed."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as disk:
        named = disk.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = [name for (name,) in named]
        for table in tables:
            rows = []
            with suppress(sqlite3.Error):  # a part of a full-text index
                rows = disk.execute(f'SELECT * FROM "{table}"').fetchall()
            for value in (value for row in rows for value in row if value is not None):
                data = value if isinstance(value, bytes) else str(value).encode()
                yield data
                with suppress(Exception):
                    yield unpack(data)


def record() -> str:
    """A question with words that no other file has."""
    text = GOOD.read_text("utf-8").replace("Titre inventé", "Titre zinzolin")
    text = text.replace("<em>essai</em> inventé", "<em>essai</em> amarante")
    return text.replace("Réponse inventée", "Réponse vermillon")


def tells(data: bytes) -> list[bytes]:
    return [words for words in SAID if words in data]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Releases with a question, then without it, of which the first is removed; and an export."""
    work = tmp_path_factory.mktemp("erased")
    (work / "in").mkdir()
    (work / "revue").mkdir()
    (work / "in" / "a.json").write_text(record(), "utf-8")
    shutil.copyfile(CASES / "an_json/shared_answer/source.json", work / "in" / "b.json")
    settings = Settings(revue=work / "revue")
    build([work / "in" / "b.json"], work / "out", settings)
    build([work / "in"], work / "out", settings)  # its changes tell the title
    told = {words for _, data in contents(work / "out") for words in tells(data)}
    assert told == {*SAID}  # else nothing would be proven
    (work / "revue" / "retenues.csv").write_text(f"uid,motif\n{UID},demande\n", "utf-8")
    build([work / "in"], work / "out", settings)
    assert len([*keep(work / "out", 1)]) == 2
    export_all(work / "out", work / "site")
    return work


def test_no_file_has_it(folder: Path) -> None:
    for place in ("out", "site"):
        files = [*contents(folder / place)]
        assert len(files) > 100
        assert [(name, words) for name, data in files if (words := tells(data))] == []
        assert [name for name, _ in files if UID in name] == []
    store = open_store(current(folder / "out") / "store")
    assert tells(b"\n".join(str(quad).encode() for quad in store)) == []


def test_no_answer_has_it(folder: Path) -> None:
    with serving(folder / "out") as server:
        answers = {path: server.ask(path) for path in PATHS}
    assert {path for path, got in answers.items() if tells(got.body)} == set()
    assert {got.status for path, got in answers.items() if f"/question/{UID}" in path} <= {410, 303}
    assert sum(got.status == 200 for got in answers.values()) >= 14


def test_what_is_left_is_its_number(folder: Path) -> None:
    """With the reason in the manifest."""
    told = json.loads((current(folder / "out") / "manifest.json").read_text("utf-8"))
    assert told["retenues"] == {UID: "demande"}
