"""Deposits: the files that archives and catalogues ask for, beside an exported release."""

from pathlib import Path

from lod.extensions import Extension
from lod.publish.publication import Site


def _exported(folder: Path, site: Site) -> None:
    from lod.extensions.deposit.files import write_deposit

    write_deposit(folder, site)


EXTENSION = Extension(
    purpose="an export as archives and catalogues ask for it: RO-Crate, DataCite, data.gouv.fr",
    exported=_exported,
)
