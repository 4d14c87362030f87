"""The triples of common texts, which make a named graph: groups, comparisons, passages, method."""

from collections.abc import Iterable, Iterator
from datetime import date

from pyoxigraph import NamedNode, Triple

from lod.model.dates import french_date
from lod.pipeline.common_texts.comparison import LONGEST, PASSAGE, SHARE, SHARED
from lod.pipeline.common_texts.finding import CommonText, Member
from lod.pipeline.common_texts.signatures import WORDS
from lod.pipeline.common_texts.texts import QUESTION, UNDATED
from lod.pipeline.mapping.question_triples import question_name_of
from lod.rdf.iris import Iris
from lod.rdf.vocab import (
    DCTERMS_CONFORMS_TO,
    QP,
    RDF_TYPE,
    RDFS_COMMENT,
    RDFS_LABEL,
    SCHEMA_VERSION,
    decimal,
    fr,
    integer,
    plain_literal,
)

VERSION = "1"  # of the method: another rule of words, candidates, groups or threshold has another
METHOD = f".well-known/void#methode-textes-communs-{VERSION}"  # below the base
METHOD_NAME = fr(f"Méthode des textes communs, version {VERSION}")
TOLD = (
    "Mots comparés sans casse, accents ni ponctuation, formules d’usage ôtées ; suites de "
    f"{WORDS} mots, MinHash et LSH pour trouver les paires, puis comparaison exacte ; passages "
    f"d’au moins {PASSAGE} mots, dont un d’au moins {LONGEST}, qui font ensemble au moins "
    f"{SHARED} mots et {100 * SHARE:g} % du texte le plus court."
)


def common_text_triples(found: Iterable[CommonText], iris: Iris) -> Iterator[Triple]:
    """Yield the graph."""
    method = NamedNode(iris.base + METHOD)
    yield Triple(method, RDFS_LABEL, METHOD_NAME)
    yield Triple(method, RDFS_COMMENT, fr(TOLD))
    yield Triple(method, SCHEMA_VERSION, plain_literal(VERSION))
    for one in found:
        yield from group_triples(one, iris)


def group_triples(one: CommonText, iris: Iris) -> Iterator[Triple]:
    """Yield the triples of one common text."""
    s = iris.texte_commun(one.first.iri)
    yield Triple(s, RDF_TYPE, QP.TexteCommun)
    yield Triple(s, RDFS_LABEL, fr(common_text_name(one)))
    yield Triple(s, QP.paruLePremier, NamedNode(one.first.iri))
    yield Triple(s, DCTERMS_CONFORMS_TO, NamedNode(iris.base + METHOD))
    compared = {_node(s, member): member for member in one.members}
    for node in compared:
        yield Triple(s, QP.comparaison, node)
    for node, member in compared.items():
        yield from _comparison(node, member)


def named(one: CommonText, iris: Iris) -> Iterator[Triple]:
    """Yield the names of what a common text speaks of: its texts, and the method."""
    yield Triple(NamedNode(iris.base + METHOD), RDFS_LABEL, METHOD_NAME)
    for text in one.texts:
        name = text_name(text.iri, text.kind, text.day)
        yield Triple(NamedNode(text.iri), RDFS_LABEL, fr(name))


def _node(whole: NamedNode, member: Member) -> NamedNode:
    """`…/texte-commun/QANR5L15QE43349#QANR5L15QE43350`: the comparison with a member."""
    return NamedNode(f"{whole.value}#{member.text.iri.rpartition('/')[2]}")


def _comparison(s: NamedNode, member: Member) -> Iterator[Triple]:
    text, found = member.text, member.comparison
    yield Triple(s, RDF_TYPE, QP.Comparaison)
    yield Triple(
        s, RDFS_LABEL, fr(f"Mots communs avec : {text_name(text.iri, text.kind, text.day)}")
    )
    yield Triple(s, QP.texteCompare, NamedNode(text.iri))
    yield Triple(s, QP.motsCommuns, integer(found.shared))
    first, own = found.sizes
    yield Triple(s, QP.part, decimal(100 * found.shared / own))
    yield Triple(s, QP.partDuPremier, decimal(100 * found.shared / first))
    yield Triple(s, QP.inclusion, decimal(100 * found.containment))
    yield Triple(s, QP.jaccard, decimal(100 * found.jaccard))
    for number, passage in enumerate(member.passages, start=1):
        node = NamedNode(f"{s.value}-{number}")
        yield Triple(s, QP.passageCommun, node)
        yield Triple(node, RDF_TYPE, QP.PassageCommun)
        yield Triple(node, RDFS_LABEL, fr(f"Passage {number}, de {passage.words} mots"))
        yield Triple(node, QP.motsCommuns, integer(passage.words))
        yield Triple(node, QP.debut, integer(passage.start))
        yield Triple(node, QP.fin, integer(passage.end))
        yield Triple(node, QP.debutDansLePremier, integer(passage.first_start))
        yield Triple(node, QP.finDansLePremier, integer(passage.first_end))


def common_text_name(one: CommonText) -> str:
    """Return « Texte commun à 3 questions, la première parue le 3 mars 2022 »."""
    noun = "questions" if one.first.kind == QUESTION else "réponses"
    day = one.first.day
    began = (
        "" if day == UNDATED else f", la première parue le {french_date(date.fromisoformat(day))}"
    )
    return f"Texte commun à {len(one.texts)} {noun}{began}"


def text_name(iri: str, kind: str, day: str) -> str:
    """Return what a question or an answer is called."""
    if kind == QUESTION:
        return question_name_of(iri.rpartition("/")[2])
    return f"Réponse publiée au JO le {french_date(date.fromisoformat(day))}"
