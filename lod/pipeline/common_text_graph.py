"""The graph of common texts of a release, found among its questions, written and validated."""

from collections import Counter
from dataclasses import dataclass

from lod.base.errors import Finding
from lod.pipeline.common_texts.finding import CommonText, find_common_texts
from lod.pipeline.common_texts.outside import OutsidePassage, outside_passages
from lod.pipeline.findings import validate_described
from lod.pipeline.mapping.common_text_triples import common_text_name, common_text_triples
from lod.pipeline.mapping.outside_passage_triples import outside_triples, passage_iri, passage_name
from lod.pipeline.question_db import PublishedQuestions
from lod.pipeline.settling import BuildPlan
from lod.pipeline.validation.shapes import Result
from lod.rdf.iris import Iris
from lod.rdf.serialize import ntriples

COMMON_TEXTS = "textes-communs.nt"  # in a release


@dataclass(frozen=True, slots=True)
class CommonTextGraph:
    """The common texts of a release."""

    found: tuple[CommonText, ...]
    outside: tuple[OutsidePassage, ...]  # passages in texts published elsewhere
    rejected: tuple[Finding, ...]  # why other rows about such passages are not published
    results: tuple[Result, ...]  # of SHACL
    focus_nodes: Counter[str]  # shape → nodes that were validated

    def by_text(self, iris: Iris) -> dict[str, list[tuple[str, str]]]:
        """Return question or answer → the common texts that it stands in, and its passages in texts
        published elsewhere: IRI, and name.
        """
        named: dict[str, list[tuple[str, str]]] = {}
        for one in self.found:
            told = iris.texte_commun(one.first.iri).value, common_text_name(one)
            for text in one.texts:
                named.setdefault(text.iri, []).append(told)
        for passage in self.outside:
            told = passage_iri(passage, iris).value, passage_name(passage)
            named.setdefault(passage.question.iri, []).append(told)
        return named


def write_common_texts(plan: BuildPlan) -> CommonTextGraph:
    """Find the common texts of the questions that are settled, look for the passages that were
    reviewed, and write the graph of both.
    """
    before, objections = plan.previous.folder, plan.tables.review.objections
    questions = PublishedQuestions(plan.work)
    found = find_common_texts(questions, plan.iris, before, plan.jobs, objections)
    reviewed = plan.tables.review.outside
    outside, rejected = outside_passages(reviewed, questions, plan.iris, objections)
    said = [*common_text_triples(found, plan.iris), *outside_triples(outside, plan.iris)]
    (plan.work / COMMON_TEXTS).write_bytes(ntriples(said))
    results, focus_nodes = validate_described(said, (plan.iris.base,), plan.engine)
    return CommonTextGraph(
        tuple(found), tuple(outside), tuple(rejected), tuple(results), focus_nodes
    )
