"""French politicians as Wikidata has them, from the shared tables, served by another program."""

import csv
import gzip
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import urllib3
from pyoxigraph import Literal, Quad

from lod.base.parallel import batches
from lod.extensions.wikidata.people import KnownDeputy
from lod.extensions.wikidata.query_service import QueryService
from lod.reference.tables import circonscriptions, deputy_rows, legislatures
from tests.extensions.wikidata.items import born, legislature, politician, seat, stored, truthy
from tests.support.engines import serving
from tests.support.paths import SHARED

TABLES = SHARED / "data/wikidata"
BATCH = 5_000  # triples an update
MUL = 10  # one item of so many has its name as `mul` alone
DIRECT = "http://www.wikidata.org/prop/direct/"


@cache
def truth() -> dict[str, str]:
    """Return acteurRef → QID of every link that is known: P4123, or matched by hand."""
    with (TABLES / "deputes-autorites.csv").open(encoding="utf-8", newline="") as file:
        return {
            r["acteurRef"]: r["wikidata_qid"] for r in csv.DictReader(file) if r["wikidata_qid"]
        }


@cache
def items() -> dict[str, list[Quad]]:
    """Return QID → triples of each politician: name, year of birth, no identifier, no seat."""
    found: dict[str, list[Quad]] = {}
    with gzip.open(TABLES / "politicians.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            qid = row["qid"]
            quads = found.setdefault(qid, [])
            name = row["name"] if row["name"] != qid else ""  # where there was no label
            language = "fr" if int(qid[1:]) % MUL else "mul"
            quads += [q for q in politician(qid, name, "", language) if q not in quads]
            if row["birth_year"]:
                quads += born(qid, f"{row['birth_year']}-01-01", 9)
    return found


def seats() -> Iterator[Quad]:
    """Yield where the known deputies sat, as statements; the tables say it, not Wikidata."""
    districts, terms = circonscriptions(), legislatures()
    for numero, term in terms.items():
        if term.qid:
            yield from legislature(term.qid, str(numero))
    for m in deputy_rows():
        if m.acteur_ref in truth():
            place = districts.get((m.departement, m.circonscription), "")
            yield from seat(truth()[m.acteur_ref], terms[m.legislature].qid, place)


@dataclass(frozen=True, slots=True)
class Wikidata:
    """A store that another program serves, and that changes between two runs."""

    address: str

    def client(self, folder: Path) -> QueryService:
        """Return a client with nothing in its cache."""
        return QueryService(self.address, "evaluation@example.org", folder / "liens" / "cache")

    def number(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Give these items these numbers (QID, P4123), and no other item any."""
        self._update(f"DELETE WHERE {{ ?item <{DIRECT}P4123> ?an }}")
        self._insert(truthy(qid, "P4123", Literal(an)) for qid, an in pairs)

    def remove(self, qids: Collection[str]) -> None:
        """Take items away."""
        named = " ".join(f"<http://www.wikidata.org/entity/{qid}>" for qid in qids)
        self._update(f"DELETE {{ ?s ?p ?o }} WHERE {{ VALUES ?s {{ {named} }} ?s ?p ?o }}")

    def restore(self, qids: Collection[str]) -> None:
        """Bring items back, without identifiers."""
        self._insert(quad for qid in qids for quad in items().get(qid, ()))

    def _insert(self, quads: Iterable[Quad]) -> None:
        for batch in batches(quads, BATCH):
            lines = "\n".join(f"{quad.triple} ." for quad in batch)
            self._update(f"INSERT DATA {{ {lines} }}")

    def _update(self, text: str) -> None:
        answer = urllib3.request(
            "POST", self.address.replace("/query", "/update"), body=text.encode(),
            headers={"Content-Type": "application/sparql-update"},
        )  # fmt: skip
        assert answer.status < 300, answer.data


@contextmanager
def wikidata(folder: Path, quads: Iterable[Quad]) -> Iterator[Wikidata]:
    """Serve quads, and more or fewer as a test goes on."""
    with serving(stored(quads, folder), "serve") as address:
        yield Wikidata(address)


def numbers(
    personnes: Mapping[str, KnownDeputy], without: Collection[str]
) -> list[tuple[str, str]]:
    """Return (QID, P4123) of the known links of these persons, but for some of them."""
    known = {ref: qid for ref, qid in truth().items() if ref in personnes and ref not in without}
    return [(qid, personnes[ref].number) for ref, qid in known.items()]
