"""The mapping of a question to its triples, subject by subject, in the order of the ontology.

There is no blank node, and no branch except for facts that are absent or repeated.
"""

from collections.abc import Iterator, Sequence

from pyoxigraph import NamedNode, Triple

from lod.model.dates import french_date
from lod.model.identifiers import split_uid
from lod.model.interventions import TYPES_OF_WORDS, words_of
from lod.model.question import JO, Question, Reponse
from lod.model.text import with_plain_spaces
from lod.pipeline.mapping.citations import cited_texts
from lod.rdf import deadlines
from lod.rdf.iris import Iris
from lod.rdf.ontology import coded, labels, types
from lod.rdf.vocab import (
    DCAT,
    DCTERMS,
    PROV,
    QP,
    RDF,
    RDFS,
    SKOS,
    boolean,
    civil_date,
    fr,
    integer,
    media_type,
    plain_literal,
)

SITE = "https://www.assemblee-nationale.fr/dyn/{q.legislature}/questions/{q.uid}"
OLD_SITE = (
    "https://questions.assemblee-nationale.fr"
    "/q{q.legislature}/{q.legislature}-{q.numero}{q.type}.htm"
)
FIRST_ON_NEW_SITE = 13  # the first legislature whose questions the new site shows


def question_name(q: Question) -> str:
    """Return the label of a question: « Question écrite n° 43349 (15e législature) »."""
    return question_name_of(q.uid)


def question_name_of(uid: str) -> str:
    """Return the label of the question with this uid."""
    legislature, type_, numero = split_uid(uid)
    kind = labels(SKOS.prefLabel)[types()[type_].value]
    return f"{kind} n° {numero} ({legislature}e législature)"


def reponse_name(r: Reponse) -> str:
    """Return the label of an answer: « Réponse publiée au JO le 28 décembre 2021 »."""
    return f"Réponse publiée au JO le {french_date(r.jo.jour)}"


def official_address(q: Question) -> str:
    """Return the address of the question on the Assemblée's own site."""
    return (SITE if q.legislature >= FIRST_ON_NEW_SITE else OLD_SITE).format(q=q)


def question(q: Question, iris: Iris, mandat: NamedNode | None = None) -> Iterator[Triple]:
    """Yield what is published about one question and its parts; `mandat` is the author's."""
    s = iris.question(q.uid)
    yield Triple(s, RDF.type, QP.Question)
    yield Triple(s, RDFS.label, fr(question_name(q)))
    yield Triple(s, QP.uid, plain_literal(q.uid))
    yield Triple(s, QP.numero, integer(q.numero))
    yield Triple(s, QP.legislature, iris.legislature(q.legislature))
    yield Triple(s, QP.typeQuestion, types()[q.type])
    if q.titre:
        yield Triple(s, QP.titre, fr(q.titre))
    for analyse in q.analyses:
        yield Triple(s, QP.analyse, fr(analyse))
    if q.tete_analyse:
        yield Triple(s, QP.teteAnalyse, fr(q.tete_analyse))
    if q.texte:
        yield Triple(s, QP.texte, fr(q.texte))
    if q.texte_html:
        yield Triple(s, QP.texteHtml, plain_literal(q.texte_html))
    if q.rubrique:
        yield Triple(s, QP.rubrique, iris.rubrique(q.rubrique))
    if auteur := iris.auteur(q):
        yield Triple(s, QP.auteur, auteur)
    if q.auteur.mandat_ref:
        yield Triple(s, QP.mandatRef, plain_literal(q.auteur.mandat_ref))
    if mandat:
        yield Triple(s, QP.mandatAuteur, mandat)
    if q.groupe:
        yield Triple(s, QP.groupe, iris.groupe(q, q.groupe))
    if q.libelle_groupe:
        yield Triple(s, QP.libelleGroupe, fr(q.libelle_groupe))
    if q.circonscription and q.circonscription.departement:
        yield Triple(s, QP.circonscription, iris.circonscription(q.circonscription))
    for place in q.lieux_election:
        yield Triple(s, QP.lieuElection, fr(place))
    if q.ministere_interroge:
        yield Triple(s, QP.ministereInterroge, iris.ministere(q.ministere_interroge))
        yield Triple(s, QP.libelleMinistereInterroge, fr(q.ministere_interroge.libelle))
    if q.ministere_attributaire:
        yield Triple(s, QP.ministereAttributaire, iris.ministere(q.ministere_attributaire))
    if q.ministere_repondant:
        yield Triple(s, QP.ministereRepondant, iris.ministere(q.ministere_repondant))
    yield Triple(s, QP.chaineComplete, boolean(q.chaine_complete))
    if q.parution:
        yield Triple(s, QP.dateParution, civil_date(q.parution.jour))
    if q.date_reponse:
        yield Triple(s, QP.dateReponse, civil_date(q.date_reponse))
    if q.date_signalement:
        yield Triple(s, QP.dateSignalement, civil_date(q.date_signalement))
    if q.retrait and q.retrait.jour:
        yield Triple(s, QP.dateRetrait, civil_date(q.retrait.jour))
    if motif := q.retrait and iris.motif(q.retrait):
        yield Triple(s, QP.motifRetrait, motif)
    yield from _delais(q, s)
    for r in q.reponses:
        yield Triple(s, QP.reponse, iris.reponse(q, r))
    for uid in q.rappels:
        yield Triple(s, QP.rappelle, iris.question(uid))
    for cited in cited_texts(q.texte):
        yield Triple(s, DCTERMS.references, NamedNode(cited.eli))
    yield Triple(s, DCTERMS.source, NamedNode(official_address(q)))
    for correction in q.corrections:
        yield Triple(s, SKOS.editorialNote, fr(correction))
    parts = (
        (QP.attribution, list(_attributions(q, iris, s))),
        (QP.evenement, list(_evenements(q, iris, s))),
        (QP.reste, list(_restes(q, iris, s))),
        (PROV.wasDerivedFrom, list(_source(q, iris, s))),
    )
    for link, triples in parts:
        for node in dict.fromkeys(triple.subject for triple in triples):
            yield Triple(s, link, node)
    for _, triples in parts:
        yield from triples


def _delais(q: Question, s: NamedNode) -> Iterator[Triple]:
    """Yield what is computed from the dates: rule, due dates, delay, status."""
    rule, state, days = deadlines.rule_of(q), deadlines.statut(q), deadlines.delai_jours(q)
    if rule:
        yield Triple(s, QP.regleDelai, rule.iri)
    if due_date := deadlines.date_limite(q):
        yield Triple(s, QP.dateLimite, civil_date(due_date))
    if due_date := deadlines.date_limite_signalement(q):
        yield Triple(s, QP.dateLimiteSignalement, civil_date(due_date))
    if days is not None:
        yield Triple(s, QP.delaiJours, integer(days))
    if state:
        yield Triple(s, QP.statut, state[0])
        yield Triple(s, QP.statutAu, civil_date(state[1]))


def _attributions(q: Question, iris: Iris, s: NamedNode) -> Iterator[Triple]:
    for rang, attribution in enumerate(q.attributions, start=1):
        node = iris.part(s, "attribution", rang)
        yield Triple(node, RDF.type, QP.Attribution)
        yield Triple(node, RDFS.label, fr(f"Attribution {rang} : {attribution.ministere.libelle}"))
        yield Triple(node, QP.rang, integer(rang))
        yield Triple(node, QP.ministere, iris.ministere(attribution.ministere))
        yield Triple(node, QP.libelle, fr(attribution.ministere.libelle))
        if attribution.ministere.libelle_long:
            yield Triple(node, QP.libelleLong, fr(attribution.ministere.libelle_long))
        yield from _jo(node, attribution.jo)


def _evenements(q: Question, iris: Iris, s: NamedNode) -> Iterator[Triple]:
    for n, parution in enumerate(q.parutions, start=1):
        node = iris.part(s, "parution", n)
        yield from _evenement(node, QP.Parution, parution)
    for n, signalement in enumerate(q.signalements, start=1):
        node = iris.part(s, "signalement", n)
        yield from _evenement(node, QP.Signalement, signalement.jo)
        if signalement.depot:
            yield Triple(node, QP.dateDepot, civil_date(signalement.depot))
    for n, renouvellement in enumerate(q.renouvellements, start=1):
        node = iris.part(s, "renouvellement", n)
        yield from _evenement(node, QP.Renouvellement, renouvellement)
    for n, erratum in enumerate(q.errata, start=1):
        node = iris.part(s, "erratum", n)
        yield from _evenement(node, QP.Erratum, erratum.jo)
        if erratum.corrige == "question" or not q.reponses:
            yield Triple(node, QP.corrige, s)
        else:
            yield Triple(node, QP.corrige, iris.reponse(q, q.reponses[erratum.rang - 1]))
        if erratum.texte:
            yield Triple(node, QP.texte, fr(erratum.texte))
    if (retrait := q.retrait) and retrait.jour:
        node = iris.part(s, "retrait", 1)
        yield from _evenement(node, QP.Retrait, retrait.jo or JO(jour=retrait.jour))
        if retrait.libelle:
            yield Triple(node, QP.libelle, fr(retrait.libelle))
    if closed := q.cloture_autre_jour:
        yield from _evenement(iris.part(s, "cloture", 1), QP.Cloture, closed)


def _evenement(node: NamedNode, kind: NamedNode, jo: JO | None) -> Iterator[Triple]:
    yield Triple(node, RDF.type, kind)
    label = labels(RDFS.label)[kind.value].capitalize()
    if jo:
        label += f", {french_date(jo.jour)}" + (f", page {jo.page}" if jo.page else "")
    yield Triple(node, RDFS.label, fr(label))
    yield from _jo(node, jo)


def _jo(node: NamedNode, jo: JO | None) -> Iterator[Triple]:
    """Yield day, page, number and type of an issue of the Journal officiel."""
    if jo is None:
        return
    yield Triple(node, QP.date, civil_date(jo.jour))
    if jo.page:
        yield Triple(node, QP.page, integer(jo.page))
    if jo.numero:
        yield Triple(node, QP.numeroJO, plain_literal(jo.numero))
    if jo.type:
        yield Triple(node, QP.typeJO, plain_literal(jo.type))


def _restes(q: Question, iris: Iris, s: NamedNode) -> Iterator[Triple]:
    for n, reste in enumerate(q.restes, start=1):
        node = iris.part(s, "reste", n)
        yield Triple(node, RDF.type, QP.Reste)
        yield Triple(
            node, RDFS.label, fr(with_plain_spaces(f"Valeur non reconnue : {reste.libelle}"))
        )
        yield Triple(node, QP.libelle, fr(reste.libelle))
        yield Triple(node, QP.texteBrut, plain_literal(reste.texte))


def _source(q: Question, iris: Iris, s: NamedNode) -> Iterator[Triple]:
    for n, source in enumerate(q.sources, start=1):
        node = iris.part(s, "source", n)
        media, _, encoding = source.format.partition("; charset=")
        label = f"Enregistrement lu pour {q.uid}" + (f", en {encoding}" if encoding else "")
        yield Triple(node, RDF.type, PROV.Entity)
        yield Triple(node, RDFS.label, fr(label))
        yield Triple(node, DCTERMS.format, media_type(media))
        yield Triple(node, DCTERMS.identifier, plain_literal(source.sha256))
        yield Triple(node, DCAT.downloadURL, iris.source(source.sha256))


def reponse(q: Question, r: Reponse, iris: Iris) -> Iterator[Triple]:
    """Yield what is published about one answer of `q`.

    An answer that several questions share has one IRI; the records may differ in its page.
    """
    s = iris.reponse(q, r)
    yield Triple(s, RDF.type, QP.Reponse)
    yield Triple(s, RDFS.label, fr(reponse_name(r)))
    if r.texte:
        yield Triple(s, QP.texte, fr(r.texte))
    if r.texte_html:
        yield Triple(s, QP.texteHtml, plain_literal(r.texte_html))
    yield from _jo(s, r.jo)
    for person in r.orateurs:
        yield Triple(s, DCTERMS.contributor, iris.reference(*person))
    for cited in cited_texts(r.texte):
        yield Triple(s, DCTERMS.references, NamedNode(cited.eli))
    nodes = [iris.part(s, "intervention", n) for n in range(1, len(r.interventions) + 1)]
    for node in nodes:
        yield Triple(s, QP.intervention, node)
    yield from _interventions(r, iris, nodes)


def _interventions(r: Reponse, iris: Iris, nodes: Sequence[NamedNode]) -> Iterator[Triple]:
    types_ = coded(QP.typesIntervention)
    for rang, (node, turn) in enumerate(zip(nodes, r.interventions, strict=True), start=1):
        yield Triple(node, RDF.type, QP.Intervention)
        yield Triple(node, RDFS.label, fr(turn.libelle))
        yield Triple(node, QP.rang, integer(rang))
        yield Triple(node, QP.typeIntervention, types_[turn.type])
        if turn.qualite:
            yield Triple(node, QP.qualite, fr(turn.qualite))
        if turn.orateur:
            yield Triple(node, QP.orateur, iris.reference(*turn.orateur))
        if turn.groupe and turn.groupe.ref:
            yield Triple(node, QP.groupeOrateur, iris.reference("groupe", turn.groupe.ref))
        if said := (r.texte or "")[turn.debut : turn.fin]:
            yield Triple(node, QP.texte, fr(said))
            if turn.type in TYPES_OF_WORDS and (words := words_of(said)):
                yield Triple(node, QP.nombreMots, integer(words))
