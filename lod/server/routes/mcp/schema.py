"""The tool `schema`: classes and properties, with their meanings, numbers, codes and pitfalls."""

from pyoxigraph import NamedNode

from lod.publish.query_catalogue import all_queries, bind
from lod.rdf.ontology import coded, labels
from lod.rdf.vocab import NAMESPACE, PREFIXES, QP, SKOS_PREF_LABEL
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.context import Json, ToolAnswer
from lod.server.routes.mcp.answers import Arguments, ToolError
from lod.server.routes.mcp.definitions import query
from lod.server.routes.mcp.tables import own_rows
from lod.server.routes.result_pages import compacted


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
    return ToolAnswer(sentence, f"{release.base}def.html", fields)


def _properties(release: ServedRelease, name: str, classes: list[Json]) -> ToolAnswer:
    """Describe the properties of one class."""
    known = {compacted(row["iri"], release.base): row["iri"] for row in classes}
    iri = known.get(name if ":" in name else f"qp:{name}")
    if iri is None:
        raise ToolError(f"classe : pas de « {name[:80]} » ici ; connues : {', '.join(known)}")
    found = own_rows(release, bind(query("proprietes"), "entite", NamedNode(iri)))
    term = iri.partition(NAMESPACE)[2]
    page = f"{release.base}def.html{'#' if term else ''}{term}"
    fields = {"proprietes": [_term(release, row) for row in found]}
    return ToolAnswer(f"Propriétés de {name} : {len(found)}.", page, fields)


def _term(release: ServedRelease, row: Json) -> Json:
    """Return a class or a property; one that is not ours may have no meaning here."""
    return {"nom": compacted(row["iri"], release.base), "sens": "", **row}


def _codes(scheme: NamedNode) -> dict[str, str]:
    return {code: labels(SKOS_PREF_LABEL)[iri.value] for code, iri in coded(scheme).items()}
