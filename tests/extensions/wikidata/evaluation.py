"""How right `lod link` is: `make eval-links`, or this module with a number of seeds.

A third of the known links is hidden in a pool of 61,736 French politicians, as the shared tables
have them, which another program serves by HTTP; the whole run is made, and what it says is held
against what is known. Then the own items of a tenth of the deputies are taken away, ten times, so
that everyone was away once. Every wrong, missed or false one is named.
"""

import csv
import gzip
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from random import Random
from statistics import mean

import urllib3
from pyoxigraph import Literal, Quad

from lod.base.parallel import batches
from lod.base.tabular import rows
from lod.extensions.wikidata.candidates import LinkCandidate
from lod.extensions.wikidata.link import LinkingInput, LinkingReport, known_place_items, link
from lod.extensions.wikidata.people import KnownDeputy, known_deputies
from lod.extensions.wikidata.query_service import QueryService
from lod.reference.tables import circonscriptions, deputy_rows, legislatures
from tests.extensions.wikidata.items import born, legislature, politician, seat, stored, truthy
from tests.support.engines import serving
from tests.support.paths import SHARED

SEEDS = 10
SEATED = 3  # seeds of the variant with seats, which shows what they add
TENTHS = 10
TABLES = SHARED / "data/wikidata"
BATCH = 5_000  # triples an update
MUL = 10  # one item of so many has its name as `mul` alone
DIRECT = "http://www.wikidata.org/prop/direct/"


@cache
def truth() -> dict[str, str]:
    """Return acteurRef → QID of every link that is known: P4123, or matched by hand."""
    table = rows(TABLES / "deputes-autorites.csv")
    return {row["acteurRef"]: row["wikidata_qid"] for row in table if row["wikidata_qid"]}


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
        return QueryService(self.address, "evaluation@example.org", folder / "liens" / "cache")

    def number(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Give these items these numbers (QID, P4123), and no other item any."""
        self._update(f"DELETE WHERE {{ ?item <{DIRECT}P4123> ?an }}")
        self._insert(truthy(qid, "P4123", Literal(an)) for qid, an in pairs)

    def remove(self, qids: Collection[str]) -> None:
        named = " ".join(f"<http://www.wikidata.org/entity/{qid}>" for qid in qids)
        self._update(f"DELETE {{ ?s ?p ?o }} WHERE {{ VALUES ?s {{ {named} }} ?s ?p ?o }}")

    def restore(self, qids: Collection[str]) -> None:
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


@dataclass(frozen=True, slots=True)
class Mesure:
    """What one run says of the hidden links."""

    identifiants: tuple[int, int]  # right, all
    justes: tuple[LinkCandidate, ...]
    fausses: tuple[LinkCandidate, ...]
    manquees: tuple[KnownDeputy, ...]
    montrees: int  # those whose own item is shown to the reviewer, certain or not
    premieres: tuple[int, int]  # for whom it is the first of the rows; who have a row at all

    @property
    def precision(self) -> float:
        return len(self.justes) / (len(self.justes) + len(self.fausses))

    @property
    def rappel(self) -> float:
        return len(self.justes) / (len(self.justes) + len(self.manquees))


def run(service: Wikidata, dossier: LinkingInput) -> LinkingReport:
    """Make the run that the command makes, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return link(Path(folder), service.client(Path(folder)), dossier)


def masked(seed: int, dossier: LinkingInput) -> set[str]:
    """Return a random third of the deputies whose link is known."""
    known = sorted(truth().keys() & dossier.deputies.keys())
    return set(Random(seed).sample(known, len(known) // 3))


def measure(service: Wikidata, dossier: LinkingInput, hidden: Collection[str]) -> Mesure:
    """Hide some links, run, and compare."""
    service.number(numbers(dossier.deputies, hidden))
    bilan = run(service, dossier)
    certain = {c.deputy.ref: c for c in certains(bilan) if c.deputy.ref in truth()}
    right = {ref: c for ref, c in certain.items() if c.item.qid == truth()[ref]}
    shown = {p.candidate.pair for p in bilan.candidates}
    first: dict[str, str] = {}
    for proposition in bilan.candidates:
        first.setdefault(*proposition.candidate.pair)
    liens = bilan.findings.links
    return Mesure(
        identifiants=(sum(truth().get(ref) == qid for ref, qid in liens.items()), len(liens)),
        justes=tuple(right.values()),
        fausses=tuple(c for ref, c in certain.items() if ref not in right),
        manquees=tuple(dossier.deputies[ref] for ref in sorted(set(hidden) - right.keys())),
        montrees=sum((ref, truth()[ref]) in shown for ref in hidden),
        premieres=(sum(first.get(r) == truth()[r] for r in hidden), len(first.keys() & hidden)),
    )


def certains(bilan: LinkingReport) -> list[LinkCandidate]:
    return [p.candidate for p in bilan.candidates if p.is_certain]


def absents(
    service: Wikidata, dossier: LinkingInput, parts: int = TENTHS
) -> Iterator[LinkCandidate]:
    """Yield who is proposed as certain for deputies whose own items are away, a part at a time."""
    known = sorted(truth().keys() & dossier.deputies.keys())
    Random(0).shuffle(known)
    for part in range(parts):
        away = known[part::parts]
        service.number(numbers(dossier.deputies, away))
        service.remove([truth()[ref] for ref in away])
        yield from (c for c in certains(run(service, dossier)) if c.deputy.ref in away)
        service.restore([truth()[ref] for ref in away])


def named(c: LinkCandidate) -> str:
    return f"{c.deputy.ref} {c.deputy.name} as {c.item.qid} {c.label}"


def told(name: str, mesures: list[Mesure]) -> None:
    """Print the means of runs, and everyone that they are wrong about."""
    right, every = (sum(column) for column in zip(*(m.identifiants for m in mesures), strict=True))
    first, rows = (sum(column) for column in zip(*(m.premieres for m in mesures), strict=True))
    print(
        f"{name}: identifiers {right / every:.4f}, precision "
        f"{mean(m.precision for m in mesures):.4f}, recall {mean(m.rappel for m in mesures):.4f} "
        f"({min(m.rappel for m in mesures):.4f} to {max(m.rappel for m in mesures):.4f}), "
        f"first row right {first / rows:.4f} of those with a row, "
        f"shown {mean(m.montrees for m in mesures):.1f}",
        flush=True,
    )
    for mesure in mesures:
        for c in mesure.fausses:
            print(f"  wrong: {named(c)}, is {truth()[c.deputy.ref]}")
        for p in mesure.manquees:
            print(f"  missed: {p.ref} {' / '.join(p.names)}, is {truth()[p.ref]}")


@contextmanager
def pool(with_seats: bool = False) -> Iterator[Wikidata]:
    """Serve all politicians, and where the known deputies sat if that is asked for."""
    quads = chain(chain.from_iterable(items().values()), seats() if with_seats else ())
    with tempfile.TemporaryDirectory() as folder, wikidata(Path(folder), quads) as service:
        yield service


def main() -> None:
    if not SHARED.is_dir():
        sys.exit(f"nothing to evaluate with: {SHARED} is absent; put the shared data there")
    count = int(sys.argv[1]) if sys.argv[1:] else SEEDS
    dossier = LinkingInput(deputies=known_deputies(deputy_rows()), place_items=known_place_items())
    with pool() as service:
        seeded("names and years", service, dossier, count)
        away = list(absents(service, dossier))
        print(f"own items absent, {len(truth())}: {len(away)} certain")
        for c in away:
            print(f"  {named(c)}, own item {truth()[c.deputy.ref]}")
    with pool(with_seats=True) as service:
        seeded("with seats", service, dossier, min(count, SEATED))


def seeded(name: str, service: Wikidata, dossier: LinkingInput, count: int) -> None:
    mesures = []
    for seed in range(count):
        mesures.append(measure(service, dossier, masked(seed, dossier)))
        told(f"{name}, seed {seed}", mesures[-1:])
    told(f"{name}, mean of {count}", mesures)


if __name__ == "__main__":
    main()
