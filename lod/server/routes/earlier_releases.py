"""What an earlier release had: an answer with another text, a question that no record has now."""

from datetime import date

from lod.base.output_tree import page_path
from lod.model.dates import french_date
from lod.publish.history import CHANGES, former
from lod.rdf.vocab import QP
from lod.server.common.problems import Problem
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.context import ask_rows


def successor_of_answer(release: ServedRelease, path: str) -> str | None:
    """Return the path of the published answer that replaced one of an earlier release; None if
    there is none.

    All its successors are looked at: a text may have been corrected several times since.
    """
    successors = sorted(former(release.folder).successors_of(release.base + path))
    if not successors:
        return None
    values = " ".join(f"<{iri}>" for iri in successors)
    published = f"VALUES ?reponse {{ {values} }} ?question {QP.reponse} ?reponse"
    rows = ask_rows(f"SELECT ?reponse {{ {published} }} LIMIT 1")
    return rows[0]["reponse"].removeprefix(release.base) if rows else None


def check_gone(release: ServedRelease, uid: str) -> None:
    """Raise Problem if an earlier release had a question that this one does not have."""
    if deletion := former(release.folder).deletions.get(uid):
        day = french_date(date.fromisoformat(deletion.donnees_au))
        detail = "les enregistrements de l’Assemblée ne l’ont plus depuis la version du {}"
        page = page_path(f"{CHANGES}/{deletion.version}", deletion.page)
        headers, members = {"Vary": "Accept"}, {"changement": f"{release.base}{page}#{uid}"}
        raise Problem("disparue-des-sources", detail, day, headers=headers, more={**members})
