"""The data from which questions are completed, besides the tables of the package."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pyoxigraph import Triple

from lod.base.errors import Finding
from lod.base.settings import Settings
from lod.pipeline.mapping import directory, executive, headings
from lod.pipeline.review import Review, read_review
from lod.rdf.iris import Iris
from lod.reference.amo.archives import read_directory
from lod.reference.amo.values import NO_ARCHIVES, Directory
from lod.reference.executive import Executive, from_tables, with_archives


@dataclass(frozen=True, slots=True)
class ReferenceData:
    """The publisher's own data, the archives of the Assemblée, and how far the records go."""

    review: Review = field(default_factory=Review)  # the publisher's reviewed files
    directory: Directory = NO_ARCHIVES  # the archives AMO
    executive: Executive = field(default_factory=from_tables)  # governments, ministries, ministers
    data_until: Mapping[int, date] = field(default_factory=dict)  # legislature → day

    def triples(self, iris: Iris, auteurs: Collection[str]) -> Iterator[Triple]:
        """Yield what tables and archives state of headings, all governments, and of persons
        (`auteurs` too) and bodies.

        Describe resources with these first: their labels then stay the names of the resources.
        """
        yield from headings.triples(iris)
        for code in self.executive.governments:
            yield from executive.gouvernement(code, self.executive, iris)
        yield from directory.triples(self.directory, self.executive, iris, auteurs)


def read_reference_data(
    settings: Settings, reference: Sequence[Path]
) -> tuple[ReferenceData, tuple[Finding, ...]]:
    """Return the reviewed files and the archives AMO in `reference`, with findings about these.

    Raises UsageError for a reviewed file that has a wrong row.
    """
    review = read_review(settings.revue)
    if not reference:
        return ReferenceData(review), ()
    archives, findings = read_directory(reference)
    return ReferenceData(review, archives, with_archives(archives)), findings
