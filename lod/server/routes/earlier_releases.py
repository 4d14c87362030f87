"""What an earlier release had: an answer with another text, a question that no record has now."""

from datetime import date

from pyoxigraph import NamedNode

from lod.model.dates import french_date
from lod.publish.history import HISTORY
from lod.publish.void import named_graphs
from lod.rdf.vocab import DCTERMS, QP, qp
from lod.server.common.problems import Problem
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.context import ask_rows


def successor_of_answer(release: ServedRelease, path: str) -> str | None:
    """Return the path of the published answer that replaced one of an earlier release; None if
    there is none.

    All its successors are looked at: a text may have been corrected several times since.
    """
    former = NamedNode(release.base + path)
    successors = f"GRAPH {_history(release)} {{ {former} {DCTERMS.isReplacedBy}+ ?reponse }}"
    published = f"?question {QP.reponse} ?reponse"
    rows = ask_rows(f"SELECT ?reponse {{ {successors} {published} }} LIMIT 1")
    return rows[0]["reponse"].removeprefix(release.base) if rows else None


def check_gone(release: ServedRelease, uid: str) -> None:
    """Raise Problem if an earlier release had a question that this one does not have."""
    question = NamedNode(f"{release.base}question/{uid}")
    deleted = f"{QP.changement} {qp('changement-supprimee')} ; {DCTERMS.isVersionOf} {question}"
    deletion = f"?change {deleted} ; {DCTERMS.isPartOf} ?version . ?version {QP.donneesAu} ?jour"
    pattern = f"GRAPH {_history(release)} {{ {deletion} }}"
    if rows := ask_rows(f"SELECT ?change ?jour {{ {pattern} }} ORDER BY DESC(?jour) LIMIT 1"):
        day = french_date(date.fromisoformat(rows[0]["jour"]))
        detail = f"les enregistrements de l’Assemblée ne l’ont plus depuis la version du {day}"
        headers, members = {"Vary": "Accept"}, {"changement": rows[0]["change"]}
        raise Problem("disparue-des-sources", detail, headers=headers, more={**members})


def _history(release: ServedRelease) -> NamedNode:
    return NamedNode(release.base + named_graphs()[HISTORY].path)
