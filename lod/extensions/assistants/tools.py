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
    speakers,
    table,
)
from lod.model.question import Question
from lod.publish.query_catalogue import CatalogueQuery, all_queries, bind
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
from lod.website.pages.question_tables import MEASURES
from lod.website.rendering.templates import model_page

Arguments = dict[str, str]  # name → verified text
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
            remedy = f"demandez sa valeur à {finder()}, ou lisez les facettes sans lui"
            raise ToolError(f"{facet} : rien n’a la valeur « {key} » ; {remedy}")
    found = search_results(index, asked)
    rows = rows_about(release, [one.hit.uid for one in found.questions])
    is_full = given["detail"] == "complet"
    has_more = asked.page * asked.taille < found.total
    fields: Json = {
        "total": found.total,
        "numeroDePage": asked.page,
        "suite": asked.page + 1 if has_more else None,
        "questions": [
            _found(release, one, rows[one.hit.uid]) if is_full else short(rows[one.hit.uid])
            for one in found.questions
            if one.hit.uid in rows
        ],
    }
    if given["facettes"] == "oui":
        fields["facettes"] = {
            name: [{"cle": c.key, "nom": c.name, "iri": c.iri, "nombre": c.count} for c in choices]
            for name, choices in found.facets.items()
        }
    page = replace(asked, page=1, taille=PER_PAGE).address(f"{release.base}recherche")
    return ToolAnswer(f"Questions trouvées : {found.total}.", page, fields)


def finder() -> str:
    """Return the name of the tool that finds IRIs and values of filters."""
    return "resoudre" if "resoudre" in state().tools else chercher_questions.__name__


def _found(release: ServedRelease, one: FoundQuestion, row: Json) -> Json:
    """Return a question of a search: facts, reference, and an excerpt as a quotation."""
    question = known_question(release, one.hit.uid)
    facts = _facts(release, question, row) if question else row
    if question and one.excerpt:
        asks, answers = speakers(question, row)
        author, places = asks, [question.parution]
        if one.excerpt.part == "reponse":
            author, places = answers, [answer.jo for answer in question.reponses]
        # of several answers, the excerpt does not say which one it is from
        jo = places[0] if len(places) == 1 else None
        facts["citation"] = cited(author, one.excerpt.passage.text, jo)
    return facts


def lire_question(release: ServedRelease, given: Arguments) -> ToolAnswer:
    """Read one question with its texts; list those that have one number."""
    name = named_form(given["question"].strip().removeprefix(release.base))[0]
    text = name.removeprefix("question/").partition("#")[0]
    uids = meant_questions(release, text, given.get("legislature"))
    if len(uids) > 1:
        return _candidates(release, text, uids)
    uid = uids[0] if uids else ""
    if reason := release.withheld.get(uid):
        raise Problem("retiree-de-la-publication", reason)
    question = known_question(release, uid)
    if question is None:
        remedy = "donnez un identifiant comme QANR5L15QE43349, que chercher_questions trouve"
        raise ToolError(f"question : « {given['question'][:80]} » n’est pas publiée ; {remedy}")
    row = rows_about(release, [uid])[uid]
    texts = [*quotations(question, speakers(question, row), int(given["partie"]))]
    facts = _facts(release, question, row)
    sentence = f"Textes de la question {uid} : {len(texts)}."
    fields = {"question": facts, "textes": texts}
    return ToolAnswer(sentence, facts["page"], fields, _named(question, row))


def _candidates(release: ServedRelease, text: str, uids: list[str]) -> ToolAnswer:
    """Return the questions that a number stands for, of which the model is to choose."""
    rows = rows_about(release, uids)
    page = SearchRequest(q=text).address(f"{release.base}recherche")
    remedy = "redemandez avec legislature, ou avec l’adresse d’une d’elles"
    sentence = f"Questions qui portent ce numéro : {len(rows)} ; {remedy}."
    return ToolAnswer(sentence, page, {"candidats": [short(row) for row in rows.values()]})


def _named(question: Question, row: Json) -> str:
    """Return a question as its page says that it is cited."""
    author, _ = speakers(question, row)
    where = f", {place(question.parution)}" if question.parution else ""
    return f"{author}, « {question.titre or 'sans titre'} », question {question.uid}{where}"


def _facts(release: ServedRelease, question: Question, row: Json) -> Json:
    """Return a question: the columns of a row about it, and by what it is cited."""
    facts = {name: value for name, value in row.items() if name != "texte"}  # it is a quotation
    return {**facts, **reference(release, question)}


def exemples(release: ServedRelease, given: Arguments) -> ToolAnswer:
    """List the queries of the site, or run one."""
    page = f"{release.base}exemples.html"
    if "nom" not in given:
        fields: Json = {"requetes": [_listed(one) for one in all_queries().values()]}
        return ToolAnswer(f"Requêtes : {len(all_queries())}.", page, fields)
    one = all_queries().get(given["nom"])
    if one is None:
        wrong = f"nom : pas de requête « {given['nom'][:80]} »"
        raise ToolError(f"{wrong} ; sans nom, exemples les énumère")
    if one.page_kinds:
        return _about_resource(release, one, given)
    if one.why_costly:
        wrong = f"nom : {one.name} ne se lance pas ({one.why_costly})"
        raise ToolError(f"{wrong} ; posez-la à sparql, restreinte")
    answer = table(release, own_preview(release, one.text), given)
    return ToolAnswer(_rows_found(answer), f"{page}#{one.name}", _run(one, one.text, answer))


def _listed(one: CatalogueQuery) -> Json:
    """Return a query of the catalogue as the list has it."""
    about = {"entite": list(one.page_kinds)} if one.page_kinds else {}
    caveat = {"piege": one.caveat} if one.caveat else {}
    return {"nom": one.name, "titre": one.title, "theme": one.theme, **caveat, **about}


def _about_resource(release: ServedRelease, one: CatalogueQuery, given: Arguments) -> ToolAnswer:
    if "entite" not in given:
        remedy = f"donnez entite ({', '.join(one.page_kinds)}), par {finder()}"
        raise ToolError(f"{one.name} se pose d’une ressource ; {remedy}")
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
    remedy = f"donnez une IRI de {', '.join(kinds)}, que {finder()} trouve"
    raise ToolError(f"entite : « {text[:80]} » n’est pas de ceux-là ; {remedy}")


def schema(release: ServedRelease, given: Arguments) -> ToolAnswer:
    """Describe classes, or the properties of one class, with codes and pitfalls."""
    classes = own_rows(release, query("classes"))
    if "classe" in given:
        return _properties(release, given["classe"], classes)
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
    found = own_rows(release, bind(query("proprietes"), "entite", NamedNode(iri)))
    page = release.base + (model_page(iri) or model_page(NAMESPACE) or "def")
    fields = {"proprietes": [_term(release, row) for row in found]}
    return ToolAnswer(f"Propriétés de {name} : {len(found)}.", page, fields)


def _term(release: ServedRelease, row: Json) -> Json:
    """Return a class or a property; one that is not ours may have no meaning here."""
    return {"nom": compacted(row["iri"], release.base), "sens": "", **row}


def _codes(scheme: NamedNode) -> dict[str, str]:
    return {code: labels(SKOS.prefLabel)[iri.value] for code, iri in coded(scheme).items()}


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
    meanings = labels(RDFS.comment)
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


TOOLS: tuple[Tool, ...] = (
    chercher_questions,
    lire_question,
    exemples,
    schema,
    statistiques,
    sparql,
)
