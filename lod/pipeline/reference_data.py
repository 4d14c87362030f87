"""Reference data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from lod.base.errors import Finding
from lod.base.settings import Settings
from lod.pipeline.review import Review, read_review
from lod.reference.amo.archives import read_directory
from lod.reference.amo.values import Directory


@dataclass(frozen=True, slots=True)
class ReferenceData:
    """What questions are completed from: the publisher's review, the archives AMO if given, and the
    day up to which the data of each legislature goes.
    """

    review: Review = field(default_factory=Review)
    directory: Directory | None = None
    data_until: Mapping[int, date] = field(default_factory=dict)


def read_reference_data(
    settings: Settings, reference: Sequence[Path]
) -> tuple[ReferenceData, tuple[Finding, ...]]:
    """Return what the publisher has reviewed, and the archives AMO if there are any."""
    review = read_review(settings.revue)
    if not reference:
        return ReferenceData(review), ()
    directory, findings = read_directory(reference)
    return ReferenceData(review, directory), findings
