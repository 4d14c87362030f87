"""The job on Spark says what a build says: the same triples, rejections and results of SHACL.

Spark itself, in local mode: what is shuffled is pickled and sorted as on a cluster.
"""

import csv
import gzip
import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pyoxigraph import NamedNode, RdfFormat, parse

from lod import dump, files
from lod.build import build
from lod.errors import UsageError
from lod.release import current, manifest
from lod.settings import Settings
from lod.sources import Morceau, lecture, morceaux, records
from lod.spark import job
from lod.spark.__main__ import main
from lod.spark.envois import Fichier
from lod.spark.reglement import Dossier, dossiers, lues
from lod.spark.session import session
from lod.spark.sorties import Sorties
from tests import amo

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests/cases"
LACKING = " and ".join(
    name
    for name, found in (
        ("pyspark (make spark)", importlib.util.find_spec("pyspark")),
        ("Java (apt-get install default-jre-headless)", shutil.which("java")),
    )
    if not found
)
spark = [pytest.mark.tool, pytest.mark.skipif(bool(LACKING), reason=f"no {LACKING}")]
MEMBERS = 25  # of a zip in one piece: the small one is cut, too


def question(number: int, **changes: Any) -> bytes:
    """A written question of the 17th legislature that has its answer from others."""
    record = json.loads((CASES / "an_json/shared_answer/source.json").read_bytes())
    asked = record["question"] | changes
    asked["uid"], asked["identifiant"]["numero"] = f"QANR5L17QE{number}", str(number)
    return json.dumps({"question": asked}).encode()


def answered_on(page: str) -> dict[str, Any]:
    """The answer that all of them have, as a record with another page of the JO has it."""
    record = json.loads((CASES / "an_json/shared_answer/source.json").read_bytes())
    answers = record["question"]["textesReponse"]
    answers["texteReponse"]["infoJO"]["pageJO"] = page
    return {"textesReponse": answers}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Cases of every form, good and broken, a part of the sample, and what partitions part."""
    folder = tmp_path_factory.mktemp("mixed") / "divers"
    folder.mkdir()
    plain = (CASES / "an_json/plain/source.json").read_bytes()
    (folder / "a-later.json").write_bytes(question(90901, **answered_on("4350")))
    (folder / "b-earlier.json").write_bytes(question(90801, **answered_on("4360")))
    (folder / "c-undated.json").write_bytes(question(90701, textesQuestion=None))
    (folder / "d-again.json").write_bytes(plain.replace(b"commerce et artisanat", b"sports"))
    (folder / "e-empty.json").write_bytes(b"")
    (folder / "f-withheld.json").write_bytes(question(90601))
    (folder / "g.json.gz").write_bytes(gzip.compress(question(90501), mtime=0))
    (folder / "h-link.json").symlink_to("a-later.json")
    with zipfile.ZipFile(folder / "i-damaged.zip", "w") as archive:
        archive.writestr("one.json", question(90401))
        archive.writestr("two.json", question(90301))
    damaged = bytearray((folder / "i-damaged.zip").read_bytes())
    damaged[damaged.rindex(b"commerce et artisanat")] ^= 0xFF
    (folder / "i-damaged.zip").write_bytes(bytes(damaged))
    (folder / "j-truncated.zip").write_bytes(bytes(damaged[:900]))
    with zipfile.ZipFile(files.SAMPLE) as whole, zipfile.ZipFile(folder / "k.zip", "w") as some:
        for name in sorted(whole.namelist())[::8]:
            some.writestr(name, whole.read(name))
    return [CASES, folder]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with lod.toml, reviewed files and an archive AMO."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "lod.toml").write_text('base = "https://q.example.org/"\nrevue = "revue"\n')
    (folder / "revue").mkdir()
    (folder / "revue/retenues.csv").write_text("uid,motif\nQANR5L17QE90601,à vérifier\n")
    amo.archive(folder / "amo.zip", amo.EXEMPLE)
    return folder


@pytest.fixture(scope="module")
def built(mixed: list[Path], place: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of a build of the same."""
    folder = tmp_path_factory.mktemp("built")
    settings = Settings(base="https://q.example.org/", revue=place / "revue")
    build(mixed, folder, settings, reference=[place / "amo.zip"])
    return current(folder)


@pytest.fixture(scope="module", params=[3, 1])
def parts(
    request: pytest.FixtureRequest,
    mixed: list[Path],
    place: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """What the job gives in so many partitions; the second starts in the same Java."""
    folder = tmp_path_factory.mktemp("parts") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setattr(job, "MEMBRES", MEMBERS)
        arguments = [*map(str, mixed), "--to", str(folder), "--reference", "amo.zip"]
        arguments += ["--master", "local[2]", "--partitions", str(request.param)]
        done = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert f"{request.param}" and str(folder) in done.stdout
    yield folder


def lines(folder: Path, pattern: str) -> list[bytes]:
    """The lines of all files that fit, sorted: the same line twice is twice there."""
    return sorted(
        line
        for path in folder.glob(pattern)
        for line in gzip.decompress(path.read_bytes()).splitlines()
    )


def rows(paths: list[Path], skip: int = 0) -> list[list[str]]:
    """The rows of CSV files, sorted, without their heads and first columns."""
    found = []
    for path in paths:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
        _, *body = csv.reader(text.splitlines(keepends=True))
        found += [row[skip:] for row in body]
    return sorted(found)


def told(quads: Any) -> Counter[tuple[str, ...]]:
    """The results of a report, and what it says as a whole, whatever its nodes are called."""
    about: dict[str, list[str]] = {}
    for quad in quads:
        node = quad.object if quad.predicate.value.endswith("#result") else None
        value = "" if isinstance(node, NamedNode) else str(quad.object)
        about.setdefault(quad.subject.value, []).append(f"{quad.predicate} {value}")
    return Counter(tuple(sorted(said)) for said in about.values())


@pytest.fixture
def nothing() -> None:
    """So that the marks below stand in one place."""


class TestSpark:
    """What Spark gave, held against the release of a build."""

    pytestmark = spark

    def test_the_triples_are_those_of_the_build(self, parts: Path, built: Path) -> None:
        """Each line of the dump once, and no other; the links too."""
        expected = lines(built, "dumps/questions.nt.gz")
        assert lines(parts, "parts/*.nt.gz") == expected
        assert len(expected) == len(set(expected)) > 8000
        stated = parse(gzip.decompress((built / "dumps/links.ttl.gz").read_bytes()),
                       format=RdfFormat.TURTLE)  # fmt: skip
        linked = sorted(f"{quad.triple} .".encode() for quad in stated)
        assert lines(parts, "links.nt.gz") == linked
