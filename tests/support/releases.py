"""Releases that many tests read, and the pages of their questions: one of invented questions that
lived through all that can happen to one; three, one after the other, between which all happens that
the change feed tells. And the search index of the real records.
"""

import copy
import fcntl
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from msgspec.structs import replace

from lod.base.output_tree import OutputTree
from lod.base.progress import Progress
from lod.base.settings import Settings
from lod.build import build
from lod.extensions import pictures
from lod.model.question import Organe
from lod.pipeline.gather import gather
from lod.pipeline.questions.previous import NO_PREVIOUS
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.pipeline.reading.given import given
from lod.pipeline.reading.reference_data import read_reference_data
from lod.pipeline.settling.settle import BuildPlan
from lod.pipeline.validation.shapes import FAST
from lod.publish import draft
from lod.publish.publication import Output, Publication, Workshop
from lod.publish.query_cache import QueryCache
from lod.publish.release import current
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.indexing import IndexOutput
from lod.publish.search.search_index import SearchIndex
from lod.rdf.store import open_store
from lod.website.pages.kept_resources import ResourcePages, kept_documents
from lod.website.pages.question_page import Beside, nothing_beside, question_page
from tests.support.amo import archive_of_lives
from tests.support.once import linked
from tests.support.paths import CASES, GOOD, NEW, PAGE, REAL, TESTS
from tests.support.synthetic import lives
from tests.support.synthetic.forms import FORMS

# of a fiche that was saved as text: neither day nor author, ministry or heading
UNDATED = "Texte de la QUESTION :\n|\nQuestion synthétique, sans jour.\n|\n"
# a group is of one legislature
GROUP = Organe(libelle="EPR", libelle_long="Ensemble pour la République", ref="PO845407")
# lives that go on in the legislature that does; those of the 15th have ended with it
WAITING = ("open", "re-attributed four times", "question orale open", "erratum on the question")


def build_lives(folder: Path) -> None:
    """Build it in `out`, of `records`, of what is told elsewhere, of an archive AMO, and of the
    reviewed files of extensions.
    """
    form, records = FORMS["JSON L15"], folder / "records"
    records.mkdir()
    (folder / "revue").mkdir()
    for path in TESTS.glob("extensions/*/revue/*.csv"):
        shutil.copyfile(path, folder / "revue" / path.name)
    for question in lives.cases(form.legislature).values():
        (records / f"{question.uid}.json").write_bytes(form.write(question, Random(1)))
    for number, name in enumerate(WAITING, start=701):
        question = lives.live(lives.PLANS[name], Random(name), 17, number)
        question = replace(question, groupe=GROUP)
        data = FORMS["JSON L17"].write(question, Random(1))
        (records / f"{question.uid}.json").write_bytes(data)
    (records / "9-90001QE.txt").write_text(UNDATED, "utf-8")
    names = ("plain", "recalls", "shared_answer")
    told = [CASES / f"an_json/{name}/source.json" for name in names]
    told.append(CASES / "page_fiche/retired_without_day/source.html")
    inputs = [records, TESTS / "queries/records", *told, PAGE]
    archive = archive_of_lives(folder / "amo.zip")
    settings = Settings(
        revue=folder / "revue", signaler="erreurs@example.org", doi="10.5281/zenodo.1"
    )
    build(inputs, folder / "out", settings, reference=[archive])


PLAIN = json.loads(GOOD.read_text("utf-8"))
ROADS = {"organeRef": "PO855084", "abrege": "Routes", "developpe": "Ministère des routes"}
COUNTS = {"ajoutee": 2, "repondue": 2, "reattribuee": 2, "retiree": 1, "rouverte": 2,
          "corrigee": 1, "supprimee": 1}  # fmt: skip


def record(number: int, *, answered: bool = False, **changed: Any) -> dict[str, Any]:
    """An invented question with its number; `withdrawn`, `roads` and `title` change it."""
    made = copy.deepcopy(PLAIN)
    q = made["question"]
    q["uid"], q["identifiant"]["numero"] = f"QANR5L17QE{number}", str(number)
    if not answered:
        q["textesReponse"] = q["cloture"] = None
    if "withdrawn" in changed:
        q["cloture"] = {"codeCloture": "FIN_MAN", "libelleCloture": "Fin de mandat",
                        "dateCloture": "2025-06-17", "infoJO": None}  # fmt: skip
    if "roads" in changed:
        first = q["minAttribs"]["minAttrib"]
        q["minAttribs"]["minAttrib"] = [first, {**first, "denomination": ROADS}]
    if "title" in changed:
        q["indexationAN"]["analyses"]["analyse"] = changed["title"]
    return made


BEFORE = (
    *(record(n) for n in (1, 2, 3, 6, 7)),
    *(record(n, answered=True) for n in (4, 5, 10)),
    record(11, withdrawn=True),
)
AFTER = (
    record(1, answered=True),
    record(2, withdrawn=True),
    record(3, roads=True),
    record(4, answered=True, title="Titre corrigé"),
    record(6),
    record(7, answered=True, roads=True),
    record(8),
    record(9, answered=True),
    record(10),
    record(11),
)


def written(folder: Path, records: tuple[dict[str, Any], ...]) -> Path:
    folder.mkdir()
    for made in records:
        (folder / f"{made['question']['uid']}.json").write_text(json.dumps(made), "utf-8")
    return folder


# the question that was removed comes back, and one that came later is corrected
THIRD = (
    *(r for r in AFTER if r is not AFTER[7]),
    record(9, answered=True, title="Titre neuf"),
    record(5, answered=True),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder with three releases, the records that made them, and their ids."""

    out: Path
    records: tuple[Path, ...]
    ids: tuple[str, ...]

    def folder(self, number: int) -> Path:
        return self.out / "releases" / self.ids[number]


def build_versions(folder: Path) -> Kept:
    records = tuple(
        written(folder / f"records-{n}", r) for n, r in enumerate((BEFORE, AFTER, THIRD))
    )
    out, ids = folder / "out", []
    for some in records:
        build([some], out, Settings())
        ids.append(current(out).name)
    return Kept(out, records, tuple(ids))


def page_of(folder: Path, uid: str) -> str:
    return next(pages_of(current(folder), uid))[1].decode()


def pages_of(
    release: Path, *uids: str, beside: Beside = nothing_beside
) -> Iterator[tuple[str, bytes]]:
    """Yield the path below the site, and the French page, of some questions of a release; of all of
    them, in their order, if none is named. `beside` is what extensions show on it.
    """
    questions, store = PublishedQuestions(release), open_store(release / "store")
    publication = publication_of(release)
    for stored in questions.of_uids(uids) if uids else questions.questions():
        page = question_page(stored, questions, publication, store.query, beside)  # type: ignore[arg-type]  # a CONSTRUCT
        yield f"question/{stored.uid}.html", page


def resource_pages_of(release: Path, *documents: str) -> Iterator[tuple[str, bytes]]:
    """Yield the path below the site, and the content, of each French page about some resources, or
    answers to several questions, as it is served; of all of them, if none is named.
    """
    publication = publication_of(release)
    with TemporaryDirectory() as answers:
        asked = QueryCache(release / "store", Path(answers))
        pages = ResourcePages(PublishedQuestions(release), publication, asked, pictures)
        for document in documents or map(publication.path, kept_documents(release)):
            for path, page in pages.pages(document):
                yield f"{path}.html", page


def site_of(release: Path) -> Path:
    """Return a folder with the files of a release's site, and beside them its
    `resource_pages_of`; it is made once, next to the folder of the release.
    """
    out = release.parents[1]
    folder = out.with_name(f"{out.name}-site-{release.name}")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            with TemporaryDirectory(dir=out.parent) as made:
                tree = OutputTree(linked(release / "site", Path(made) / "site"))
                for path, page in resource_pages_of(release):
                    tree.write(path, page)
                tree.folder.rename(folder)
    return folder


def publication_of(release: Path) -> Publication:
    with closing(SearchIndex(release / INDEX_FILE)) as index:
        return Publication.saved(index.properties)


REAL_FOLDERS = ("pages", "json", "json-reduced", "json-reconstructed", "found")


def write_real_index(work: Path, *outputs: Output) -> Path:
    """Write the search index of the real records, with the archives of deputies, in a folder that
    is there and empty, and other outputs of the questions; return its path. It is that of a whole
    release of them, of which nothing else is made.
    """
    inputs = [*(REAL / name for name in REAL_FOLDERS), *(NEW / "qosd-L14").glob("*.json")]
    archives = [*(REAL / "amo").glob("*.zip"), *(NEW / "amo").glob("*.zip")]
    settings = Settings()
    files = given(inputs, archives)
    tables, remarks = read_reference_data(settings, files)
    plan = BuildPlan(work, settings, tables, "tests", NO_PREVIOUS, FAST, 2, Progress(), False)
    gathered = gather(files, plan, remarks)
    site = draft.site_of(plan, gathered, {})
    cache = QueryCache(work / "store", work / "reponses")
    shop = Workshop(site, gathered.questions, cache, NO_PREVIOUS)
    for output in (IndexOutput(gathered.descriptions, settings.base, []), *outputs):
        for function, item in output.setup():
            function(shop, item)
    return work / INDEX_FILE


def some_of_each(paths: Iterable[str], enough: int = 30) -> list[str]:
    """Return some paths of each folder and form: all, or as many at equal distances as will do."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for path in sorted(paths):
        kinds.setdefault((path.partition("/")[0], path.partition(".")[2]), []).append(path)
    return [path for kind in kinds.values() for path in kind[:: 1 + len(kind) // enough]]
