"""Real records read a second time, by code that shares nothing with the readers: no difference; and
each fact of official ones is in the graph, and nothing else.

What is expected are plain objects, of the shape that the fields of `Question` have. Names of keys,
tags and labels are those of the Assemblée. Texts are compared without white space, and their markup
by the tags that matter, which lxml finds; the readers use another parser.
"""

import hashlib
import html
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import lxml.etree
import lxml.html
import msgspec
import pytest
from pyoxigraph import Quad, Store

from lod.base.inputs import Record, records
from lod.model.question import Question
from lod.pipeline.settling.convert import Accepted, convert
from lod.rdf.iris import Iris
from lod.rdf.ontology import code_lists
from lod.rdf.store import select
from lod.sources.forms import read
from tests.support.paths import NEW, REAL

Plain = dict[str, Any]
FOUND = REAL / "found"
BIG = NEW / "qosd-L14/Questions_orales_sans_debat_XIV.json"
OFFICIAL = (FOUND / "json-L15-QG", FOUND / "json-L15-QG-autre-version", REAL / "json")
RECORDS = 87 + 301 + 291
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre"),
    *("octobre", "novembre", "décembre"),
)
TYPES = {"Question écrite": "QE", "Question orale sans débat": "QOSD"}
NO_MARKUP = {"p", "br", "div", "center", "a", "span", "html", "body", "font", "tbody"}
TEXTS = {"texte", "texte_html"}
FOUNDED = {"PO759900": "2018-10-18"}  # groups that some records name before they were there
PATHS = {  # fact → path to it from a question
    "uid": "qp:uid",
    "numero": "qp:numero",
    "legislature": "qp:legislature/qp:numero",
    "type": "qp:typeQuestion/skos:notation",
    "titre": "qp:titre",
    "rubrique": "qp:rubrique/skos:prefLabel",
    "auteur": "qp:auteur/qp:uid",
    "mandat": "qp:mandatRef",
    "groupe": "qp:libelleGroupe",
    "organe du groupe": "qp:groupe/qp:uid",
    "ministère interrogé": "qp:libelleMinistereInterroge",
    "ministère attributaire": "qp:attribution/qp:libelle",
    "jour d’attribution": "qp:attribution/qp:date",
    "texte": "qp:texte",
    "parution": "qp:dateParution",
    "réponse": "qp:reponse/qp:date",
    "texte de la réponse": "qp:reponse/qp:texte",
    "page de la réponse": "qp:reponse/qp:page",
    "retrait": "qp:dateRetrait",
}


def day(text: str) -> str:
    if named := re.fullmatch(r"(\d+)(?:er)? (\w+) (\d{4})", text):
        return f"{named[3]}-{MONTHS.index(named[2]) + 1:02}-{int(named[1]):02}"
    return "-".join(reversed(text.split("/"))) if "/" in text else text


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


def identity(legislature: str | None, type_: str | None, numero: str | None) -> Plain:
    assert legislature and numero
    return {"uid": f"QANR5L{legislature}{type_}{numero}", "legislature": int(legislature),
            "type": type_, "numero": int(numero)}  # fmt: skip


def titled(analyses: list[str]) -> Plain:
    return {"titre": plain(". ".join(analyses)), "analyses": analyses if len(analyses) > 1 else []}


def of_json(q: Plain) -> Plain:
    index, end = q["indexationAN"], q.get("cloture") or {}
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
        **identity(q["identifiant"]["legislature"], q["type"], q["identifiant"]["numero"]),
        "auteur": {
            "acteur_ref": q["auteur"]["identite"]["acteurRef"],
            "mandat_ref": q["auteur"]["identite"].get("mandatRef"),
        },
        "chaine_complete": True,
        **titled(many(below(index, "analyses", "analyse") or below(index, "ANALYSE", "ANA"))),
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


def of_xml(data: bytes) -> Plain:
    """Return what the older XML says, which has the numbers of references and issues alone."""
    root = lxml.etree.fromstring(data)

    def text(path: str, node: Any = root) -> str | None:
        found = [part.strip() for part in node.xpath(path) if part.strip()]
        return found[0] if found else None

    def issue(node: Any) -> Plain | None:
        date, page, number = (
            text(f"{name}/text()", node)
            for name in ("*[starts-with(name(), 'DATE_')]", "PAGE_JO", "NUMERO_JO")
        )
        if not date:
            return None
        year = day(date)[:4]
        return {"jour": day(date), "page": page and int(page), "type": text("TYPE_JO/text()", node),
                "numero": number and f"{year}{int(number):04}"}  # fmt: skip

    def named(node: Any, reference: str) -> Plain:
        return {"libelle": text("ABREGE/text()|@SIGLE", node), "ref": f"PO{text(reference, node)}",
                "libelle_long": text("DEVELOPPE/text()|LIBELLE/text()", node)}  # fmt: skip

    [group], [mini], [end] = root.xpath("GROUPE"), root.xpath("MINI"), root.xpath("CLOTURE")
    closed, answered = issue(end), day(text("REPONSE/DATE_JO_REPONSE/text()") or "")
    assert closed and closed["jour"] == answered
    return {
        **identity(text("LEGISLATURE/text()"), text("@TYPE"), text("DEPOT/@NUMERO")),
        "auteur": {
            "acteur_ref": f"PA{text('AUTEUR/ID_ACTEUR/text()')}",
            "mandat_ref": f"PM{text('AUTEUR/@ID_MANDAT')}",
            "civilite": text("AUTEUR/CIVILITE/text()"),
            "nom": f"{text('AUTEUR/PRENOM/text()')} {text('AUTEUR/NOM/text()')}",
        },
        "chaine_complete": True,
        **titled(root.xpath("INDEXATION_AN/ANALYSE/ANA/text()")),
        "tete_analyse": text("INDEXATION_AN/TETE_ANALYSE/text()"),
        **told(text("DEPOT/TEXTE_DEPOT/text()")),
        "rubrique": text("INDEXATION_AN/@RUBRIQUE"),
        "groupe": named(group, "ID_GROUPE/text()"),
        "circonscription": {
            "nom": text("CIRCONSCRIPTION/DEPARTEMENT/text()"),
            "numero": int(text("CIRCONSCRIPTION/@NUMERO_CIRCONSCRIPTION") or 0),
            "departement": text("CIRCONSCRIPTION/CODE_DEPARTEMENT/text()"),
        },
        "lieux_election": [text("CIRCONSCRIPTION/REGION/text()")],
        "ministere_interroge": named(mini, "ID_MINI/text()"),
        "attributions": [
            {"ministere": named(step, "ID_MINA/text()"), "jo": issue(step)}
            for step in root.xpath("MINA/ORDRE")
        ],
        "parutions": [issue(root.xpath("DEPOT")[0])],
        "reponses": [{
            "jo": closed | {"page": int(text("REPONSE/PAGE_JO_REPONSE/text()") or 0)},
            "page_de_section": False, **told(text("REPONSE/TEXTE_REPONSE/text()")),
        }],
        "renouvellements": [issue(step) for step in root.xpath("RENOUVELLEMENT/ORDRE")],
        "cloture": {"jour": closed["jour"], "code": text("ABREGE/text()", end),
                    "libelle": text("LIBELLE/text()", end), "jo": closed},
    }  # fmt: skip


def of_fiche(data: bytes) -> Plain:
    """Return what a page « FICHE QUESTION » says, a tag a fact."""
    page = data.decode("windows-1252")

    def tag(name: str) -> str:
        inside = re.search(rf"<{name}>(.*?)</{name}>", page, re.S)
        return inside[1].strip() if inside else ""

    def issue(date: str, number: str) -> list[Plain]:
        jo = {"jour": day(tag(date)), "page": int(tag(number) or 0) or None}
        return [jo] if tag(date) else []

    *surname, first_name = tag("AUT").split()
    end = day(tag("DRET") or tag("DPR"))
    return {
        **identity(tag("NLEG"), tag("NAT"), tag("NUM")),
        "auteur": {"civilite": tag("CIV"), "nom": " ".join([first_name, *surname])},
        "chaine_complete": False,
        **titled(tag("ANA").rstrip(".").split(". ")),
        "tete_analyse": tag("TANA"),
        **told(tag("QUEST")),
        "rubrique": tag("RUB"),
        "groupe": {"libelle": tag("GRP"), "libelle_long": tag("GROUPE")},
        "lieux_election": [tag("DEPT"), tag("REG")],
        "ministere_interroge": {"libelle": tag("MINI")},
        "attributions": [{"ministere": {"libelle": tag("MINA")}}],
        "parutions": issue("DPQ", "PGQ"),
        "reponses": [
            {"jo": jo, "page_de_section": False, **told(debate_or_answer(page))}
            for jo in issue("DPR", "PGREP")
        ],
        "cloture": {"jour": end, "code": tag("CODRET"), "libelle": tag("CRET")},
    }


def debate_or_answer(page: str) -> str:
    """Return the answer of a fiche: in a tag, or after « DEBAT »."""
    inside = re.search(r"<REP>(.*?)</REP>", page, re.S) or re.search(
        r"DEBAT : </U></B>\s*</TD><TD[^>]*>(.*?)<COMPREP>", page, re.S
    )
    return inside[1] if inside else ""


def of_page(data: bytes) -> Plain:
    page = lxml.html.fromstring(data.decode())
    words = " ".join(page.xpath("//section[@class='question_header']//text()")).split()
    header = re.fullmatch(
        r"Question N° (\d+) de (\S+) (.+?) \((.+) - (.+?) \) (Question .+)", " ".join(words)
    )
    assert header
    numero, civilite, nom, groupe, lieu, kind = header.groups()
    [term] = page.xpath("//header[@class='question_legislature']/text()")
    [link] = page.xpath("//section[@class='question_header']//a/@href")

    def label(name: str) -> str:
        found = page.xpath(f'//span[starts-with(normalize-space(), "{name} >")]/..')
        return " ".join(found[0].text_content().split()).partition("> ")[2] if found else ""

    dates = [
        " ".join(line.text_content().split())
        for line in page.xpath("//div[@class='question_publish_date']/div")
    ]

    def issues(name: str) -> Iterator[Plain]:
        for line in dates:
            if printed := re.match(rf"{name} publiée au JO le : (\S+)(?: page : (\d+))?", line):
                yield {"jour": day(printed[1]), "page": int(printed[2] or 0) or None}

    def text(name: str) -> str:
        [found] = page.xpath(f"//div[@class='{name}']")
        for aside in found.xpath("h3|.//form"):
            aside.drop_tree()
        return lxml.html.tostring(found, encoding="unicode")

    withdrawn = [re.search(r"retirée le ?: (\S+) \((.*)\)", line) for line in dates]
    return {
        **identity(re.sub(r"\D", "", term), TYPES[kind], numero),
        "auteur": {"acteur_ref": link.rpartition("_")[2], "civilite": civilite, "nom": nom},
        "chaine_complete": False,
        **titled((label("Analyse") or label("Titre")).strip(". ").split(". ")),
        "tete_analyse": label("Tête d'analyse"),
        **told(text("question")),
        "rubrique": label("Rubrique"),
        "groupe": {"libelle": groupe},
        "lieux_election": [lieu],
        "ministere_interroge": {"libelle": label("Ministère interrogé")},
        "attributions": [{"ministere": {"libelle": label("Ministère attributaire")}}],
        "parutions": list(issues("Question")),
        "reponses": [
            {"jo": jo, "page_de_section": False, **told(text("answer"))} for jo in issues("Réponse")
        ],
        "cloture": next(
            ({"jour": day(end[1]), "libelle": end[2].strip()} for end in withdrawn if end), None
        ),
    }


def of_text(data: bytes, name: str) -> Plain:
    """Return what a page saved as text says; its name says which question it is."""
    lines = [line.strip() for line in data.decode().splitlines() if line.strip(" |\t")]
    all_of_it = "\n".join(lines)
    named = re.search(r"L?(\d+)(?:-(\d+)QE|QE(\d+))", name)
    assert named

    def after(label: str) -> str:
        stated = re.search(rf"^{label}\s*:?\s*(.+)$", all_of_it, re.M)
        return stated[1] if stated else ""

    def days(phrase: str) -> list[str]:
        return re.findall(rf"{phrase} (.+)", all_of_it)

    place = re.search(r"^(\S.*?) \((\d+)(?:e|re) circonscription\) - (.+)$", all_of_it, re.M)
    texts = [line for line in lines if len(line) > 300]
    author = re.match(r"(M\.?|Mme) (.+)", after("Auteur") or " ".join(texts[0].split()[:3]))
    assert author
    asked, charged = after("Ministère interrogé"), after("Ministère répondant")
    answered = after("Réponse publiée le")
    end = after("Question retirée le") or after("Date de cl[oô]ture")
    return {
        **identity(named[1], "QE", named[2] or named[3]),
        "auteur": {"civilite": "Mme" if author[1] == "Mme" else "M.", "nom": author[2]},
        "chaine_complete": False,
        "titre": (lines[1] if lines[0].endswith(":") else lines[0]) if place else None,
        **told(texts[0]),
        "rubrique": after("Rubrique"),
        "groupe": place and {"libelle": place[3]},
        "circonscription": place and {"nom": place[1], "numero": int(place[2])},
        "lieux_election": [place[0].rpartition(" - ")[0]] if place else [],
        "ministere_interroge": asked and {"libelle": asked},
        "ministere_repondant": answered and charged and {"libelle": charged},
        "attributions": [{"ministere": {"libelle": charged}}] if charged else [],
        "parutions": [{"jour": day(d)} for d in days("Question publiée le")],
        "reponses": [
            {"jo": {"jour": day(d)}, "page_de_section": False, **told("".join(texts[1:]))}
            for d in days("Réponse publiée le")[:1]
        ],
        "signalements": [{"jo": {"jour": day(d)}} for d in days("signalée au Gouvernement le")],
        "cloture": end and {"jour": day(end), "libelle": lines[lines.index("Fin de mandat")]},
    }  # fmt: skip


def stated(path: Path, data: bytes) -> Iterable[Plain]:
    if path.suffix == ".json":
        root = json.loads(data)
        questions = many(
            below(root, "questionsOralesSansDebat", "question") or root.get("question")
        )
        yield from map(of_json, questions)
    elif path.suffix == ".xml":
        yield of_xml(data)
    elif path.suffix == ".html":
        yield of_page(data) if b"question_header" in data else of_fiche(data)
    else:
        yield of_text(data, path.stem)


def readings() -> Iterator[tuple[str, Plain, Plain]]:
    """Yield (file, what this module reads, what the readers read) of each question."""
    for path in [*sorted(FOUND.rglob("*.*")), *sorted(OFFICIAL[-1].rglob("*.json")), BIG]:
        data = path.read_bytes()
        told_there = list(records([path]))
        for here, record in zip(stated(path, data), told_there, strict=True):
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
        "groupe_imprime",
    }  # fmt: skip


def facts(q: Plain) -> Iterator[tuple[str, Any]]:
    """Yield (fact, value) of each fact of an official record, as this module reads it."""
    own = ("uid", "numero", "legislature", "type", "titre", "rubrique", "texte")
    yield from ((name, q.get(name)) for name in own)
    yield "auteur", q["auteur"]["acteur_ref"]
    yield "mandat", q["auteur"].get("mandat_ref")
    group = q.get("groupe", {})
    yield "groupe", group.get("libelle_long")
    if min(jo["jour"] for jo in q["parutions"]) >= FOUNDED.get(group.get("ref"), ""):
        yield "organe du groupe", group.get("ref")
    yield "ministère interrogé", q["ministere_interroge"]["libelle"]
    for step in q["attributions"]:
        yield "ministère attributaire", step["ministere"]["libelle"]
        yield "jour d’attribution", below(step, "jo", "jour")
    for jo in q["parutions"]:
        yield "parution", jo["jour"]
    for answer in q.get("reponses", ()):
        yield "réponse", answer["jo"]["jour"]
        yield "texte de la réponse", answer.get("texte")
        yield "page de la réponse", answer["jo"].get("page")
    if end := q.get("cloture"):
        if end["code"] != "REP_PUB":
            yield "retrait", end["jour"]
        elif all(answer["jo"]["jour"] != end["jour"] for answer in q["reponses"]):
            yield "clôture", f"{end['jour']}, page {end['jo']['page']}"


def published(verdict: Accepted, iris: Iris) -> Iterator[tuple[str, Any]]:
    """Yield (fact, value) of each fact that the graph states."""
    store = Store()
    triples = chain(verdict.triples(), code_lists())
    store.extend(Quad(t.subject, t.predicate, t.object) for t in triples)
    question = iris.question(verdict.question.uid)
    asked = [
        f"""{{ {question} {path.rpartition("/")[0] or "qp:uid"} ?node .
            {"?node" if "/" in path else question} {path.rpartition("/")[2]} ?value
            BIND("{fact}" AS ?fact) }}"""
        for fact, path in PATHS.items()
    ]
    asked.append(f"""{{ {question} qp:evenement [ a qp:Cloture ; qp:date ?day ; qp:page ?page ]
        BIND("clôture" AS ?fact) BIND(CONCAT(STR(?day), ", page ", STR(?page)) AS ?value) }}""")
    query = f"SELECT DISTINCT ?fact ?node ?value {{ {' UNION '.join(asked)} }}"
    yield from ((row["fact"], row["value"]) for row in select(store, query))


@pytest.mark.shared
@pytest.mark.slow
def test_every_fact_is_in_the_graph_and_nothing_else(iris: Iris) -> None:
    checked, differing = Counter[str](), {}
    for path in (path for folder in OFFICIAL for path in sorted(folder.rglob("*.json"))):
        data = path.read_bytes()
        verdict = convert(Record(path.name, path.name, data), iris)
        assert isinstance(verdict, Accepted)
        [here] = map(comparable, stated(path, data))
        expected, found = (
            Counter((fact, squeezed(str(value))) for fact, value in some if value)
            for some in (facts(here), published(verdict, iris))
        )
        if not any(fact == "organe du groupe" for fact, _ in expected):  # then it is of the tables
            found = Counter({pair: n for pair, n in found.items() if pair[0] != "organe du groupe"})
        checked.update(["records", *(fact for fact, _ in expected.elements())])
        if expected != found:
            differing[path.name] = expected - found, found - expected
    assert differing == {}
    assert checked.pop("records") == 66 + 2 + 301
    assert {*PATHS, "clôture"} - set(checked) == {"retrait"}  # no such record states one


@pytest.mark.shared
def test_a_closure_on_another_day_than_the_answer_is_told(iris: Iris) -> None:
    """A real record says that an answer of 29 July closed it, and has one of 14 July."""
    [path] = REAL.rglob("QANR5L15QG4237.json")
    verdict = convert(Record(path.name, path.name, path.read_bytes()), iris)
    assert isinstance(verdict, Accepted)
    [remark] = [f.wrong for f in verdict.remarks if "closed by" in f.wrong]
    assert remark == "closed by an answer of 2021-07-29, and no answer bears that date"
