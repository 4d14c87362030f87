"""What everyday words find, of the real records, by words, meaning, both (`make eval-meaning`)."""

import tempfile
from contextlib import closing
from pathlib import Path

from lod.base.tabular import rows
from lod.extensions.already_asked.evaluate import evaluate
from lod.extensions.already_asked.near import near_questions
from lod.extensions.already_asked.vectors import VectorOutput
from lod.model.text import fold
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.search_index import SearchIndex
from tests.support.releases import write_real_index

HERE = Path(__file__).parent
FIRST = 5  # places that count
TABLES = {  # what is claimed is measured by the first; the second chose the numbers of the program
    "demandes.csv": 50,
    "demandes-choix.csv": 60,
}
# what is looked at → arguments
WAYS = {"words": {"has_meaning": False}, "meaning": {"has_words": False}, "both": {}}


def missed(release: Path, table: str, **ways: bool) -> list[str]:
    """Return the requests of a table that find no right question among the first."""
    requests = [*rows(HERE / table)]
    assert len(requests) == TABLES[table]
    missing = []
    questions = PublishedQuestions(release).questions()
    titles = {stored.uid: fold(stored.question.titre or "") for stored in questions}
    with closing(SearchIndex(release / INDEX_FILE)) as index:
        for request in requests:
            wanted = [fold(part) for part in request["titres"].split("|")]
            right = {uid for uid, title in titles.items() if any(w in title for w in wanted)}
            assert right, request["demande"]
            near = near_questions(release, index, request["demande"], **ways).questions
            if right.isdisjoint(question.uid for question in near[:FIRST]):
                missing.append(request["demande"])
    return missing


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        release = Path(folder)
        write_real_index(release, VectorOutput())
        for table, count in TABLES.items():
            for way, arguments in WAYS.items():
                missing = missed(release, table, **arguments)
                print(f"{table:20} {way:8} {count - len(missing)} of {count}")
            print("   missed by both:", "; ".join(missing))
        with closing(SearchIndex(release / INDEX_FILE)) as index:
            for score in evaluate(release, index):
                print(score)


if __name__ == "__main__":
    main()
