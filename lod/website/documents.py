"""Questions and answers: the page for people, and the same triples in three forms for machines."""

from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace

from pyoxigraph import Literal, NamedNode, Store, Triple

from lod.model.question import Question
from lod.pipeline.mapping import question_triples as rdf
from lod.pipeline.mapping.citations import textes_cites
from lod.publish.query_catalogue import query_text
from lod.rdf import deadlines as delais
from lod.rdf import jsonld
from lod.rdf.iris import Iris, source_path
from lod.rdf.ontology import labels, types
from lod.rdf.serialize import ntriples, triples, turtle
from lod.rdf.vocab import QP, RDFS_LABEL, SKOS_PREF_LABEL, fr
from lod.website import feeds as flux
from lod.website.query_tables import demandee
from lod.website.rendering import Contexte, render, write_page

BATCH = 200  # shared answers a task
ERRATA = {"question": "Erratum de la question", "reponse": "Erratum de la réponse"}


def write_question(q: Question, said: Mapping[str, bytes], contexte: Contexte) -> None:
    """Write the documents of a question and of its own answers.

    `said` is what each document says, as N-Triples.
    """
    iris = Iris(contexte.base)
    iri = iris.question(q.uid)
    answers = {iris.reponse(q, r): rdf.nom_de_la_reponse(r) for r in q.reponses}
    recalled = {iris.question(uid): rdf.nom_du(uid) for uid in q.rappels}
    more = [Triple(iri, QP.rappelle, question) for question in recalled]
    more += [Triple(s, RDFS_LABEL, fr(nom)) for s, nom in (answers | recalled).items()]
    html = page_question(q, iris, contexte)
    write_document(contexte, iri.value, said[iri.value], more, html)
    flux.write_feed(q, iris, contexte)
    for answer in (one.value for one in answers if one.value not in contexte.partages):
        write_answer(contexte, answer, said[answer], [(iri.value, rdf.nom(q))])


def page_question(q: Question, iris: Iris, contexte: Contexte) -> bytes:
    """Return the page of a question."""
    path = contexte.path(iris.question(q.uid).value)
    return render("question.html", contexte, path, q=q, vue=vue(q, iris, contexte))


def write_answer(contexte: Contexte, iri: str, nt: bytes, questions: list[tuple[str, str]]) -> None:
    """Write the documents of one answer, from what it says; `questions` are those (IRI, name) that
    it serves.
    """
    said = {t.predicate: t.object.value for t in triples(nt) if isinstance(t.object, Literal)}
    page = said.get(QP.page) or said.get(QP.pageSection)
    html = render(
        "reponse.html",
        contexte,
        contexte.path(iri),
        iri=iri,
        titre=said[RDFS_LABEL],
        texte=said.get(QP.texte),
        texte_html=said.get(QP.texteHtml),
        page=page,
        numero=said.get(QP.numeroJO),
        questions=questions,
    )
    write_document(contexte, iri, nt, [], html)


def write_shared_answers(iris: list[str], contexte: Contexte, store: Store) -> int:
    """Write the documents of answers that serve several questions, as the store has them."""
    for iri in iris:
        found = store.quads_for_pattern(NamedNode(iri), None, None)
        nt = ntriples(sorted((q.triple for q in found), key=str))
        write_answer(contexte, iri, nt, contexte.partages[iri])
    return len(iris)


def write_document(
    contexte: Contexte, iri: str, said: bytes, more: list[Triple], html: bytes
) -> None:
    """Write the four forms: what a resource says, as N-Triples, what else stands in its document,
    and what its neighbours are called.
    """
    own = said + ntriples(more)
    called = voisins(own, contexte.noms)
    every, nt = [*triples(said), *more, *called], own + ntriples(called)
    path, document = contexte.path(iri), jsonld.document(every)
    write_page(contexte, path, embedded(html, document))
    contexte.site.write(f"{path}.ttl", turtle(nt, every))
    contexte.site.write(f"{path}.jsonld", document)
    contexte.site.write(f"{path}.nt", nt)


def voisins(nt: bytes, noms: Mapping[str, Triple]) -> list[Triple]:
    """Return what the resources are called that some N-Triples point to, and do not describe."""
    return [noms[iri] for iri in voisins_de(nt) if iri in noms]


def voisins_de(nt: bytes) -> list[str]:
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


def vue(q: Question, iris: Iris, contexte: Contexte) -> SimpleNamespace:
    """Return what the page of a question shows beside the values of the model: IRIs and words.

    A template finds an attribute six times as fast as a key of a dictionary.
    """
    lieu = q.circonscription
    lieu_iri = iris.circonscription(lieu).value if lieu and lieu.departement else ""
    return SimpleNamespace(
        iri=iris.question(q.uid).value,
        nom=rdf.nom(q),
        type=labels(SKOS_PREF_LABEL)[types()[q.type].value],
        adresse=rdf.adresse(q),
        auteur=iris.auteur(q).value,
        groupe=q.groupe and iris.groupe(q, q.groupe).value,
        rubrique=q.rubrique and iris.rubrique(q.rubrique).value,
        circonscription=lieu_iri,
        nom_circonscription=contexte.nom(lieu_iri),
        legislature=iris.legislature(q.legislature).value,
        interroge=q.ministere_interroge and iris.ministere(q.ministere_interroge).value,
        attributions=[(a, iris.ministere(a.ministere).value) for a in q.attributions],
        reponses=[(r, iris.reponse(q, r).value) for r in q.reponses],
        partages={
            iri: len(contexte.partages.get(iri, ()))
            for iri in (iris.reponse(q, r).value for r in q.reponses)
        },
        requete=demandee(query_text("fiche-question"), iris.question(q.uid).value),
        rappels=[(iris.question(uid).value, rdf.nom_du(uid)) for uid in q.rappels],
        rappelee_par=contexte.rappelees.get(iris.question(q.uid).value, []),
        cites=textes_cites(q.texte),
        limite=delais.date_limite(q),
        limite_signalement=delais.date_limite_signalement(q),
        delai=delais.delai_jours(q),
        sources=[(source, source_path(source.sha256)) for source in q.sources],
        vie=vie(q),
        etat=etat(q),
    )


def vie(q: Question) -> list[tuple[date, str, str]]:
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


def _place(page: int | None, numero: str | None) -> str:
    parts = [f"page\u00a0{page}" if page else "", f"JO n°\u00a0{numero}" if numero else ""]
    return ", ".join(part for part in parts if part)


def etat(q: Question) -> tuple[str, str, date] | None:
    """Return (class, words, day) for where a question stands, and on which day that holds."""
    found = delais.statut(q)
    if not found:
        return None
    name = found[0].value.rpartition("#statut-")[2]
    return name, labels(SKOS_PREF_LABEL)[found[0].value], found[1]
