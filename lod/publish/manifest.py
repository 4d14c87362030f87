"""What a release is made of, as hashes; and its manifest, which says so."""

import hashlib
from dataclasses import asdict
from typing import Any

from lod import __version__
from lod.base import packaged, packing
from lod.base.settings import Settings
from lod.pipeline.gather import Gathered
from lod.pipeline.reference_data import ReferenceData
from lod.pipeline.settling import BuildPlan
from lod.pipeline.validation.validate import versions
from lod.publish.draft import Draft


def made_with(settings: Settings, tables: ReferenceData, engine: str) -> str:
    """Return the hash of what questions are made with: software, its files, archives AMO, base."""
    hashed = hashlib.sha256(f"{__version__}\n{settings.base}\n{versions(engine)}\n".encode())
    for value in tables.directory.values():
        hashed.update(f"{value}\n".encode())
    for path in (*packaged.published(), *packaged.program()):
        hashed.update(path.name.encode() + b"\0" + packing.sha256(path).encode())
    return hashed.hexdigest()


def core_of(gathered: Gathered, plan: BuildPlan) -> str:
    """Return the hash of all that a release is made of: records, settings, software, its files, and
    what the logs of its archives tell.
    """
    hashed, settings = hashlib.sha256(plan.made_with.encode()), plan.settings
    reviewed = plan.tables.review.fingerprint
    publisher = (settings.editeur, settings.licence, settings.contact, reviewed)
    logs = (gathered.report.archives, [(line.where.line, line.wrong) for line in gathered.unread])
    hashed.update(f"{publisher}\n{plan.sample}\n{gathered.identity}\n{logs}\n".encode())
    return hashed.hexdigest()[:16]


def content(draft: Draft) -> dict[str, Any]:
    """Return what a release says of itself, in the order in which people read it."""
    plan, report, lineage = draft.plan, draft.gathered.report, draft.lineage
    return {
        "id": lineage.identity,
        "noyau": lineage.core,
        "precedente": lineage.previous,
        "base": plan.settings.base,
        "version": __version__,
        "shacl": report.engines,
        "sample": plan.sample,
        **report.figures(),
        "controls": {c.name: len(found) for c, found in report.control_rows.items()},
        "triples": draft.downloads.counts,
        "inputs": [
            {"name": name, "records": count, "sha256": sha256}
            for name, (count, sha256) in sorted(report.sources.items())
        ],
        "files": {f.name: {"bytes": f.size, "sha256": f.sha256} for f in draft.downloads.files},
        "versions": [asdict(version) for version in draft.store.history.versions],
    }
