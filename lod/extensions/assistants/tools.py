"""What each tool answers: a sentence, and the fields that its output schema names.

Each is a thin function over search, reconciliation, the catalogue of queries or the store.
"""

import re
from dataclasses import replace
from urllib.parse import urlencode

from pyoxigraph import NamedNode

from lod.extensions.assistants.definitions import ToolError, query
from lod.extensions.assistants.questions import (
    cited,
    known_question,
    meant_questions,
    own_preview,
    own_rows,
    place,
    preview_of,
    quotations,
    reference,
    rows_about,
    short,
    table,
)
from lod.model.question import Question
from lod.model.shown_title import headed_title
from lod.publish.query_catalogue import CatalogueQuery, all_queries, bind
from lod.publish.quotation import Origin
from lod.publish.search.parameters import PER_PAGE, SearchRequest, read_request
from lod.publish.search.results import FoundQuestion, search_results
from lod.rdf.ontology import coded, labels
from lod.rdf.vocab import NAMESPACE, PREFIXES, QP, RDFS, SKOS
from lod.server.common.problems import Problem
from lod.server.engine.current_release import ServedRelease
from lod.server.limits import LINK_BYTES
from lod.server.routes.context import Json, Tool, ToolAnswer, notes, state
from lod.server.routes.dereference import named_form, page_about
from lod.server.routes.endpoint import query_hash, reply_to
from lod.server.routes.protocol import QueryRequest, read_only
from lod.server.routes.result_pages import compacted
from lod.server.routes.site_files import search_index_of
from lod.website.rendering.templates import model_page

Arguments = dict[str, str]  # name → verified text
STATISTICS = {  # what statistics are counted by → name of the query for them
    name: f"statistiques-{name}"
    for name in ("legislatures", "groupes", "ministeres", "portefeuilles")
}
RESOURCE_STATISTICS = "fiche-chiffres"
MEASURES = {  # column of those queries → property of an observation
    "posees": QP.posees,
    "repondues": QP.repondues,
    "retirees": QP.retirees,
    "sans_reponse": QP.sansReponse,
    "suite_inconnue": QP.suiteInconnue,
    "attendues": QP.enAttente,
    "dans_le_delai": QP.reponduesDansDelai,
    "hors_delai": QP.reponduesHorsDelai,
    "en_retard": QP.enAttenteHorsDelai,
    "mediane": QP.delaiMedian,
    "moyenne": QP.delaiMoyen,
}
# words of SPARQL Update; a text with one of them that is no query was meant to change the data
_UPDATE = re.compile(r"\b(insert|delete|load|clear|drop|create|copy|move|add)\b", re.IGNORECASE)


def chercher_questions(release: ServedRelease, arguments: Arguments) -> ToolAnswer:
    """Find and count the questions that words and filters choose."""
    index, asked = search_index_of(release), read_request(arguments)
    for facet, key in asked.filters:
        if not index.values_named(facet, key):
            remedy = f"demandez sa valeur à {finder()}, ou lisez les facettes sans lui"
            raise ToolError(f"{facet} : rien n’a la valeur « {key} » ; {remedy}")
    results = search_results(index, asked)
    rows = rows_about(release, [question.hit.uid for question in results.questions])
    is_full = arguments["detail"] == "complet"
    has_more = asked.page * asked.taille < results.total
    fields: Json = {
        "total": results.total,
        "numeroDePage": asked.page,
        "suite": asked.page + 1 if has_more else None,
        "questions": [
            _full(release, question, rows[question.hit.uid])
            if is_full
            else short(rows[question.hit.uid])
            for question in results.questions
            if question.hit.uid in rows
        ],
    }
    if arguments["facettes"] == "oui":
        fields["facettes"] = {
            name: [{"cle": c.key, "nom": c.name, "iri": c.iri, "nombre": c.count} for c in choices]
            for name, choices in results.facets.items()
        }
    page = replace(asked, page=1, taille=PER_PAGE).address(f"{release.base}recherche")
    return ToolAnswer(f"Questions trouvées : {results.total}.", page, fields)


def finder() -> str:
    """Return the name of the tool that finds IRIs and values of filters."""
    return "resoudre" if "resoudre" in state().tools else chercher_questions.__name__


def _full(release: ServedRelease, result: FoundQuestion, row: Json) -> Json:
    """Return a question of a search: facts, reference, and an excerpt as a quotation."""
    question = known_question(release, result.hit.uid)
    facts = _facts(release, question, row) if question else row
    if result.excerpt and result.origin:
        facts["citation"] = cited(release.base, result.origin, result.excerpt.passage.text)
    return facts


def lire_question(release: ServedRelease, arguments: Arguments) -> ToolAnswer:
    """Read one question with its texts; list the questions if several have the number."""
    name = named_form(arguments["question"].strip().removeprefix(release.base))[0]
    text = name.removeprefix("question/").partition("#")[0]
    uids = meant_questions(release, text, arguments.get("legislature"))
    if reasons := [release.withheld[uid] for uid in uids if uid in release.withheld]:
        raise Problem("retiree-de-la-publication", "{}", " ; ".join(dict.fromkeys(reasons)))
    if len(uids) > 1:
        return _candidates(release, text, uids)
    uid = uids[0] if uids else ""
    question = known_question(release, uid)
    if question is None:
        remedy = "donnez un identifiant comme QANR5L15QE43349, que chercher_questions trouve"
        raise ToolError(f"question : « {arguments['question'][:80]} » n’est pas publiée ; {remedy}")
    row = rows_about(release, [uid])[uid]
    texts = [*quotations(release.base, question, int(arguments["partie"]))]
    facts = _facts(release, question, row)
    sentence = f"Textes de la question {uid} : {len(texts)}."
    fields = {"question": facts, "textes": texts}
    return ToolAnswer(sentence, facts["page"], fields, _named(question))


def _candidates(release: ServedRelease, text: str, uids: list[str]) -> ToolAnswer:
    """Return the questions that a number stands for; the model is to choose one."""
    rows = rows_about(release, uids)
    page = SearchRequest(q=text).address(f"{release.base}recherche")
    remedy = "redemandez avec legislature, ou avec l’adresse d’une d’elles"
    sentence = f"Questions qui portent ce numéro : {len(rows)} ; {remedy}."
    return ToolAnswer(sentence, page, {"candidats": [short(row) for row in rows.values()]})


def _named(question: Question) -> str:
    """Return how to cite a question, as its page does."""
    author = Origin(question).author
    where = f", {place(question.parution)}" if question.parution else ""
    title = f", « {titre} »" if (titre := headed_title(question)) else ""
    return f"{author}{title}, question {question.uid}{where}"


def _facts(release: ServedRelease, question: Question, row: Json) -> Json:
    """Return a question: the columns of a row about it, and what is needed to cite it."""
    facts = {name: value for name, value in row.items() if name != "texte"}  # that is a quotation
    return {**facts, **reference(release, question)}


def exemples(release: ServedRelease, arguments: Arguments) -> ToolAnswer:
    """List the queries of the site, or run one."""
    page = f"{release.base}exemples.html"
    if "nom" not in arguments:
        fields: Json = {"requetes": [_listed(example) for example in all_queries().values()]}
        return ToolAnswer(f"Requêtes : {len(all_queries())}.", page, fields)
    example = all_queries().get(arguments["nom"])
    if example is None:
        wrong = f"nom : pas de requête « {arguments['nom'][:80]} »"
        raise ToolError(f"{wrong} ; sans nom, exemples les énumère")
    if example.page_kinds:
        return _about_resource(release, example, arguments)
    if example.why_costly:
        wrong = f"nom : {example.name} ne se lance pas ({example.why_costly})"
        raise ToolError(f"{wrong} ; posez-la à sparql, restreinte")
    answer = table(release, own_preview(release, example.text), arguments)
    fields = _run(example, example.text, answer)
    return ToolAnswer(_row_count(answer), f"{page}#{example.name}", fields)


def _listed(example: CatalogueQuery) -> Json:
    """Return a query of the catalogue as the list has it."""
    about = {"entite": list(example.page_kinds)} if example.page_kinds else {}
    caveat = {"piege": example.caveat} if example.caveat else {}
    return {"nom": example.name, "titre": example.title, "theme": example.theme, **caveat, **about}


def _about_resource(
    release: ServedRelease, example: CatalogueQuery, arguments: Arguments
) -> ToolAnswer:
    if "entite" not in arguments:
        remedy = f"donnez entite ({', '.join(example.page_kinds)}), par {finder()}"
        raise ToolError(f"{example.name} se pose d’une ressource ; {remedy}")
    iri = resource(release, arguments["entite"], example.page_kinds)
    text = bind(example.text, "entite", NamedNode(iri))
    answer = table(release, own_preview(release, text), arguments)
    return ToolAnswer(_row_count(answer), f"{iri}.html", _run(example, text, answer))


def _run(example: CatalogueQuery, text: str, answer: Json) -> Json:
    """Return the fields of a query that was run."""
    caveats = [example.caveat] if example.caveat else []
    return {"titre": example.title, "pieges": caveats, "sparql": text, "table": answer}


def _row_count(answer: Json) -> str:
    return f"Lignes : {answer['total']}."


def resource(release: ServedRelease, text: str, kinds: tuple[str, ...]) -> str:
    """Return the IRI of a published resource of one of the kinds; raise ToolError."""
    path = named_form(text.strip().removeprefix(release.base))[0]
    if path.partition("/")[0] in kinds and page_about(release, path):
        return f"{release.base}{path}"
    remedy = f"donnez une IRI de {', '.join(kinds)}, que {finder()} trouve"
    raise ToolError(f"entite : « {text[:80]} » n’est pas de ceux-là ; {remedy}")


def schema(release: ServedRelease, arguments: Arguments) -> ToolAnswer:
    """Describe classes, or the properties of one class, with codes and pitfalls."""
    classes = own_rows(release, query("classes"))
    if "classe" in arguments:
        return _properties(release, arguments["classe"], classes)
    caveats = [{"requete": q.name, "piege": q.caveat} for q in all_queries().values() if q.caveat]
    fields = {
        "classes": [_term(release, row) for row in classes],
        "prefixes": PREFIXES,
        "codes": {"types": _codes(QP.types), "statuts": _codes(QP.statuts)},
        "pieges": caveats,
    }
    sentence = f"Classes : {len(classes)} ; pièges connus : {len(caveats)}."
    return ToolAnswer(sentence, release.base + (model_page(NAMESPACE) or "def"), fields)


def _properties(release: ServedRelease, name: str, classes: list[Json]) -> ToolAnswer:
    known = {compacted(row["iri"], release.base): row["iri"] for row in classes}
    iri = known.get(name if ":" in name else f"qp:{name}")
    if iri is None:
        raise ToolError(f"classe : pas de « {name[:80]} » ici ; connues : {', '.join(known)}")
    rows = own_rows(release, bind(query("proprietes"), "entite", NamedNode(iri)))
    page = release.base + (model_page(iri) or model_page(NAMESPACE) or "def")
    fields = {"proprietes": [_term(release, row) for row in rows]}
    return ToolAnswer(f"Propriétés de {name} : {len(rows)}.", page, fields)


def _term(release: ServedRelease, row: Json) -> Json:
    """Return a class or a property; its meaning is "" if the row has none."""
    return {"nom": compacted(row["iri"], release.base), "sens": "", **row}


def _codes(scheme: NamedNode) -> dict[str, str]:
    return {code: labels(SKOS.prefLabel)[iri.value] for code, iri in coded(scheme).items()}


def statistiques(release: ServedRelease, arguments: Arguments) -> ToolAnswer:
    """Return published counts and delays, of all of a kind or of one resource."""
    name, page = STATISTICS[arguments["par"]], f"{release.base}statistiques.html"
    text = all_queries()[name].text
    if "entite" in arguments:
        name = RESOURCE_STATISTICS
        iri = resource(release, arguments["entite"], all_queries()[name].page_kinds)
        page, text = f"{iri}.html", bind(all_queries()[name].text, "entite", NamedNode(iri))
    if number := arguments.get("legislature"):
        text = bind(text, "legislature", number)
    answer = table(release, own_preview(release, text), arguments)
    meanings = labels(RDFS.comment)
    measures = {c: meanings[MEASURES[c].value] for c in answer["colonnes"] if c in MEASURES}
    fields = _run(all_queries()[name], text, answer) | {"mesures": measures}
    return ToolAnswer(_row_count(answer), page, fields)


def sparql(release: ServedRelease, arguments: Arguments) -> ToolAnswer:
    """Evaluate a query of the client, as `/sparql` does."""
    text = arguments["requete"]
    notes()["requete"] = query_hash(text)
    asked = QueryRequest(text, [("format", "html")], release.base, None)
    try:
        preview = preview_of(reply_to(release, asked.checked()))
    except Problem as problem:
        if problem.slug == "syntaxe" and _UPDATE.search(text):
            raise read_only() from problem
        raise
    address = f"{release.base}sparql?{urlencode({'query': text})}"
    page = address if len(address) <= LINK_BYTES else f"{release.base}sparql.html"
    if preview["sorte"] == "verite":
        return ToolAnswer("Vrai." if preview["vrai"] else "Faux.", page, {"vrai": preview["vrai"]})
    if preview["sorte"] == "graphe":
        sentence = f"Triplets montrés : {preview['montres']} sur {preview['total']}."
        return ToolAnswer(sentence, page, {"turtle": preview["turtle"]})
    answer = table(release, preview, arguments)
    return ToolAnswer(_row_count(answer), page, {"table": answer})


TOOLS: tuple[Tool, ...] = (
    chercher_questions,
    lire_question,
    exemples,
    schema,
    statistiques,
    sparql,
)
