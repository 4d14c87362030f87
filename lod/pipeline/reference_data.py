"""Reference data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from lod.base.errors import Finding
from lod.base.settings import Settings
from lod.pipeline.review import Revue, read_revue
from lod.reference.amo.archives import read_referentiel
from lod.reference.amo.values import Referentiel


@dataclass(frozen=True, slots=True)
class Tables:
    """What questions are completed from: the publisher's review, the archives AMO if given, and the
    day up to which the data of each legislature goes.
    """

    revue: Revue = field(default_factory=Revue)
    referentiel: Referentiel | None = None
    donnees_au: Mapping[int, date] = field(default_factory=dict)


def read_tables(
    settings: Settings, reference: Sequence[Path]
) -> tuple[Tables, tuple[Finding, ...]]:
    """Return what the publisher has reviewed, and the archives AMO if there are any."""
    revue = read_revue(settings.revue)
    if not reference:
        return Tables(revue), ()
    referentiel, findings = read_referentiel(reference)
    return Tables(revue, referentiel), findings
