"""The pages of questions and answers, each with its triples as JSON-LD."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from types import SimpleNamespace
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from lod.base import packaged
from lod.model.identifiers import split_uid
from lod.model.interventions import pieces_of
from lod.model.question import JO, Organe, Question, Reponse
from lod.model.shown_title import title_of
from lod.pipeline.mapping import question_triples
from lod.pipeline.mapping.citations import cited_texts
from lod.pipeline.questions.question_db import PublishedQuestions, StoredQuestion
from lod.publish.publication import CrossReferences, NamedList, Publication
from lod.publish.query_catalogue import Construct, api_query, bind
from lod.publish.void import named_graphs
from lod.rdf import deadlines
from lod.rdf.iris import Iris, source_path
from lod.rdf.ontology import labels, types
from lod.rdf.serialize import ntriples, triples
from lod.rdf.vocab import QP, RDFS, SKOS, fr
from lod.website.indexes.schema_org import question_jsonld
from lod.website.pages.page_data import embedded, neighbours_in, with_triples
from lod.website.rendering.templates import render

SHORT_NAME = 30  # characters of a group that stands in the line below the title, else its acronym
# page, and what it is made of → what additions of extensions to it print, by name
Beside = Callable[..., dict[str, Any]]
ERRATA = {"question": "Erratum de la question", "reponse": "Erratum de la réponse"}


def nothing_beside(*_: object) -> dict[str, Any]:
    """Return what extensions show on a page if there are none."""
    return {}


def question_page(
    stored: StoredQuestion,
    questions: PublishedQuestions,
    publication: Publication,
    construct: Construct,
    beside: Beside,
    references: CrossReferences | None = None,
) -> bytes:
    """Return the page of a question, which shows its answers, in the language of the moment.

    It is made of what a release keeps of the question, and of what its store says of others:
    `references`, if they were asked for several questions together.
    """
    iris = Iris(publication.base)
    references = references or references_of([stored], iris, construct)
    q = references.as_published(stored.question, iris)
    view = question_view(q, iris, references, neighbours_of(stored, questions))
    more = beside("question", stored, questions, publication, construct)
    html = render("question.html", publication, publication.path(view.iri), q=q, vue=view, **more)
    data = partial(_data_of, stored, q, iris)
    html = with_triples(html, publication, data, references.names)
    name = question_triples.question_name(q)
    return embedded(html, question_jsonld(q, view, name, publication))


def neighbours_of(stored: StoredQuestion, questions: PublishedQuestions) -> list[tuple[str, str]]:
    """Return (relation, uid) of the questions of the same legislature and type that are published
    next to a question, by number.
    """
    own = split_uid(stored.uid)[:2]  # ranks go by legislature, type, number
    beside = questions.uids(stored.rank - 1, stored.rank + 1)
    return [
        ("prev" if rank < stored.rank else "next", uid)
        for rank, uid in beside
        if rank != stored.rank and split_uid(uid)[:2] == own
    ]


def _data_of(stored: StoredQuestion, q: Question, iris: Iris) -> bytes:
    """Return the triples of a question, with the names of the resources that its page names."""
    iri = iris.question(q.uid)
    answers = {iris.reponse(q, r): question_triples.reponse_name(r) for r in q.reponses}
    recalled = {iris.question(uid): question_triples.question_name_of(uid) for uid in q.rappels}
    more = [Triple(iri, QP.rappelle, question) for question in recalled]
    more += [Triple(s, RDFS.label, fr(name)) for s, name in (answers | recalled).items()]
    [said] = (text.nt for text in stored.texts if text.iri == iri.value)
    return said + ntriples(more)


def references_of(
    questions: Sequence[StoredQuestion], iris: Iris, construct: Construct
) -> CrossReferences:
    """Return what the pages of some questions tell of other resources, as the store says it."""
    asked = [iris.question(stored.uid) for stored in questions]
    named = set[NamedNode]().union(*(_named_things(stored, iris) for stored in questions))
    text = bind(api_query("autour"), "chose", *sorted(named, key=str))
    triples = list(construct(bind(text, "entite", *asked)))
    names = {_iri(t): t for t in triples if t.predicate == RDFS.label}
    known = {*asked}
    recalls = [t for t in triples if t.predicate == QP.rappelle and t.subject in known]
    recalling = [t for t in triples if t.predicate == QP.rappelle and t.object in known]
    serving = [t for t in triples if t.predicate == QP.reponse]
    return CrossReferences(
        names,
        {iri: those for iri, those in _lists(serving, names).items() if len(those) > 1},
        {t.object.value: [] for t in recalls} | _lists(recalling, names),  # type: ignore[union-attr]  # both are IRIs
        _mentions(asked, iris.base, construct),
    )


def _mentions(
    asked: Sequence[NamedNode], base: str, construct: Construct
) -> dict[str, dict[str, NamedList]]:
    """Return question or answer → graph of an extension → what of it is about them."""
    mentions: dict[str, dict[str, NamedList]] = {}
    for graph, text in packaged.mention_queries().items():
        named = NamedNode(base + named_graphs()[graph].path)
        told = list(construct(bind(bind(text, "graphe", named), "entite", *asked)))
        names = {_iri(t): t for t in told if t.predicate == RDFS.label}
        links = [t for t in told if t.predicate != RDFS.label]
        for iri, subjects in _lists(links, names).items():
            mentions.setdefault(iri, {})[graph] = subjects
    return mentions


def _named_things(stored: StoredQuestion, iris: Iris) -> set[NamedNode]:
    """Return what the page calls by its name: what the triples of the question lead to, and the
    ministers.
    """
    q = stored.question
    [own] = (text.nt for text in stored.texts if text.iri == iris.question(q.uid).value)
    ministries = (q.ministere_interroge, *(a.ministere for a in q.attributions))
    people = {one.ministre for one in (*ministries, *q.reponses) if one and one.ministre}
    return {*map(NamedNode, neighbours_in(own)), *(iris.reference(*one) for one in people)}


def _lists(links: list[Triple], names: dict[str, Triple]) -> dict[str, NamedList]:
    """Return object → its subjects with their names, by name."""
    lists: dict[str, NamedList] = {}
    for link in links:
        iri = _iri(link)
        lists.setdefault(link.object.value, []).append((iri, names[iri].object.value))  # type: ignore[union-attr]  # both are IRIs
    return {iri: sorted(those, key=lambda one: one[::-1]) for iri, those in lists.items()}


def _iri(triple: Triple) -> str:
    assert isinstance(triple.subject, NamedNode), "no blank node is ever made"
    return triple.subject.value


def answer_page(
    iri: str, nt: bytes, questions: NamedList, references: CrossReferences, publication: Publication
) -> bytes:
    """Return the page of an answer that serves several questions; `nt` has its own triples."""
    said = {t.predicate: t.object.value for t in triples(nt) if isinstance(t.object, Literal)}
    html = render(
        "reponse.html",
        publication,
        publication.path(iri),
        iri=iri,
        titre=said[RDFS.label],
        texte=said.get(QP.texte),
        texte_html=said.get(QP.texteHtml),
        page=said.get(QP.page),
        numero=said.get(QP.numeroJO),
        mentions=references.mentions.get(iri),
        questions=questions,
    )
    node = NamedNode(iri)
    more = [Triple(NamedNode(question), QP.reponse, node) for question, _ in questions]
    more += [Triple(NamedNode(question), RDFS.label, fr(name)) for question, name in questions]
    return with_triples(html, publication, lambda: nt + ntriples(more), references.names)


def question_view(
    q: Question, iris: Iris, references: CrossReferences, neighbours: Iterable[tuple[str, str]]
) -> SimpleNamespace:
    """Return the IRIs, names and dates that a question's page shows beside the fields of `q`.

    It is no dictionary: a template finds an attribute six times as fast as a key.
    """
    iri, place = iris.question(q.uid).value, q.circonscription
    place_iri = iris.circonscription(place).value if place and place.departement else ""
    auteur = iris.auteur(q)
    answers = [(r, iris.reponse(q, r).value) for r in q.reponses]
    return SimpleNamespace(
        iri=iri,
        titre=title_of(q),
        type=labels(SKOS.prefLabel)[types()[q.type].value],
        adresse=question_triples.official_address(q),
        auteur=auteur.value if auteur else "",
        groupe=q.groupe and iris.groupe(q, q.groupe).value,
        groupe_bref=short_group(q),
        bref=short_name,
        charge=_in_charge(q, iris),
        rubrique=q.rubrique and iris.rubrique(q.rubrique).value,
        circonscription=place_iri,
        nom_circonscription=references.name_of(place_iri),
        legislature=iris.legislature(q.legislature).value,
        interroge=q.ministere_interroge and iris.ministere(q.ministere_interroge).value,
        ministre_interroge=minister_of(q.ministere_interroge, iris, references),
        attributions=[
            (a, iris.ministere(a.ministere).value, minister_of(a.ministere, iris, references))
            for a in q.attributions
        ],
        reponses=answers,
        morceaux=pieces_of,
        identifies={
            turn: {"groupe" if "/groupe/" in one[0] else "personne": one for one in named}
            for turn, graphs in references.mentions.items()
            for named in graphs.values()
            if "#intervention-" in turn
        },
        voisines=[
            (rel, iris.question(uid).value, question_triples.question_name_of(uid))
            for rel, uid in neighbours
        ],
        ministres={a: minister_of(r, iris, references) for r, a in answers},
        ecart=days_after_deadline(q),
        partages={a: len(references.shared_answers.get(a, ())) for _, a in answers},
        rappels=[
            (iris.question(uid).value, question_triples.question_name_of(uid)) for uid in q.rappels
        ],
        mentions=references.mentions,
        rappelee_par=references.recalled_by.get(iri, []),
        cites=cited_texts(q.texte),
        limite=deadlines.date_limite(q),
        limite_signalement=deadlines.date_limite_signalement(q),
        delai=deadlines.delai_jours(q),
        sources=[(source, source_path(source.sha256)) for source in q.sources],
        vie=life_of(q),
        etat=state_of(q),
    )


def short_group(q: Question) -> str:
    """Return the group of the day, else as printed, its acronym if that is long; "" for none."""
    group = q.groupe or q.groupe_imprime
    return short_name(group) if group else ""


def short_name(group: Organe) -> str:
    """Return the name of a group, its acronym if that is long."""
    name = group.libelle_long or group.libelle
    return group.libelle if len(name) > SHORT_NAME else name


def _in_charge(q: Question, iris: Iris) -> tuple[str, str] | None:
    """Return IRI and name of the ministry in charge, or else of the one that was asked."""
    ministry = q.ministere_attributaire or q.ministere_interroge
    return (iris.ministere(ministry).value, ministry.libelle) if ministry else None


def days_after_deadline(q: Question) -> int | None:
    """Return how many days after its due date the first answer came, below 0 before it; None if
    there is no answer, or no due date.
    """
    due, answered = deadlines.date_limite(q), q.date_reponse
    return (answered - due).days if answered and due else None


def minister_of(
    stated: Organe | Reponse | None, iris: Iris, references: CrossReferences
) -> tuple[str, str] | None:
    """Return IRI and name of who held the ministry on the day of a record, or of an answer."""
    if not (stated and stated.ministre):
        return None
    iri = iris.reference(*stated.ministre).value
    return iri, references.name_of(iri)


def life_of(q: Question) -> list[tuple[date, str, str, str]]:
    """Return the events of a question as (day, name, detail, fragment), the oldest first.

    An event has the fragment that it has in the data, "" if it stands elsewhere on the page.
    """
    facts = _printed("Parution", "parution", q.parutions)
    facts += [(a.jo.jour, "Attribution", a.ministere.libelle, "") for a in q.attributions if a.jo]
    facts += _printed("Signalement", "signalement", (s.jo for s in q.signalements))
    facts += _printed("Renouvellement", "renouvellement", q.renouvellements)
    errata = enumerate(q.errata, start=1)
    facts += [(e.jo.jour, ERRATA[e.corrige], "", f"erratum-{n}") for n, e in errata if e.jo]
    answer = "Compte rendu" if q.est_orale else "Réponse"
    facts += [(r.jo.jour, answer, _place(r.jo), "") for r in q.reponses]
    if q.retrait and q.retrait.jour:
        facts.append((q.retrait.jour, "Retrait", q.retrait.libelle or "sans motif", "retrait-1"))
    facts += _printed("Clôture", "cloture", filter(None, [q.cloture_autre_jour]))
    return sorted(facts, key=lambda fact: fact[0])


def _printed(name: str, kind: str, places: Iterable[JO]) -> list[tuple[date, str, str, str]]:
    return [(jo.jour, name, _place(jo), f"{kind}-{n}") for n, jo in enumerate(places, start=1)]


def _place(jo: JO) -> str:
    parts = (
        f"page\u00a0{jo.page}" if jo.page else "",
        f"JO n°\u00a0{jo.numero}" if jo.numero else "",
    )
    return ", ".join(filter(None, parts))


def state_of(q: Question) -> tuple[str, str, date] | None:
    """Return the status of a question and the day on which it holds: (class, name, day)."""
    status = deadlines.statut(q)
    if not status:
        return None
    name = status[0].value.rpartition("#statut-")[2]
    return name, labels(SKOS.prefLabel)[status[0].value], status[1]
