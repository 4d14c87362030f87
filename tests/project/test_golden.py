"""Golden digests: what a fixed set of inputs becomes, part by part, pages of questions included.

A release is named by the program that made it, so that names and checksums of releases are masked;
all else is compared to the byte. `pytest --accept tests/project/test_golden.py` writes the digests
anew: a commit that does so says why.
"""

import gzip
import hashlib
import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store, parse

from lod.base.settings import Settings
from lod.build import build
from lod.publish.tables.columns import tables
from tests.support import amo
from tests.support.paths import CASES, REAL, ROOT
from tests.support.releases import pages_of, resource_pages_of
from tests.support.synthetic.forms import write_zip
from tools.bench.changing import change

pytestmark = pytest.mark.slow

GOLDEN = ROOT / "tests" / "golden"
CHECKSUM = re.compile(rb"\b[0-9a-f]{64}\b")
# files that tell checksums of others, in which names of releases stand
TELLING = {
    "SHA256SUMS",
    "dcat.ttl",
    "manifest.json",
    "index.html",
    "index.en.html",
    "croissant.json",
}
TURTLE = RdfFormat.TURTLE
STREAM = "changements"  # releases stand there in the order of their names
# names of releases are not compressed alike: the sizes of files with the history are masked
HISTORY, QUADS = "changements.jsonl.gz", "tout.nq.gz"
EDITOR_PAGE = b"site/sparql.html"  # another one where npm has brought no editor
TABLES = ("propriete", "chose", "forme", "valeur", "question", "lexique", "mots_data", "texte")
# files of an engine, or of the next build alone
UNSEEN = {"store", "questions.db", "textes-communs.db", "recherche.db", "yasgui"}


def masked(
    name: str, data: bytes, identities: dict[bytes, bytes], sizes: dict[str, int] | None = None
) -> bytes:
    """Return a file with names of releases, and what follows from them (`sizes`), masked."""
    if name.endswith(".gz"):
        data = gzip.decompress(data)
    for identity, mask in identities.items():
        data = data.replace(identity, mask)
    if name == f"{STREAM}.ttl":
        data = b"\n".join(sorted(str(quad.triple).encode() for quad in parse(data, format=TURTLE)))
    elif name == QUADS:  # the store has the history in the order of hashes of these names
        data = b"\n".join(sorted(data.splitlines()))
    elif Path(name).stem == STREAM and not name.endswith(".html"):
        data = b"\n".join(sorted(line.rstrip(b" ,") for line in data.splitlines()))
    if Path(name).name in TELLING:
        data = CHECKSUM.sub(b"CHECKSUM", data)
        for file, size in (sizes or {}).items():
            told = rb"(%s[^|]{0,600}?)\b%d\b" % (re.escape(file.encode()), size)
            data = re.sub(told, rb"\1SIZE", data, flags=re.DOTALL)
            # as pages round it: a byte more can be a kilobyte more
            rounded = rb"(%s</a>[^\n]*?)\b[0-9][0-9,.]*(?:\xc2\xa0| )[kM](?:o|B)\b"
            data = re.sub(rounded % re.escape(file.encode()), rb"\1SIZE", data)
    return data


def identities(folder: Path) -> dict[bytes, bytes]:
    """Return name → mask of each release of a folder, the current one first."""
    names: list[str] = []
    for path in sorted(folder.glob("releases/*/manifest.json"), key=lambda p: p.stat().st_mtime_ns):
        stated = json.loads(path.read_text("utf-8"))
        names += [stated["id"], stated["noyau"]]
    found = dict.fromkeys(names)
    return {name.encode(): b"RELEASE-%d" % number for number, name in enumerate(found)}


def contents(release: Path, masks: dict[bytes, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield part → what a release says there: files, then store and full-text index by content."""
    sizes = {name: (release / "dumps" / name).stat().st_size for name in (HISTORY, QUADS)}
    files = [path for path in release.rglob("*") if path.is_file()]
    named = {
        masked("", path.relative_to(release).as_posix().encode(), masks): path for path in files
    }
    for name, path in sorted(named.items()):
        parts = name.decode().split("/")
        if not UNSEEN & set(parts) and name != EDITOR_PAGE:
            part = "/".join(parts if parts[0] == "dumps" else parts[:2])
            if path.suffix == ".npy":  # numbers that a processor rounds in its way
                continue
            data = rows_of(path) if path.suffix == ".sqlite" else path.read_bytes()
            yield part, name + b"\0" + masked(path.name, data, masks, sizes)
    for page, data in sorted((*pages_of(release), *resource_pages_of(release))):  # on request
        kind = page.partition("/")[0]
        yield f"site/{kind}", f"site/{page}\0".encode() + masked(page, data, masks)
    store = Store.read_only(str(release / "store"))
    lines = sorted(masked("", str(quad).encode(), masks) for quad in store)
    yield "store", b"\n".join(lines)
    index = f"file:{release / 'recherche.db'}?immutable=1"
    with closing(sqlite3.connect(index, uri=True)) as database:
        for table in TABLES:
            for row in database.execute(f"SELECT * FROM {table}"):
                yield "recherche.db", repr(row).encode()


def rows_of(path: Path) -> bytes:
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as disk:
        rows = (row for name in tables() for row in disk.execute(f'SELECT * FROM "{name}"'))
        return b"\n".join(repr(row).encode() for row in rows)


def digests(folder: Path) -> dict[str, str]:
    """Return part → SHA-256 of the current release of a folder."""
    release = (folder / "current").resolve()
    hashed = defaultdict[str, "hashlib._Hash"](hashlib.sha256)
    for part, data in contents(release, identities(folder)):
        hashed[part].update(b"%d\n" % len(data) + data)
    return {part: one.hexdigest() for part, one in sorted(hashed.items())}


def compare(name: str, folder: Path, accept: bool) -> None:
    """Hold the current release of a folder against the digests that are kept, or keep those."""
    kept, found = GOLDEN / f"{name}.json", digests(folder)
    assert len(found) > 40
    if accept:
        kept.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    assert found == json.loads(kept.read_text("utf-8"))


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--accept"))


def test_the_sample(sample: Path, accept: bool) -> None:
    compare("sample", sample, accept)


def test_every_case_with_archives_of_deputies(tmp_path: Path, accept: bool) -> None:
    """Every form of record, good and broken, resolved with archives AMO."""
    archive = amo.archive(tmp_path / "amo.zip", amo.EXEMPLE)
    build([CASES], tmp_path / "out", Settings(), jobs=2, reference=[archive])
    compare("cases", tmp_path / "out", accept)


def test_an_update_of_a_later_day(tmp_path: Path, accept: bool) -> None:
    """A synthetic release, then one on top of it: texts longer, questions answered a day later."""
    old, new = tmp_path / "old" / "records.zip", tmp_path / "new" / "records.zip"
    for path in (old, new):
        path.parent.mkdir()
    write_zip(old, 400)
    build([old], tmp_path / "out", Settings(), jobs=2)
    assert len(change(old, new, 20, date(2026, 11, 3))) == 20
    build([new], tmp_path / "out", Settings(), jobs=2)
    compare("update", tmp_path / "out", accept)


@pytest.mark.shared
def test_real_records_with_the_real_archive(tmp_path: Path, accept: bool) -> None:
    names = ("pages", "json", "json-reduced", "json-reconstructed")
    archives = sorted((REAL / "amo").glob("*.zip"))
    inputs = [REAL / name for name in names]
    build(inputs, tmp_path / "out", Settings(), jobs=2, reference=archives)
    compare("real", tmp_path / "out", accept)
