"""The files to download of each release that is kept, at addresses whose bytes never change."""

import re
from contextlib import suppress

from flask import Blueprint, Response

from lod.base.errors import LodError
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.publication_log import read_log
from lod.publish.release import MANIFEST, manifest
from lod.server.common.problems import Problem, not_found
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.context import current
from lod.server.routes.release_files import send

YEAR = 31_536_000  # seconds; as long as caches keep anything
SUMS = "SHA256SUMS"
_IDENTITY = re.compile("[0-9a-f]{16}")
blueprint = Blueprint("versions", __name__)


@blueprint.get("/versions/<identity>/<path:name>")
def kept_file(identity: str, name: str) -> Response:
    """Return a file to download of a release that is kept.

    Raises Problem if there is no such file, and another one if the release was removed, or has a
    question that is withheld by now.
    """
    release, path = current(), f"versions/{identity}/{name}"
    folder = release.folder.parent / identity
    if not _IDENTITY.fullmatch(identity):
        raise not_found(path)
    if not (folder / MANIFEST).is_file():
        if was_published(release, identity):
            raise Problem("version-enlevee", f"la version {identity} n’est plus gardée ici")
        raise not_found(path)
    told = manifest(folder)
    if told["base"] != release.base or name not in (*told["files"], SUMS):
        raise not_found(path)
    if any(PublishedQuestions(folder).has(uid) for uid in release.withheld):
        detail = f"la version {identity} contient une question retirée depuis de la publication"
        raise Problem("version-enlevee", detail)
    response = send(folder / "dumps" / name)
    if response.status_code != 412:  # which no cache may keep
        response.cache_control.max_age = YEAR
        response.cache_control.immutable = True
        response.headers.pop("Expires", None)  # which says less
    return response


def was_published(release: ServedRelease, identity: str) -> bool:
    """Say whether the log of publications has a release; it may not be readable."""
    with suppress(OSError, LodError):
        log = read_log(release.folder.parent.parent)
        return any(line.version == identity and line.base == release.base for line in log)
    return False
