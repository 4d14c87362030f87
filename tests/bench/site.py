"""What the static site costs, beside the plain cost of writing the same bytes to as many files:
`python -m tests.bench.site [COUNT]`.

COUNT synthetic questions of real length, collected and loaded once and kept in `build/bench`. The
pages of questions alone (HTML); the lists alone; resources, with their tables and the questions of
each, and all lists and examples; then all documents: all of that, the other forms, answers. The
floor reads the finished files and writes them anew, in as many processes. Pages and lists of 45,000
must take 60 s at most where nobody else works; the seconds of the processor are the robust figures,
and so is their ratio. A file system that has just deleted as many files makes new ones slowly (ext4
keeps their inodes for minutes): both the site and its floor then take longer. Linux only: memory is
read from /proc. `TMPDIR` says where the site is written.
"""

import pickle
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path

from pyoxigraph import Triple

from lod import autorites, rdf, store, thesaurus
from lod.build import _contexte, _described, _write_links
from lod.collect import Collecte
from lod.convert import Lot, Publie, dernier_jour
from lod.faits import GRAPHE
from lod.iris import Iris
from lod.liens_revus import LiensRevus
from lod.model import Question, Source
from lod.parallel import batches, ordered, unordered
from lod.settings import Settings
from lod.site import Site
from lod.sources import Lecture
from lod.website import Atelier, Contexte, write_site
from lod.website.documents import page_question
from lod.website.listes import listes
from lod.website.rendering import write_page
from lod.website.resources import Entrants, Resources, incoming
from tests.bench import floor as floors
from tests.bench.floor import found
from tests.bench.results import BUILD
from tests.bench.serving import BASE, labels
from tests.bench.watching import Figures, watch
from tests.synthetic.lives import questions

COUNT = 45_000
JOBS = 2
BATCH = 200  # questions, or files, a task


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a build has collected when it comes to its site."""

    contexte: Contexte
    described: list[Triple]
    entrants: Entrants


def published(count: int, iris: Iris) -> Iterator[Publie]:
    """Yield so many questions as the first pass of a build gives them."""
    for question in questions(count):
        source = Source(sha256=sha256(question.uid.encode()).hexdigest(), format="application/json")
        q = replace(question, donnees_au=dernier_jour(question), sources=(source,))
        documents = {iris.question(q.uid).value: tuple(rdf.question(q, iris))}
        documents |= {iris.reponse(q, r).value: tuple(rdf.reponse(q, r, iris)) for r in q.reponses}
        read = Lecture(q.uid, q.uid, 1, source.sha256)
        yield Publie(q, (read,), (), documents, tuple(autorites.references(q, iris)))


def prepare(folder: Path, count: int) -> None:
    """Collect and load so many questions, as a build does before it comes to its site."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    settings = Settings(base=BASE)
    with Collecte(folder, Iris(BASE)) as collecte:
        collecte.references.add(thesaurus.triples(collecte.iris))
        for fate in published(count, collecte.iris):
            collecte.add(Lot([fate]))
        collecte.close_triples()
        _write_links(collecte, LiensRevus())
    facts = {BASE + GRAPHE: folder / "faits.nt"}
    store.load(folder / "store", [collecte.ntriples, folder / "links.nt", *labels(folder)], facts)
    loaded = store.open_store(folder / "store")
    entrants = incoming(loaded)
    prepared = Prepared(
        _contexte(folder, collecte, settings, loaded, entrants, False),
        list(_described(collecte)),
        entrants,
    )
    (folder / "prepared.pickle").write_bytes(pickle.dumps(prepared))


def loaded(folder: Path, site: Path) -> Prepared:
    """Return what was prepared, to be written somewhere else."""
    prepared: Prepared = pickle.loads((folder / "prepared.pickle").read_bytes())
    return replace(prepared, contexte=replace(prepared.contexte, site=Site(site)))


def collected(folder: Path) -> Iterator[Question]:
    """Yield the questions again, one after the other."""
    with (folder / "questions.pickle").open("rb") as file:
        while True:
            try:
                yield pickle.load(file)
            except EOFError:
                return


def write_documents(folder: Path, site: Path) -> None:
    """Write the site of what was prepared, but for the pages that are there once."""
    write_all(folder, site, collected(folder))


def write_all(folder: Path, site: Path, questions: Iterator[Question]) -> None:
    """Write some questions, and all resources, lists and examples."""
    p = loaded(folder, site)
    about = Resources(iter(p.described), BASE)
    write_site(p.contexte, questions, about, p.entrants, folder / "store", JOBS)


def write_lists(folder: Path, site: Path) -> None:
    """Write the lists, in each way that they can be seen."""
    atelier = Atelier(loaded(folder, site).contexte, folder / "store", folder / "liees.db")
    for _ in unordered(atelier.do, ((Atelier.liste, liste) for liste in listes()), JOBS):
        pass


def write_resources(folder: Path, site: Path) -> None:
    """Write all but questions: resources with their tables and questions, lists, examples."""
    write_all(folder, site, iter(()))


def write_pages(folder: Path, site: Path) -> None:
    """Write the page of each question, as HTML alone."""
    write = partial(write_some, contexte=loaded(folder, site).contexte)
    for _ in ordered(write, batches(collected(folder), BATCH), JOBS):
        pass


def write_some(some: list[Question], contexte: Contexte) -> None:
    """Write the pages of some questions."""
    iris = Iris(contexte.base)
    for q in some:
        path = contexte.path(iris.question(q.uid).value)
        write_page(contexte, path, page_question(q, iris, contexte))


def size(site: Path) -> str:
    """Return how many files a site has, their bytes, and what they take on the disk."""
    stats = [path.stat() for path in found(site)]
    told, taken = sum(s.st_size for s in stats), sum(s.st_blocks * 512 for s in stats)
    return f"{len(stats):7} files {told >> 20:5} MiB ({taken >> 20} MiB on disk)"


def line(name: str, f: Figures, floor: Figures | None = None) -> str:
    """Return what a way took, and how many times what its floor took."""
    told = f"{name:12} {f.wall:6.1f} s {f.cpu:6.1f} CPU s  peak {f.peak >> 20:4} MiB"
    if not floor:
        return told
    return f"{told}  {f.wall / floor.wall:.1f} × wall, {f.cpu / floor.cpu:.1f} × CPU of the floor"


WAYS: dict[str, Callable[[Path, Path], None]] = {
    "pages": write_pages,
    "lists": write_lists,
    "resources": write_resources,
    "documents": write_documents,
}


def measure(way: str, folder: Path, work: Path) -> None:
    """Write what is asked for, then the same bytes; print what each took."""
    site, again = work / way, work / f"{way}-again"
    mine = watch("-m", __spec__.name, way, str(folder), str(site))
    floor = watch("-m", floors.__name__, "write", str(site), str(again), str(JOBS))
    print(line(way, mine, floor), size(site), flush=True)
    print(line("  floor", floor), flush=True)


def main() -> None:
    """Print a line for each way, and one for its floor."""
    if sys.argv[1:2] and sys.argv[1] in WAYS:
        WAYS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
        return
    count = int(sys.argv[1]) if sys.argv[1:] else COUNT
    folder = BUILD / f"site-{count}"
    if not (folder / "prepared.pickle").is_file():
        prepare(folder, count)
    with tempfile.TemporaryDirectory() as work:
        for way in WAYS:
            measure(way, folder, Path(work))


if __name__ == "__main__":
    main()
