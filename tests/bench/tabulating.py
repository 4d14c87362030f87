"""Write the tables of a release alone, as a build does: `python -m tests.bench.tabulating RELEASE
FOLDER`.
"""

import sys
from pathlib import Path

from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.release import manifest
from lod.publish.tables.output import write_tables


def main(release: Path, folder: Path) -> None:
    """Write them into a new folder."""
    folder.mkdir()
    write_tables(folder, PublishedQuestions(release), manifest(release)["base"], (), ())


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
