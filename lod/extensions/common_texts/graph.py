"""The graph of common texts of a release, found among its questions, written and validated."""

from dataclasses import dataclass

from lod.extensions.common_texts.finding import CommonText, find_common_texts
from lod.extensions.common_texts.outside import OutsidePassage, Reviewed, outside_passages
from lod.extensions.common_texts.triples import (
    common_text_iri,
    common_text_name,
    common_text_triples,
    outside_triples,
    passage_iri,
    passage_name,
)
from lod.pipeline.findings import validate_described
from lod.pipeline.question_db import PublishedQuestions
from lod.pipeline.settling import BuildPlan, MadeGraph
from lod.rdf.serialize import ntriples


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonTextGraph(MadeGraph):
    """The common texts of a release."""

    found: tuple[CommonText, ...]
    outside: tuple[OutsidePassage, ...]  # passages in texts published elsewhere


def make_graph(plan: BuildPlan, reviewed: Reviewed) -> CommonTextGraph:
    """Find the common texts of the questions that are settled, look for the passages that were
    reviewed, and write the graph of both.
    """
    plan.progress.stage("texts in common")
    iris, objections, read = plan.iris, reviewed.objections, len(reviewed.passages)
    questions = PublishedQuestions(plan.work)
    found = find_common_texts(questions, iris, plan.previous.folder, plan.jobs, objections)
    outside, rejected = outside_passages(reviewed.passages, questions, iris, objections)
    said = [*common_text_triples(found, iris), *outside_triples(outside, iris)]
    results, focus_nodes = validate_described(said, (iris.base,), plan.engine)
    told = f"{read} read = {len(outside)} published + {len(rejected)} rejected"
    mentions: dict[str, list[tuple[str, str]]] = {}  # text → what it stands in: IRI and name
    for group in found:
        named = common_text_iri(group, iris).value, common_text_name(group)
        for text in group.texts:
            mentions.setdefault(text.iri, []).append(named)
    for passage in outside:
        named = passage_iri(passage, iris).value, passage_name(passage)
        mentions.setdefault(passage.question.iri, []).append(named)
    graph = CommonTextGraph(
        name="textes-communs",
        content="Passages que des questions ou des réponses ont en commun (Turtle)",
        results=tuple(results),
        focus_nodes=focus_nodes,
        rejected=tuple(rejected),
        told=f"outside texts: {told}" if read else "",
        mentions=mentions,
        found=tuple(found),
        outside=tuple(outside),
    )
    (plan.work / graph.file).write_bytes(ntriples(said))
    return graph
