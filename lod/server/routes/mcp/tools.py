"""What each tool answers: a sentence, and the fields that its output schema names.

Each is a thin function over search, reconciliation, the catalogue of queries or the store.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

import orjson
from pyoxigraph import NamedNode

from lod.model.question import Question
from lod.publish.query_catalogue import CatalogueQuery, all_queries, bind
from lod.publish.search.parameters import PER_PAGE
from lod.publish.search.results import FoundQuestion, search_results
from lod.publish.search.search_request import SearchRequest, read_request
from lod.rdf.ontology import labels
from lod.rdf.vocab import RDFS_COMMENT
from lod.server.common.problems import Problem
from lod.server.engine.current_release import ServedRelease
from lod.server.limits import LINK_BYTES
from lod.server.routes import openapi
from lod.server.routes.context import notes
from lod.server.routes.dereference import named_form, page_about
from lod.server.routes.endpoint import query_hash, reply_to
from lod.server.routes.mcp.answers import Arguments, ToolAnswer, ToolError
from lod.server.routes.mcp.definitions import Json
from lod.server.routes.mcp.questions import (
    cited,
    known_question,
    place,
    quotations,
    reference,
    speakers,
)
from lod.server.routes.mcp.schema import schema
from lod.server.routes.mcp.tables import own_preview, own_rows, preview_of, table
from lod.server.routes.protocol import QueryRequest, read_only
from lod.server.routes.reconcile import match_batch
from lod.server.routes.site_files import search_index_of
from lod.website.question_tables import MEASURES

STATISTICS = {  # what statistics are counted by → the query that has them
    name: f"statistiques-{name}"
    for name in ("legislatures", "groupes", "ministeres", "portefeuilles")
}
RESOURCE_STATISTICS = "fiche-chiffres"
# words of SPARQL Update; what has one and is no query was meant to change the data
_UPDATE = re.compile(r"\b(insert|delete|load|clear|drop|create|copy|move|add)\b", re.IGNORECASE)


def chercher_questions(release: ServedRelease, given: Arguments) -> ToolAnswer:
    """Find and count the questions that words and filters choose."""
    index, asked = search_index_of(release), read_request(given)
    for facet, key in asked.filters:
        if not index.values_named(facet, key):
            remedy = "demandez sa valeur à resoudre, ou lisez les facettes d’une recherche sans lui"
            raise ToolError(f"{facet} : rien n’a la valeur « {key} » ; {remedy}")
    found = search_results(index, asked)
    iris = [f"{release.base}question/{one.hit.uid}" for one in found.questions]
    rows = {row["iri"]: row for row in own_rows(release, openapi.chosen(iris))}
    has_more = asked.page * asked.taille < found.total
    facets = {
        name: [_choice(c.key, c.name, c.iri, c.count) for c in choices]
        for name, choices in found.facets.items()
    }
    fields = {
        "total": found.total,
        "numeroDePage": asked.page,
        "suite": asked.page + 1 if has_more else None,
        "questions": [
            _found(release, one, rows[iri])
            for one, iri in zip(found.questions, iris, strict=True)
            if iri in rows
        ],
        "facettes": facets,
    }
    return ToolAnswer(f"Questions trouvées : {found.total}.", _search_page(release, asked), fields)


def _choice(key: str, name: str, iri: str, count: int) -> Json:
    return {"cle": key, "nom": name, "iri": iri, "nombre": count}


def _found(release: ServedRelease, one: FoundQuestion, row: Json) -> Json:
    """Return a question of a search: facts, reference, and an excerpt as a quotation."""
    question = known_question(release, one.hit.uid)
    facts = _facts(release, question, row) if question else row
    if question and one.excerpt:
        asks, answers = _speakers(question, row)
        author, places = asks, [question.parution]
        if one.excerpt.part == "reponse":
            author, places = answers, [answer.jo for answer in question.reponses]
        # of several answers, the excerpt does not say which one it is from
        jo = places[0] if len(places) == 1 else None
        facts["citation"] = cited(author, one.excerpt.passage.text, jo)
    return facts


def _search_page(release: ServedRelease, asked: SearchRequest) -> str:
    return replace(asked, page=1, taille=PER_PAGE).address(f"{release.base}recherche")


def lire_question(release: ServedRelease, given: Arguments) -> ToolAnswer:
    """Read one question with its texts."""
    name = given["question"].strip().removeprefix(release.base)
    uid = named_form(name)[0].removeprefix("question/").partition("#")[0].upper()
    if reason := release.withheld.get(uid):
        raise Problem("retiree-de-la-publication", reason)
    question = known_question(release, uid)
    if question is None:
        remedy = "donnez un identifiant comme QANR5L15QE43349, que chercher_questions trouve"
        raise ToolError(f"question : « {given['question'][:80]} » n’est pas publiée ; {remedy}")
    [row] = own_rows(release, openapi.chosen([f"{release.base}question/{uid}"]))
    texts = [*quotations(question, _speakers(question, row), int(given["partie"]))]
    facts = _facts(release, question, row)
    sentence = f"Textes de la question {uid} : {len(texts)}."
    fields = {"question": facts, "textes": texts}
    return ToolAnswer(sentence, facts["page"], fields, _named(question, row))


def _named(question: Question, row: Json) -> str:
    """Return a question as its page says that it is cited."""
    author = row.get("auteur_nom", "auteur non indiqué")
    where = f", {place(question.parution)}" if question.parution else ""
    return f"{author}, « {question.titre or 'sans titre'} », question {question.uid}{where}"


def _facts(release: ServedRelease, question: Question, row: Json) -> Json:
    """Return a question: the columns of a row about it, and by what it is cited."""
    facts = {name: value for name, value in row.items() if name != "texte"}  # it is a quotation
    return {**facts, **reference(release, question)}


def _speakers(question: Question, row: Json) -> tuple[str, str]:
    """Return who says a question and who answers it, by the names of a row about it."""
    author = row.get("auteur_nom", "auteur non indiqué")
    return speakers(question, author, row.get("ministere_attributaire_nom", "Gouvernement"))


def resoudre(release: ServedRelease, given: Arguments) -> ToolAnswer:
    """Find what a name means."""
    asked: Json = {"query": given["nom"], "limit": int(given["taille"])}
    if "type" in given:
        asked["type"] = given["type"]
    if "legislature" in given:
        asked["properties"] = [{"pid": "legislature", "v": given["legislature"]}]
    batch = match_batch(release, orjson.dumps({"nom": asked}).decode())
    found = [_candidate(release, one) for one in batch["nom"]["result"]]
    certain = sum(one["sur"] for one in found)
    sentence = f"Candidats : {len(found)}, dont sûrs : {certain}."
    return ToolAnswer(sentence, f"{release.base}rapprocher.html", {"candidats": found})


def _candidate(release: ServedRelease, one: Json) -> Json:
    """Return a candidate of the reconciliation, with the filter that finds its questions."""
    iri, [kind] = f"{release.base}{one['id']}", one["type"]
    facet = "auteur" if kind["id"] == "depute" else kind["id"]
    index = release.search_index
    values = index.facet_values.values() if index else ()
    key = next((v.key for v in values if (v.facet, v.iri) == (facet, iri)), None)
    return {
        "iri": iri,
        "page": f"{iri}.html",
        "nom": one["name"],
        "type": kind["id"],
        "description": one["description"],
        "note": one["score"],
        "sur": one["match"],
        **({"filtre": facet, "valeur": key} if key else {}),
    }


def exemples(release: ServedRelease, given: Arguments) -> ToolAnswer:
    """List the queries of the site, or run one."""
    page = f"{release.base}exemples.html"
    if "nom" not in given:
        fields: Json = {"requetes": [_listed(one) for one in all_queries().values()]}
        return ToolAnswer(f"Requêtes : {len(all_queries())}.", page, fields)
    one = all_queries().get(given["nom"])
    if one is None:
        raise ToolError(
            f"nom : pas de requête « {given['nom'][:80]} » ; sans nom, exemples les énumère"
        )
    if one.page_kinds:
        return _about_resource(release, one, given)
    if one.why_costly:
        raise ToolError(
            f"nom : {one.name} ne se lance pas ({one.why_costly}) ; posez-la à sparql, restreinte"
        )
    answer = table(release, own_preview(release, one.text), given)
    return ToolAnswer(_rows_found(answer), f"{page}#{one.name}", _run(one, one.text, answer))


def _listed(one: CatalogueQuery) -> Json:
    """Return a query of the catalogue as the list has it."""
    about = {"entite": list(one.page_kinds)} if one.page_kinds else {}
    caveat = {"piege": one.caveat} if one.caveat else {}
    return {"nom": one.name, "titre": one.title, "theme": one.theme, **caveat, **about}


def _about_resource(release: ServedRelease, one: CatalogueQuery, given: Arguments) -> ToolAnswer:
    """Run a query about one resource."""
    if "entite" not in given:
        kinds = ", ".join(one.page_kinds)
        raise ToolError(
            f"{one.name} se pose d’une ressource ; donnez entite ({kinds}), par resoudre"
        )
    iri = resource(release, given["entite"], one.page_kinds)
    text = bind(one.text, "entite", NamedNode(iri))
    answer = table(release, own_preview(release, text), given)
    return ToolAnswer(_rows_found(answer), f"{iri}.html", _run(one, text, answer))


def _run(one: CatalogueQuery, text: str, answer: Json) -> Json:
    """Return the fields of a query that was run."""
    caveats = [one.caveat] if one.caveat else []
    return {"titre": one.title, "pieges": caveats, "sparql": text, "table": answer}


def _rows_found(answer: Json) -> str:
    return f"Lignes : {answer['total']}."


def resource(release: ServedRelease, text: str, kinds: tuple[str, ...]) -> str:
    """Return the IRI of a published resource of some kinds; raise ToolError."""
    path = named_form(text.strip().removeprefix(release.base))[0]
    if path.partition("/")[0] in kinds and page_about(release, path):
        return f"{release.base}{path}"
    remedy = f"donnez une IRI de {', '.join(kinds)}, que resoudre trouve"
    raise ToolError(f"entite : « {text[:80]} » n’est pas de ceux-là ; {remedy}")


def statistiques(release: ServedRelease, given: Arguments) -> ToolAnswer:
    """Return published counts and delays, of all of a kind or of one resource."""
    name, page = STATISTICS[given["par"]], f"{release.base}statistiques.html"
    text = all_queries()[name].text
    if "entite" in given:
        name = RESOURCE_STATISTICS
        iri = resource(release, given["entite"], all_queries()[name].page_kinds)
        page, text = f"{iri}.html", bind(all_queries()[name].text, "entite", NamedNode(iri))
    if number := given.get("legislature"):
        text = bind(text, "legislature", number)
    answer = table(release, own_preview(release, text), given)
    meanings = labels(RDFS_COMMENT)
    measures = {c: meanings[MEASURES[c].value] for c in answer["colonnes"] if c in MEASURES}
    fields = _run(all_queries()[name], text, answer) | {"mesures": measures}
    return ToolAnswer(_rows_found(answer), page, fields)


def sparql(release: ServedRelease, given: Arguments) -> ToolAnswer:
    """Evaluate a query of the client, as `/sparql` does."""
    text = given["requete"]
    notes()["requete"] = query_hash(text)
    asked = QueryRequest(text, [("format", "html")], release.base, None)
    try:
        found = preview_of(reply_to(release, asked.checked()))
    except Problem as problem:
        if problem.slug == "syntaxe" and _UPDATE.search(text):
            raise read_only() from problem
        raise
    address = f"{release.base}sparql?{urlencode({'query': text})}"
    page = address if len(address) <= LINK_BYTES else f"{release.base}sparql.html"
    if found["sorte"] == "verite":
        return ToolAnswer("Vrai." if found["vrai"] else "Faux.", page, {"vrai": found["vrai"]})
    if found["sorte"] == "graphe":
        sentence = f"Triplets montrés : {found['montres']} sur {found['total']}."
        return ToolAnswer(sentence, page, {"turtle": found["turtle"]})
    answer = table(release, found, given)
    return ToolAnswer(_rows_found(answer), page, {"table": answer})


TOOLS: dict[str, Callable[[ServedRelease, Arguments], ToolAnswer]] = {
    function.__name__: function
    for function in (
        chercher_questions,
        lire_question,
        resoudre,
        exemples,
        schema,
        statistiques,
        sparql,
    )
}
