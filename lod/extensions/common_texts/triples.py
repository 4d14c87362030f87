"""The triples of common texts: groups, comparisons, passages, method; and those of passages in
texts published elsewhere, which are links with their evidence.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from pyoxigraph import NamedNode, Triple

from lod.extensions.common_texts.candidates import MOST_ALIKE, WORDS
from lod.extensions.common_texts.comparison import LONGEST, PASSAGE, SHARE, SHARED
from lod.extensions.common_texts.finding import CommonText, Member, find_common_texts
from lod.extensions.common_texts.outside import (
    OutsidePassage,
    Reviewed,
    ReviewedPassage,
    outside_passages,
)
from lod.extensions.common_texts.texts import QUESTION, UNDATED, SignedText
from lod.model.dates import french_date, iso_in_french
from lod.model.text import digest
from lod.pipeline.mapping.question_triples import question_name_of
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.pipeline.report.quality_files import validate_described
from lod.pipeline.settling.settle import BuildPlan, MadeGraph
from lod.rdf.iris import Iris
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import (
    DCTERMS,
    QP,
    RDF,
    RDFS,
    SCHEMA,
    decimal,
    fr,
    integer,
    partial_date,
    plain_literal,
    qp,
)

VERSION = "1"  # of the method: a new one for each change of words, candidates, groups or thresholds
METHOD = f".well-known/void#methode-textes-communs-{VERSION}"  # below the base
METHOD_NAME = fr(f"Méthode des textes communs, version {VERSION}")
RULE = (
    "Mots comparés sans casse, accents ni ponctuation, formules d’usage ôtées ; deux textes qui "
    f"ont assez de suites de {WORDS} mots en commun sont comparés mot à mot ; passages "
    f"d’au moins {PASSAGE} mots, dont un d’au moins {LONGEST}, qui font ensemble au moins "
    f"{SHARED} mots et {100 * SHARE:g} % du texte le plus court."
)


def common_text_triples(groups: Iterable[CommonText], iris: Iris) -> Iterator[Triple]:
    """Yield the triples of all common texts, and of the method."""
    method = NamedNode(iris.base + METHOD)
    yield Triple(method, RDFS.label, METHOD_NAME)
    yield Triple(method, RDFS.comment, fr(RULE))
    yield Triple(method, SCHEMA.version, plain_literal(VERSION))
    for group in groups:
        yield from group_triples(group, iris)


def group_triples(group: CommonText, iris: Iris) -> Iterator[Triple]:
    """Yield the triples of one common text."""
    s = common_text_iri(group, iris)
    yield Triple(s, RDF.type, qp("TexteCommun"))
    yield Triple(s, RDFS.label, fr(common_text_name(group)))
    yield Triple(s, qp("paruLePremier"), NamedNode(group.first.iri))
    yield Triple(s, DCTERMS.conformsTo, NamedNode(iris.base + METHOD))
    compared = {NamedNode(f"{s.value}#{member.text.code}"): member for member in group.members}
    for node in compared:
        yield Triple(s, qp("comparaison"), node)
    for node, member in compared.items():
        yield from _comparison(node, member)


def label_triples(group: CommonText, iris: Iris) -> Iterator[Triple]:
    """Yield the names of what the triples of a common text mention: its texts, and the method."""
    yield Triple(NamedNode(iris.base + METHOD), RDFS.label, METHOD_NAME)
    yield from map(text_label, group.texts)


def _comparison(s: NamedNode, member: Member) -> Iterator[Triple]:
    text, comparison = member.text, member.comparison
    yield Triple(s, RDF.type, qp("Comparaison"))
    yield Triple(s, RDFS.label, fr(f"Mots communs avec : {text_name(text)}"))
    yield Triple(s, qp("texteCompare"), NamedNode(text.iri))
    yield Triple(s, qp("motsCommuns"), integer(comparison.shared))
    first, own = comparison.sizes
    yield Triple(s, qp("part"), decimal(100 * comparison.shared / own))
    yield Triple(s, qp("partDuPremier"), decimal(100 * comparison.shared / first))
    yield Triple(s, qp("inclusion"), decimal(100 * comparison.containment))
    yield Triple(s, qp("jaccard"), decimal(100 * comparison.jaccard))
    for number, passage in enumerate(member.passages, start=1):
        node = NamedNode(f"{s.value}-{number}")
        yield Triple(s, qp("passageCommun"), node)
        yield Triple(node, RDF.type, qp("PassageCommun"))
        yield Triple(node, RDFS.label, fr(f"Passage {number}, de {passage.words} mots"))
        yield Triple(node, qp("motsCommuns"), integer(passage.words))
        yield Triple(node, qp("debut"), integer(passage.start))
        yield Triple(node, qp("fin"), integer(passage.end))
        yield Triple(node, qp("debutDansLePremier"), integer(passage.first_start))
        yield Triple(node, qp("finDansLePremier"), integer(passage.first_end))


def common_text_iri(group: CommonText, iris: Iris) -> NamedNode:
    """Return `…/texte-commun/QANR5L15QE43349`, made from the text that was published first."""
    return iris.reference("texte-commun", group.first.code)


def common_text_name(group: CommonText) -> str:
    """Return « Texte commun à 3 questions, la première parue le 3 mars 2022 »."""
    noun = "questions" if group.first.kind == QUESTION else "réponses"
    day = group.first.day
    began = (
        "" if day == UNDATED else f", la première parue le {french_date(date.fromisoformat(day))}"
    )
    return f"Texte commun à {len(group.texts)} {noun}{began}"


def text_name(text: SignedText) -> str:
    """Return what a question or an answer is called."""
    if text.kind == QUESTION:
        return question_name_of(text.code)
    return f"Réponse publiée au JO le {french_date(date.fromisoformat(text.day))}"


def text_label(text: SignedText) -> Triple:
    """Return the name of a question or of an answer, as a triple."""
    return Triple(NamedNode(text.iri), RDFS.label, fr(text_name(text)))


def outside_triples(passages: Iterable[OutsidePassage], iris: Iris) -> Iterator[Triple]:
    """Yield the triples of all passages in texts published elsewhere, and of each text once."""
    texts: dict[str, ReviewedPassage] = {}
    for passage in passages:
        yield from passage_triples(passage, iris)
        texts[passage.reviewed.adresse] = passage.reviewed
    for reviewed in texts.values():
        yield from outside_text_triples(reviewed)


def passage_triples(passage: OutsidePassage, iris: Iris) -> Iterator[Triple]:
    """Yield the triples of one passage."""
    s, reviewed = passage_iri(passage, iris), passage.reviewed
    yield Triple(s, RDF.type, QP.Lien)
    yield Triple(s, RDFS.label, fr(passage_name(passage)))
    yield Triple(s, QP.sujet, NamedNode(passage.question.iri))
    yield Triple(s, QP.cible, NamedNode(reviewed.adresse))
    yield Triple(s, QP.preuve, qp("preuve-revue"))
    yield Triple(s, QP.valeurPreuve, plain_literal(reviewed.motif))
    yield Triple(s, QP.sourcePreuve, fr(f"Revu par {reviewed.par}"))
    yield Triple(s, QP.dateConstat, partial_date(reviewed.constat))
    yield Triple(s, qp("motsCommuns"), integer(passage.words))
    yield Triple(s, qp("debut"), integer(passage.start))
    yield Triple(s, qp("fin"), integer(passage.end))


def outside_text_triples(text: ReviewedPassage) -> Iterator[Triple]:
    """Yield the triples of a text published elsewhere."""
    s = NamedNode(text.adresse)
    yield Triple(s, RDF.type, SCHEMA.CreativeWork)
    yield Triple(s, RDFS.label, fr(text.titre))
    yield Triple(s, SCHEMA.publisher, plain_literal(text.editeur))
    yield Triple(s, SCHEMA.datePublished, partial_date(text.date))


def passage_iri(passage: OutsidePassage, iris: Iris) -> NamedNode:
    """Return `…/texte-commun/QANR5L15QE43349-0123456789ABCDEF`, made from question, address and
    words.
    """
    reviewed = passage.reviewed
    code = digest(f"{reviewed.adresse} {reviewed.folded}").upper()
    return iris.reference("texte-commun", f"{reviewed.uid}-{code}")


def passage_name(passage: OutsidePassage) -> str:
    """Return a sentence about the passage, with title, publisher and day of the text elsewhere."""
    text = passage.reviewed
    origin = f"{text.editeur}, {iso_in_french(text.date)}"
    return f"Un texte publié ailleurs contient le même passage : « {text.titre} » ({origin})"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonTextGraph(MadeGraph):
    """The common texts of a release."""

    groups: tuple[CommonText, ...]
    outside: tuple[OutsidePassage, ...]  # passages in texts published elsewhere


def make_graph(plan: BuildPlan, reviewed: Reviewed) -> CommonTextGraph:
    """Find the common texts of the settled questions, locate the reviewed passages, and write the
    graph of both.
    """
    plan.progress.stage("texts in common")
    iris, objections, read = plan.iris, reviewed.objections, len(reviewed.passages)
    questions = PublishedQuestions(plan.work)
    many = set[str]()
    groups = find_common_texts(questions, iris, plan.previous.folder, plan.jobs, objections, many)
    outside, rejected = outside_passages(reviewed.passages, questions, iris, objections)
    triples = [*common_text_triples(groups, iris), *outside_triples(outside, iris)]
    results, focus_nodes = validate_described(triples, (iris.base,), plan.engine)
    account = [f"outside texts: {read} read = {len(outside)} published + {len(rejected)} rejected"]
    crowd = f"more than {MOST_ALIKE} texts alike, compared with the earliest alone: {len(many)}"
    mentions: dict[str, list[tuple[str, str]]] = {}  # text → IRI and name of what mentions it
    for group in groups:
        mention = common_text_iri(group, iris).value, common_text_name(group)
        for text in group.texts:
            mentions.setdefault(text.iri, []).append(mention)
    for passage in outside:
        mention = passage_iri(passage, iris).value, passage_name(passage)
        mentions.setdefault(passage.question.iri, []).append(mention)
    graph = CommonTextGraph(
        name="textes-communs",
        content="Passages que des questions ou des réponses ont en commun (Turtle)",
        results=tuple(results),
        focus_nodes=focus_nodes,
        rejected=tuple(rejected),
        told="; ".join([*(account if read else ()), *([crowd] if many else ())]),
        mentions=mentions,
        groups=tuple(groups),
        outside=tuple(outside),
    )
    (plan.work / graph.file).write_bytes(ntriples(triples))
    return graph
