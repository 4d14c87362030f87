"""The search index of the real records, with the archives of deputies: the same as that of a whole
release of them, of which nothing else is made.
"""

from pathlib import Path

from lod.base.progress import Progress
from lod.base.settings import Settings
from lod.pipeline.gather import gather
from lod.pipeline.questions.previous import NO_PREVIOUS, KeptWriter
from lod.pipeline.reading.reference_data import read_reference_data
from lod.pipeline.settling.settle import BuildPlan
from lod.pipeline.validation.shapes import FAST
from lod.publish import draft
from lod.publish.publication import Output, Workshop
from lod.publish.query_cache import QueryCache
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.indexing import IndexOutput
from tests.support.paths import NEW, REAL

FOLDERS = ("pages", "json", "json-reduced", "json-reconstructed", "found")


def write_real_index(work: Path, *outputs: Output) -> Path:
    """Write it in a folder that is there and empty, and other outputs of the questions; return its
    path.
    """
    inputs = [*(REAL / name for name in FOLDERS), *(NEW / "qosd-L14").glob("*.json")]
    archives = [*(REAL / "amo").glob("*.zip"), *(NEW / "amo").glob("*.zip")]
    settings = Settings()
    tables, findings = read_reference_data(settings, archives)
    plan = BuildPlan(work, settings, tables, "tests", NO_PREVIOUS, FAST, 2, Progress(), False)
    with KeptWriter(work, "tests") as kept:
        gathered = gather(inputs, plan, kept, findings, (), archives)
    site = draft.site_of(plan, gathered, {})
    cache = QueryCache(work / "store", work / "reponses")
    shop = Workshop(site, gathered.questions, cache, NO_PREVIOUS, None)
    for output in (IndexOutput(gathered.descriptions, settings.base, []), *outputs):
        for function, item in output.setup():
            function(shop, item)
    return work / INDEX_FILE
