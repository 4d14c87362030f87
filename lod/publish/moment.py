"""The moment of publication, in what tells robots and catalogues when something was changed.

The bytes of a release know no clock: they give the day of the data, with which a release that
corrects another one of the same data looks unchanged. Whoever serves or exports a release puts the
moment there that the log of publications gives.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

from lod.base.errors import LodError
from lod.publish.publication_log import LOG, read_log
from lod.publish.release import manifest

# the files of a release that tell it; those in `telechargements/` have a hash that is published
DATED = ("site/sitemap*.xml", "site/.well-known/void.*", "site/index*.html", "dumps/dcat.ttl",
         "dumps/void.ttl")  # fmt: skip
_INSTANT = rb'(<lastmod>|"dateModified": ")%s'
_DAY = rb"(terms[:/]modified\b.{0,120}?)%s"  # `dcterms:modified` is a day, by our shapes


def dated(release: Path, file: Path) -> bytes | None:
    """Return a file of a release with the moment at which the release was last made current; None
    if it does not tell it, or nobody knows it.
    """
    path = file.relative_to(release).as_posix() if file.is_relative_to(release) else ""
    if not any(fnmatchcase(path, pattern) for pattern in DATED):
        return None
    instant = instant_of(release)
    return _put(file.read_bytes(), release, instant) if instant else None


def instant_of(release: Path) -> str:
    """Return the instant at which a release was last made current; "" if the log does not know it,
    or cannot be read, which a build tells.
    """
    with suppress(OSError, LodError):
        return _instant_of(release, (release.parent.parent / LOG).stat().st_mtime_ns)
    return ""


@lru_cache(4)  # the home page asks at each visit
def _instant_of(release: Path, _: int) -> str:
    log = read_log(release.parent.parent)
    return next((line.instant for line in reversed(log) if line.version == release.name), "")


@lru_cache(4)
def _day_of(release: Path) -> bytes:
    return str(manifest(release)["donnees_au"]).encode()


def dated_files(release: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each file of the site that tells the moment, by its path below the site."""
    for pattern in DATED:
        for file in sorted(release.glob(pattern)):
            data = dated(release, file)
            if data is not None and file.is_relative_to(release / "site"):
                yield file.relative_to(release / "site").as_posix(), data


def _put(data: bytes, release: Path, instant: str) -> bytes:
    day = _day_of(release)
    for pattern, moment in ((_INSTANT, instant), (_DAY, instant[:10])):
        data = re.sub(pattern % day, rb"\g<1>" + moment.encode(), data, flags=re.DOTALL)
    return data
