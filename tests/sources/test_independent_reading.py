"""Official records read a second time, by code that shares nothing with the readers: no difference.
Pages: `test_labels.py`; what the graph states of a question: the cases beside this.

What is expected are plain objects, of the shape that the fields of `Question` have. Names of keys
are those of the Assemblée. Texts are compared without white space, and their markup
by the tags that matter, which lxml finds; the readers use another parser.
"""

import hashlib
import html
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import lxml.etree
import lxml.html
import msgspec
import pytest

from lod.base.inputs import Record, records
from lod.model.question import Question
from lod.pipeline.settling.convert import Accepted, convert
from lod.rdf.iris import Iris
from lod.sources.forms import read
from tests.support.paths import NEW, REAL

Plain = dict[str, Any]
BIG = NEW / "qosd-L14/Questions_orales_sans_debat_XIV.json"
FOLDERS = ("found/json-L15-QG", "found/json-L15-QG-autre-version", "json")
RECORDS = 68 + 301 + 291
NO_MARKUP = {"p", "br", "div", "center", "a", "span", "html", "body", "font", "tbody"}
TEXTS = {"texte", "texte_html"}


def day(text: str) -> str:
    """Return a day in ISO 8601."""
    return "-".join(reversed(text.split("/")))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFC", text))


def marked(fragment: str) -> tuple[str, tuple[str, ...]]:
    """Return the text of an HTML fragment without white space, and its tags that matter."""
    by_number = re.sub(r"&#\d+;", lambda found: html.unescape(found[0]), fragment)
    tree = lxml.html.fragment_fromstring(by_number, create_parent="div")
    lxml.etree.strip_elements(tree, "script", "style", lxml.etree.Comment, with_tail=False)
    tags = (node.tag for node in tree.iter() if node.tag not in NO_MARKUP)
    # a tag that nothing closes before the next one begins is none
    return squeezed(tree.text_content()), tuple(tag for tag in tags if tag.isalnum())


def told(fragment: str | None) -> Plain:
    """Return both forms of a text: that with markup only where a tag matters."""
    text, tags = marked(fragment or "")
    return {"texte": text, "texte_html": (text, tags) if tags else None}


def comparable(value: Any) -> Any:
    """Return a value without what says nothing, its texts as they are compared."""
    if isinstance(value, dict):
        made = {
            key: item if not isinstance(item, str) or key not in TEXTS
            else squeezed(item) if key == "texte" else marked(item)
            for key, item in value.items()
        }  # fmt: skip
        return {key: comparable(item) for key, item in made.items() if item not in (None, "", [])}
    return [comparable(item) for item in value] if isinstance(value, list) else value


def many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def below(value: Any, *path: str) -> Any:
    for key in path:
        value = (value or {}).get(key)
    return value


def plain(text: str | None) -> str | None:
    return text.replace("\u00a0", " ") if text else None


def body(labels: Plain | None) -> Plain | None:
    short, long = (plain(below(labels, key)) for key in ("abrege", "developpe"))
    reference = below(labels, "organeRef")
    return (short or long) and {
        "libelle": short or long,
        "libelle_long": long if long != short and short else None,
        "ref": reference if re.fullmatch(r"PO\d+", reference or "") else None,
    }


def place(jo: Plain | None) -> Plain | None:
    if not below(jo, "dateJO"):
        return None
    page = below(jo, "pageJO")
    return {"jour": day(jo["dateJO"]), "page": int(page) if page else None,
            "numero": jo.get("numJO"), "type": jo.get("typeJO")}  # fmt: skip


def of_json(q: Plain) -> Plain:
    index, end = q["indexationAN"], q.get("cloture") or {}
    legislature, numero = (q["identifiant"][name] for name in ("legislature", "numero"))
    analyses = many(below(index, "analyses", "analyse") or below(index, "ANALYSE", "ANA"))
    parutions = [place(t["infoJO"]) for t in many(below(q, "textesQuestion", "texteQuestion"))]
    closed, reponses = place(end.get("infoJO")), []
    for answer in many(below(q, "textesReponse", "texteReponse")):
        jo = place(answer["infoJO"])
        if closed and jo and closed["jour"] == jo["jour"]:
            jo = {key: jo[key] or closed[key] for key in jo}
        reponses.append({"jo": jo, "page_de_section": True, **told(answer["texte"])})
    if end.get("codeCloture") == "REP_PUB" and not reponses:
        reponses = [{"jo": closed, "page_de_section": True}]
    return {
        "uid": f"QANR5L{legislature}{q['type']}{numero}",
        "legislature": int(legislature),
        "type": q["type"],
        "numero": int(numero),
        "auteur": {
            "acteur_ref": q["auteur"]["identite"]["acteurRef"],
            "mandat_ref": q["auteur"]["identite"].get("mandatRef"),
        },
        "chaine_complete": True,
        "titre": plain(". ".join(analyses)),
        "analyses": analyses if len(analyses) > 1 else [],
        "tete_analyse": index.get("teteAnalyse"),
        **told(below(q, "textesQuestion", "texteQuestion", "texte")),
        "rubrique": index["rubrique"],
        "groupe": body(q["auteur"].get("groupe")),
        "ministere_interroge": body(q["minInt"]),
        "attributions": [
            {"ministere": body(step["denomination"]), "jo": place(step.get("infoJO"))}
            for step in many(below(q, "minAttribs", "minAttrib"))
        ],
        "parutions": parutions or [r["jo"] for r in reponses],
        "reponses": reponses,
        "cloture": end.get("dateCloture") and {
            "jour": day(end["dateCloture"]), "code": end["codeCloture"],
            "libelle": end["libelleCloture"], "jo": closed,
        },
        "restes": [
            {"libelle": "question.auteur.groupe.organeRef", "texte": ref}
            for ref in [below(q, "auteur", "groupe", "organeRef")] if ref == "POnull"
        ],
    }  # fmt: skip


def stated(data: bytes) -> Iterable[Plain]:
    root = json.loads(data)
    several = below(root, "questionsOralesSansDebat", "question")
    return map(of_json, several or [root["question"]])


def official() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((REAL / folder).rglob("*.json"))


def readings() -> Iterator[tuple[str, Plain, Plain]]:
    """Yield (file, what this module reads, what the readers read) of each question."""
    for path in [*official(), BIG]:
        data = path.read_bytes()
        told_there = list(records([path]))
        for here, record in zip(stated(data), told_there, strict=True):
            there = json.loads(msgspec.json.encode(read(record).question))
            sha256 = hashlib.sha256(data if len(told_there) == 1 else record.data).hexdigest()
            assert there.pop("sources")[0]["sha256"] == sha256
            yield path.name, comparable(here), comparable(there)


@pytest.mark.shared
@pytest.mark.slow
def test_no_field_differs() -> None:
    """Every field of every record; those that no real record states are named."""
    compared, differing = Counter[str](), {}
    for name, here, there in readings():
        fields = {*here, *there}
        compared.update(["records", *fields])
        for field in fields:
            if here.get(field) != there.get(field):
                differing[name, here["uid"], field] = here.get(field), there.get(field)
    assert differing == {}
    assert compared.pop("records") == RECORDS
    assert {field.name for field in msgspec.structs.fields(Question)} - set(compared) == {
        "sources", "errata", "corrections", "rappels", "donnees_au", "fin_legislature",
        "groupe_imprime", "circonscription", "lieux_election", "ministere_repondant",
        "signalements", "renouvellements",
    }  # fmt: skip


@pytest.mark.shared
def test_a_closure_on_another_day_than_the_answer_is_told(iris: Iris) -> None:
    """A real record says that an answer of 29 July closed it, and has one of 14 July."""
    [path] = REAL.rglob("QANR5L15QG4237.json")
    verdict = convert(Record(path.name, path.name, path.read_bytes()), iris)
    assert isinstance(verdict, Accepted)
    [remark] = [f.wrong for f in verdict.remarks if "closed by" in f.wrong]
    assert remark == "closed by an answer of 2021-07-29, and no answer bears that date"
