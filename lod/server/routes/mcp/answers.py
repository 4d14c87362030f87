"""The answer of a tool, and what every answer says of the release."""

from lod.base.errors import LodError
from lod.model.dates import iso_in_french
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.context import Json, ToolAnswer
from lod.server.routes.site_files import publication_of

Arguments = dict[str, str]  # name → verified text


class ToolError(LodError):
    """The arguments of a tool cannot be answered; the message says in French what to do."""


def envelope(release: ServedRelease, answer: ToolAnswer) -> Json:
    """Return the fields of an answer with those that every answer has."""
    publication = publication_of(release)
    until = f"données au {iso_in_french(release.data_until)}"
    return {
        "donneesAu": release.data_until,
        "version": release.id,
        "licence": publication.licence,
        "page": answer.page,
        "citer": f"Assemblée nationale, {answer.named}, {until}, {answer.page}",
        **answer.fields,
    }
