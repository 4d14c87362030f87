"""Two tools of language models: has this been asked, is this sentence in the record?"""

from lod.extensions.already_asked import views
from lod.extensions.already_asked.draft import asked_before
from lod.extensions.already_asked.pages import DRAFT, VERIFY
from lod.extensions.already_asked.verify import verdict_on
from lod.publish.search.words import composed
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.context import Json, ToolAnswer
from lod.server.routes.site_files import search_index_of

Arguments = dict[str, str]


def deja_posee(release: ServedRelease, given: Arguments) -> ToolAnswer:
    """Find the questions like a draft, and their answers."""
    draft = composed(given["texte"])
    answer = asked_before(release.folder, search_index_of(release), draft)
    questions = [
        {**row, "passages": [_cited(row, p["texte"]) for p in row["passages"]]}
        for row in views.draft_json(release.base, answer)["questions"]
    ]
    repeated = sum(bool(one.passages) for one in answer.questions)
    sentence = f"Questions proches : {len(questions)}, dont avec des passages communs : {repeated}."
    fields: Json = {"questions": questions, "recherche": views.near_json(answer.near)}
    return ToolAnswer(sentence, f"{release.base}{DRAFT}.html", fields)


def verifier(release: ServedRelease, given: Arguments) -> ToolAnswer:
    """Say whether a sentence is in the record, word by word."""
    found = views.verdict_json(
        release.base,
        verdict_on(release.folder, search_index_of(release), composed(given["phrase"])),
    )
    for row in (*found["places"], *filter(None, [found["plusProche"]])):
        row["citation"] = _cited(row, row.pop("texte"))
    told = "La phrase est écrite" if found["ecrite"] else "La phrase n’est pas écrite telle quelle"
    return ToolAnswer(
        f"{told} : {len(found['places'])} passages.", f"{release.base}{VERIFY}.html", found
    )


def _cited(row: Json, text: str) -> Json:
    """Return words of the record as those of somebody else."""
    author = row["ministere"] if row.get("dans") == "reponse" else row["auteur"]
    return {"auteur": author or "non indiqué", "texte": text, "source": row["page"]}
