"""Questions and answers: the page for people, and the same triples in three forms for machines."""

from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace

from pyoxigraph import Literal, NamedNode, Store, Triple

from lod.model.question import Question
from lod.pipeline.mapping import question_triples
from lod.pipeline.mapping.citations import cited_texts
from lod.publish.query_catalogue import bind, query_text
from lod.rdf import deadlines, jsonld
from lod.rdf.iris import Iris, source_path
from lod.rdf.ontology import labels, types
from lod.rdf.serialize import ntriples, triples, turtle
from lod.rdf.vocab import QP, RDFS_LABEL, SKOS_PREF_LABEL, fr
from lod.website import feeds
from lod.website.rendering import PageContext, render, write_page

BATCH = 200  # shared answers a task
ERRATA = {"question": "Erratum de la question", "reponse": "Erratum de la réponse"}


def write_question(q: Question, said: Mapping[str, bytes], context: PageContext) -> None:
    """Write the documents of a question and of its own answers.

    `said` is what each document says, as N-Triples.
    """
    iris = Iris(context.base)
    iri = iris.question(q.uid)
    answers = {iris.reponse(q, r): question_triples.reponse_name(r) for r in q.reponses}
    recalled = {iris.question(uid): question_triples.question_name_of(uid) for uid in q.rappels}
    more = [Triple(iri, QP.rappelle, question) for question in recalled]
    more += [Triple(s, RDFS_LABEL, fr(name)) for s, name in (answers | recalled).items()]
    html = question_page(q, iris, context)
    write_document(context, iri.value, said[iri.value], more, html)
    feeds.write_feed(q, iris, context)
    for answer in (one.value for one in answers if one.value not in context.shared_answers):
        write_answer(
            context, answer, said[answer], [(iri.value, question_triples.question_name(q))]
        )


def question_page(q: Question, iris: Iris, context: PageContext) -> bytes:
    """Return the page of a question."""
    path = context.path(iris.question(q.uid).value)
    return render("question.html", context, path, q=q, vue=question_view(q, iris, context))


def write_answer(
    context: PageContext, iri: str, nt: bytes, questions: list[tuple[str, str]]
) -> None:
    """Write the documents of one answer, from what it says; `questions` are those (IRI, name) that
    it serves.
    """
    said = {t.predicate: t.object.value for t in triples(nt) if isinstance(t.object, Literal)}
    page = said.get(QP.page) or said.get(QP.pageSection)
    html = render(
        "reponse.html",
        context,
        context.path(iri),
        iri=iri,
        titre=said[RDFS_LABEL],
        texte=said.get(QP.texte),
        texte_html=said.get(QP.texteHtml),
        page=page,
        numero=said.get(QP.numeroJO),
        questions=questions,
    )
    write_document(context, iri, nt, [], html)


def write_shared_answers(iris: list[str], context: PageContext, store: Store) -> int:
    """Write the documents of answers that serve several questions, as the store has them."""
    for iri in iris:
        found = store.quads_for_pattern(NamedNode(iri), None, None)
        nt = ntriples(sorted((q.triple for q in found), key=str))
        write_answer(context, iri, nt, context.shared_answers[iri])
    return len(iris)


def write_document(
    context: PageContext, iri: str, said: bytes, more: list[Triple], html: bytes
) -> None:
    """Write the four forms: what a resource says, as N-Triples, what else stands in its document,
    and what its neighbours are called.
    """
    own = said + ntriples(more)
    called = neighbour_names(own, context.names)
    every, nt = [*triples(said), *more, *called], own + ntriples(called)
    path, document = context.path(iri), jsonld.document(every)
    write_page(context, path, embedded(html, document))
    context.site.write(f"{path}.ttl", turtle(nt, every))
    context.site.write(f"{path}.jsonld", document)
    context.site.write(f"{path}.nt", nt)


def neighbour_names(nt: bytes, names: Mapping[str, Triple]) -> list[Triple]:
    """Return what the resources are called that some N-Triples point to, and do not describe."""
    return [names[iri] for iri in neighbours_in(nt) if iri in names]


def neighbours_in(nt: bytes) -> list[str]:
    """Return the IRIs that some N-Triples point to, and do not describe."""
    lines = nt.splitlines()
    described = {line[1 : line.index(b">")] for line in lines}
    # neither a datatype, which follows its text without a space, nor what stands in quotes
    last = (line[:-2].rpartition(b" ")[2] for line in lines if line.endswith(b"> ."))
    named = dict.fromkeys(one[1:-1] for one in last if one.startswith(b"<"))
    return [iri.decode() for iri in named if iri not in described]


def embedded(html: bytes, document: bytes) -> bytes:
    """Return a page with a JSON-LD document at the end of its head: data, which nobody runs.

    No text in it can end the element, or begin another one.
    """
    data = document.replace(b"<", b"\\u003c")
    element = b'<script type="application/ld+json">\n' + data + b"</script>\n"
    return html.replace(b"</head>", element + b"</head>", 1)


def question_view(q: Question, iris: Iris, context: PageContext) -> SimpleNamespace:
    """Return what the page of a question shows beside the values of the model: IRIs and words.

    A template finds an attribute six times as fast as a key of a dictionary.
    """
    place = q.circonscription
    place_iri = iris.circonscription(place).value if place and place.departement else ""
    return SimpleNamespace(
        iri=iris.question(q.uid).value,
        nom=question_triples.question_name(q),
        type=labels(SKOS_PREF_LABEL)[types()[q.type].value],
        adresse=question_triples.official_address(q),
        auteur=iris.auteur(q).value,
        groupe=q.groupe and iris.groupe(q, q.groupe).value,
        rubrique=q.rubrique and iris.rubrique(q.rubrique).value,
        circonscription=place_iri,
        nom_circonscription=context.name_of(place_iri),
        legislature=iris.legislature(q.legislature).value,
        interroge=q.ministere_interroge and iris.ministere(q.ministere_interroge).value,
        attributions=[(a, iris.ministere(a.ministere).value) for a in q.attributions],
        reponses=[(r, iris.reponse(q, r).value) for r in q.reponses],
        partages={
            iri: len(context.shared_answers.get(iri, ()))
            for iri in (iris.reponse(q, r).value for r in q.reponses)
        },
        requete=bind(query_text("fiche-question"), "entite", iris.question(q.uid)),
        rappels=[
            (iris.question(uid).value, question_triples.question_name_of(uid)) for uid in q.rappels
        ],
        rappelee_par=context.recalled_by.get(iris.question(q.uid).value, []),
        cites=cited_texts(q.texte),
        limite=deadlines.date_limite(q),
        limite_signalement=deadlines.date_limite_signalement(q),
        delai=deadlines.delai_jours(q),
        sources=[(source, source_path(source.sha256)) for source in q.sources],
        vie=life_of(q),
        etat=state_of(q),
    )


def life_of(q: Question) -> list[tuple[date, str, str]]:
    """Return the life of a question as (day, what happened, detail), in order."""
    facts = [(jo.jour, "Parution", _place(jo.page, jo.numero)) for jo in q.parutions]
    facts += [(a.jo.jour, "Attribution", a.ministere.libelle) for a in q.attributions if a.jo]
    facts += [(s.jo.jour, "Signalement", _place(s.jo.page, s.jo.numero)) for s in q.signalements]
    facts += [(jo.jour, "Renouvellement", _place(jo.page, jo.numero)) for jo in q.renouvellements]
    facts += [(e.jo.jour, ERRATA[e.corrige], "") for e in q.errata if e.jo]
    facts += [(r.jo.jour, "Réponse", _place(r.jo.page, r.jo.numero)) for r in q.reponses]
    if q.retrait:
        facts.append((q.retrait.jour, "Retrait", q.retrait.libelle or "sans motif"))
    return sorted(facts, key=lambda fact: fact[0])


def _place(page: int | None, number: str | None) -> str:
    parts = [f"page\u00a0{page}" if page else "", f"JO n°\u00a0{number}" if number else ""]
    return ", ".join(part for part in parts if part)


def state_of(q: Question) -> tuple[str, str, date] | None:
    """Return (class, words, day) for where a question stands, and on which day that holds."""
    found = deadlines.statut(q)
    if not found:
        return None
    name = found[0].value.rpartition("#statut-")[2]
    return name, labels(SKOS_PREF_LABEL)[found[0].value], found[1]
