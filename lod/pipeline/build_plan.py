"""The plan of a build: what it is asked for and given, before the first record is read."""

from dataclasses import dataclass
from pathlib import Path

from lod.base.progress import Progress
from lod.base.settings import Settings
from lod.pipeline.reference_data import ReferenceData
from lod.pipeline.reuse.previous import Previous
from lod.rdf.iris import Iris


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """What every stage of a build may ask."""

    work: Path  # the folder in which the release is made
    settings: Settings
    tables: ReferenceData  # what the publisher has reviewed, and the archives AMO if given
    made_with: str  # hash of what questions are made with besides records
    previous: Previous  # the release before, for what may be reused of it
    engine: str  # of SHACL
    jobs: int  # processes
    progress: Progress  # told to the person who waits
    sample: bool = False  # the records are those that come with the program

    @property
    def iris(self) -> Iris:
        """Return the maker of IRIs below the base."""
        return Iris(self.settings.base)
