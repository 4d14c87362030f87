"""Feeds, and records byte for byte: what a release has in a table, not as files."""

import re

from flask import Response

from lod.pipeline.question_db import PublishedQuestions
from lod.pipeline.resource_questions import FOLLOWED_KINDS
from lod.rdf.iris import source_path
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.caching import MAX_AGE, answer_unless_known, conditional
from lod.server.routes.site_files import publication_of, search_index_of
from lod.website.feeds import feed_about

FEED, FEED_MEDIA = "atom", "application/atom+xml"  # extension and media type
_SOURCE = re.compile(r"sources/[0-9a-f]{2}/(?P<sha256>[0-9a-f]{64})\.txt")


def feed(release: ServedRelease, path: str) -> Response | None:
    """Return the feed about a thing that is published, by the path of its document; None if it is
    of a kind without feeds.
    """
    if path.partition("/")[0] not in ("question", *FOLLOWED_KINDS):
        return None

    def make() -> Response:
        publication, name_of = publication_of(release), search_index_of(release).name_of
        text = feed_about(path, PublishedQuestions(release.folder), publication, name_of)
        return Response(text, mimetype=FEED_MEDIA)

    return answer_unless_known(release, FEED, make)


def record(release: ServedRelease, path: str) -> Response | None:
    """Return the bytes of a record by its path below the site; None if there is none."""
    found = _SOURCE.fullmatch(path)
    data = found and PublishedQuestions(release.folder).source(found["sha256"])
    if not found or data is None or path != source_path(found["sha256"]):
        return None
    response = Response(data, mimetype="text/plain")
    response.set_etag(found["sha256"])
    response.cache_control.public, response.cache_control.max_age = True, MAX_AGE
    return conditional(response, len(data))
