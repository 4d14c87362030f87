"""The official record as JSON, in the dialects of legislatures 14 to 17, and as XML, with its
namespace or without; and big files of such records.

Nothing is spelled in five ways, « none, one or many » in three, and a value may be in `#text`.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from msgspec.structs import replace

from lod.model.question import JO, Erratum, Organe, Question
from tests.support.synthetic.fragments import (
    blocks,
    by_number,
    escaped,
    fragment,
    slashed,
    texts_of,
)

Text = Callable[[list[str], Random], str]
XMLNS = "http://schemas.assemblee-nationale.fr/referentiel"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
TYPES = {"QE": "QuestionEcrite_Type", "QG": "QuestionGouvernement_Type"}
PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n'
MISSING = object()
NOTHING: tuple[Any, ...] = (None, MISSING, "", {}, {"@xmlns:xsi": XSI, "@xsi:nil": "true"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    slashed: bool = False  # dates as DD/MM/YYYY
    ana: bool = False  # the title in ANALYSE.ANA
    tete: bool = False  # teteAnalyse is in use
    refs: bool = False  # ministries bear their reference
    closing: bool = True  # of an answer in the debates only the closure states the page
    namespaces: bool = True


L14 = Dialect(tete=True, namespaces=False)
L15 = Dialect(slashed=True, ana=True)
L16 = Dialect()
L17 = Dialect(refs=True, closing=False)
MANY_ANA = Dialect(tete=True, ana=True, namespaces=False)  # XML of L14, where JSON has `analyses`


def write_json(question: Question, rng: Random, dialect: Dialect = L17) -> bytes:
    tree = {"question": spelled(record(question, rng, dialect, fragment), rng)}
    return json.dumps(tree, ensure_ascii=rng.random() < 0.3).encode()


def big_json(
    questions: Iterable[Question], rng: Random, dialect: Dialect = L14, indent: int | None = None
) -> Iterator[bytes]:
    """Yield the pieces of one big file, as legislature 14 has it."""
    yield b'{"questionsEcrites": {"question": ['
    comma = ""
    for question in questions:
        tree = spelled(record(question, rng, dialect, fragment), rng)
        yield f"{comma}\n{json.dumps(tree, ensure_ascii=False, indent=indent)}".encode()
        comma = ","
    yield b"\n]}}\n"


def json_array(questions: Iterable[Question], rng: Random) -> Iterator[bytes]:
    for n, question in enumerate(questions):
        yield (b",\n" if n else b"\xef\xbb\xbf[\n") + write_json(question, rng)
    yield b"\n]\n"


def json_lines(questions: Iterable[Question], rng: Random) -> Iterator[bytes]:
    for question in questions:
        yield write_json(question, rng) + rng.choice((b"\n", b"\r\n", b"\n\n"))


def record(question: Question, rng: Random, dialect: Dialect, text: Text) -> dict[str, Any]:
    """Return what stands below `question`: None for nothing, a list for none, one or many."""
    q = question
    titles = list(q.analyses or ((q.titre,) if q.titre else ()))
    tree: dict[str, Any] = {"@xmlns": XMLNS, "@xmlns:xsi": XSI} if dialect.namespaces else {}
    if dialect.namespaces:
        tree["@xsi:type"] = TYPES.get(q.type, "QuestionOrale_Type")
    tree |= {
        "uid": q.uid,
        "identifiant": {
            "numero": str(q.numero),
            "regime": "5eme Republique",
            "legislature": str(q.legislature),
        },
        "type": q.type,
        "indexationAN": {
            "rubrique": q.rubrique,
            "teteAnalyse": q.tete_analyse if dialect.tete else None,
            **({"ANALYSE": {"ANA": titles}} if dialect.ana else {"analyses": {"analyse": titles}}),
        },
        "auteur": {
            "identite": {"acteurRef": q.auteur.acteur_ref, "mandatRef": q.auteur.mandat_ref},
            "groupe": _organe(q.groupe, refs=True),
        },
    }
    return tree | _life(q, rng, dialect, text)


def _life(q: Question, rng: Random, dialect: Dialect, text: Text) -> dict[str, Any]:
    attributions = [
        {"infoJO": _jo(a.jo, dialect), "denomination": _organe(a.ministere, dialect.refs)}
        for a in q.attributions
    ]
    life = {
        "minInt": _organe(q.ministere_interroge, dialect.refs),
        "minAttribs": {"minAttrib": attributions},
        "textesQuestion": _below("texteQuestion", _questions(q, rng, dialect, text)),
        "textesReponse": _below("texteReponse", _reponses(q, rng, dialect, text)),
        "cloture": _cloture(q, dialect),
    }
    if q.type != "QG":
        life["signalement"] = [
            {"dateDepotSignal": _date(s.depot, dialect), "infoJO": _jo(s.jo, dialect)}
            for s in q.signalements
        ]
        renewals = [{"infoJO": _jo(jo, dialect)} for jo in q.renouvellements]
        life["renouvellements"] = _below("renouvellement", renewals)
    return life


def _below(name: str, found: list[dict[str, Any]]) -> dict[str, Any] | None:
    return {name: found} if found else None


def _questions(q: Question, rng: Random, dialect: Dialect, text: Text) -> list[dict[str, Any]]:
    if q.type == "QG":
        return []
    lines = texts_of(q) or [[]]
    errata = [e for e in q.errata if e.corrige == "question"]
    return [
        {
            "infoJO": _jo(jo, dialect),
            "texte": text(part, rng) if part else None,
            **_erratum(errata if n == 0 else [], rng, text),
        }
        for n, (jo, part) in enumerate(zip(q.parutions, lines, strict=True))
    ]


def _reponses(q: Question, rng: Random, dialect: Dialect, text: Text) -> list[dict[str, Any]]:
    errata = [e for e in q.errata if e.corrige == "reponse"]
    return [
        {
            "infoJO": _jo(_answered(reponse.jo, q, dialect), dialect),
            "texte": by_number(text(blocks(reponse.texte, reponse.texte_html), rng)),
            **_erratum([e for e in errata if e.rang == rang], rng, text),
        }
        for rang, reponse in enumerate(q.reponses, start=1)
    ]


def _answered(jo: JO, q: Question, dialect: Dialect) -> JO:
    closed = q.cloture.jo if dialect.closing and q.cloture else None
    return replace(jo, page=None) if closed and closed.jour == jo.jour else jo


def _erratum(errata: list[Erratum], rng: Random, text: Text) -> dict[str, Any]:
    return {"erratum": text([escaped(errata[0].texte or "")], rng)} if errata else {}


def _cloture(q: Question, dialect: Dialect) -> dict[str, Any] | None:
    if q.cloture is None:
        return None
    return {
        "codeCloture": q.cloture.code,
        "libelleCloture": q.cloture.libelle,
        "dateCloture": _date(q.cloture.jour, dialect),
        "infoJO": _jo(q.cloture.jo, dialect) if q.cloture.jo else None,
    }


def _organe(organe: Organe | None, refs: bool) -> dict[str, Any] | None:
    if organe is None:
        return None
    ref = {"organeRef": organe.ref} if refs else {}
    return {**ref, "abrege": organe.libelle, "developpe": organe.libelle_long}


def _jo(jo: JO | None, dialect: Dialect) -> dict[str, Any] | None:
    if jo is None:
        return None
    return {
        "typeJO": jo.type,
        "dateJO": _date(jo.jour, dialect),
        "pageJO": str(jo.page) if jo.page else None,
        "numJO": jo.numero,
        "urlLegifrance": None,
        "referenceNOR": None,
    }


def _date(day: Any, dialect: Dialect) -> str | None:
    if day is None:
        return None
    return slashed(day) if dialect.slashed else day.isoformat()


def spelled(value: Any, rng: Random) -> Any:
    """Return a tree with its nothings and its lists in one of the spellings that are in use."""
    if isinstance(value, dict):
        items = ((key, spelled(item, rng)) for key, item in value.items())
        return {key: item for key, item in items if item is not MISSING}
    if isinstance(value, list) and value:
        many = [spelled(item, rng) for item in value]
        return many[0] if len(many) == 1 and rng.random() < 0.9 else many
    if not value:
        return None if rng.random() < 0.8 else rng.choice(NOTHING)
    return {"#text": value} if rng.random() < 0.02 else value


class Xml(str):
    """A text that is XML already."""

    def translate(self, table: Any) -> "Xml":
        """Return the text with other letters; it stays XML."""
        return Xml(super().translate(table))


def write_xml(question: Question, rng: Random, dialect: Dialect = L17) -> bytes:
    return (PROLOG + _element("question", record(question, rng, dialect, _text), rng)).encode()


def big_xml(
    questions: Iterable[Question], rng: Random, dialect: Dialect = MANY_ANA
) -> Iterator[bytes]:
    yield (PROLOG + "<questionsEcrites>").encode()
    for question in questions:
        tree = record(question, rng, dialect, _text)
        yield f"\n{_element('question', tree, rng)}".encode()
    yield b"\n</questionsEcrites>\n"


def _text(lines: list[str], rng: Random) -> Xml:
    """Return a text as escaped characters, as CDATA, or as elements."""
    way = rng.randrange(3)
    if way == 2:
        return Xml("".join(f"<p>{line}</p>" for line in lines))
    text = fragment(lines, rng)
    return Xml(f"<![CDATA[{text}]]>" if way else escape(text))


def _element(name: str, value: Any, rng: Random) -> str:
    if isinstance(value, list):
        return "".join(_element(name, item, rng) for item in value) or _nothing(name, rng)
    if not value:
        return _nothing(name, rng)
    if not isinstance(value, dict):
        return f"<{name}>{value if isinstance(value, Xml) else escape(value)}</{name}>"
    attributes = "".join(
        f" {key[1:]}={quoteattr(item)}" for key, item in value.items() if key[0] == "@"
    )
    children = "\n".join(_element(key, item, rng) for key, item in value.items() if key[0] != "@")
    return f"<{name}{attributes}>{children}</{name}>"


def _nothing(name: str, rng: Random) -> str:
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    return rng.choice(("", f"<{name}/>", f"<{name}></{name}>", f'<{name} {xsi} xsi:nil="true"/>'))
