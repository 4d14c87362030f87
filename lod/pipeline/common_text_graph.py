"""The graph of common texts of a release, found among its questions, written and validated."""

from collections import Counter
from dataclasses import dataclass

from lod.pipeline.build_plan import BuildPlan
from lod.pipeline.common_texts.finding import CommonText, find_common_texts
from lod.pipeline.mapping.common_text_triples import common_text_name, common_text_triples
from lod.pipeline.question_db import PublishedQuestions
from lod.pipeline.validation.report import validate_described
from lod.pipeline.validation.result import Result
from lod.rdf.iris import Iris
from lod.rdf.serialize import ntriples

COMMON_TEXTS = "textes-communs.nt"  # in a release


@dataclass(frozen=True, slots=True)
class CommonTextGraph:
    """The common texts of a release."""

    found: tuple[CommonText, ...]
    results: tuple[Result, ...]  # of SHACL
    focus_nodes: Counter[str]  # shape → nodes that were validated

    def by_text(self, iris: Iris) -> dict[str, list[tuple[str, str]]]:
        """Return question or answer → the common texts that it stands in: IRI, and name."""
        named: dict[str, list[tuple[str, str]]] = {}
        for one in self.found:
            told = iris.texte_commun(one.first.iri).value, common_text_name(one)
            for text in one.texts:
                named.setdefault(text.iri, []).append(told)
        return named


def write_common_texts(plan: BuildPlan) -> CommonTextGraph:
    """Find the common texts of the questions that are settled, and write their graph."""
    before, objections = plan.previous.folder, plan.tables.review.objections
    questions = PublishedQuestions(plan.work)
    found = find_common_texts(questions, plan.iris, before, plan.jobs, objections)
    said = list(common_text_triples(found, plan.iris))
    (plan.work / COMMON_TEXTS).write_bytes(ntriples(said))
    results, focus_nodes = validate_described(said, (plan.iris.base,), plan.engine)
    return CommonTextGraph(tuple(found), tuple(results), focus_nodes)
