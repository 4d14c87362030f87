"""The answers in the JSON of the Reconciliation Service API 0.2."""

from collections.abc import Callable, Iterable, Mapping

from lod import __version__
from lod.extensions.reconciliation.batch import BATCH_SIZE, ValuesRequest
from lod.extensions.reconciliation.entities import (
    Entity,
    EntityProperty,
    EntityType,
    EntityValue,
    ValueKind,
    entity_properties,
    entity_types,
)
from lod.extensions.reconciliation.entity_index import EntityIndex
from lod.extensions.reconciliation.scoring import ScoredEntity
from lod.model.dates import iso_in_french
from lod.model.text import fold
from lod.rdf.vocab import NAMESPACE
from lod.server.routes.context import Json

WIDTH, HEIGHT = 420, 260  # pixels of the frame of a preview
PAGE_SIZE = 20  # suggestions in one answer


def service_manifest(base: str) -> Json:
    """Return the Service Manifest; `base` is that of the release."""
    service = f"{base}reconciliation"

    def part(path: str) -> Json:
        return {"service_url": service, "service_path": path}

    return {
        "versions": ["0.2"],
        "name": "Questions parlementaires",
        "identifierSpace": base,
        "schemaSpace": NAMESPACE,
        "documentation": f"{base}rapprocher.html",
        "serviceVersion": __version__,
        "logo": f"{base}static/icone.svg",
        "defaultTypes": [id_and_name(kind) for kind in entity_types().values()],
        "batchSize": BATCH_SIZE,
        "view": {"url": f"{base}{{{{id}}}}"},
        "preview": {"url": f"{service}/preview?id={{{{id}}}}", "width": WIDTH, "height": HEIGHT},
        "suggest": {name: part(f"/suggest/{name}") for name in ("entity", "type", "property")},
        "extend": {"propose_properties": part("/extend/propose"), "property_settings": []},
    }


def id_and_name(term: EntityType | EntityProperty) -> Json:
    """Return a type or a property as an object with id and name."""
    return {"id": term.id, "name": term.nom}


def query_result(candidates: Iterable[ScoredEntity], index: EntityIndex) -> Json:
    """Return the candidates for one query (Reconciliation Query Response)."""
    return {
        "result": [
            {
                **_entity_json(c.entity, index),
                "type": [id_and_name(c.entity.kind)],
                "score": c.score,
                "features": [{"id": name, "value": value} for name, value in c.features.items()],
                "match": c.is_certain,
            }
            for c in candidates
        ]
    }


def _entity_json(entity: Entity, index: EntityIndex) -> Json:
    """Return id, name and description of an entity; the description tells it from namesakes."""
    words = []
    for name in entity.kind.decrit:
        if values := values_in_words(entity, name, index):
            is_bare = entity_properties()[name].genre in ("entier", "jour")
            words.append(f"{entity_properties()[name].nom.lower()} {values}" if is_bare else values)
    return {"id": entity.id, "name": entity.name, "description": ", ".join(words)}


def values_in_words(entity: Entity, property_id: str, index: EntityIndex) -> str:
    """Return the published values of a property as French text, "" if there is none."""
    values = [index.name_of(v.key, v.names) for v in entity.values.get(property_id, ())]
    return ", ".join(map(WRITERS.get(entity_properties()[property_id].genre, str), values))


def period_in_french(days: str) -> str:
    """Return a period in words.

    >>> period_in_french("2022-05-21/2023-07-20"), period_in_french("2025-10-13/")
    ('du 21 mai 2022 au 20 juillet 2023', 'depuis le 13 octobre 2025')
    """
    first, _, last = days.partition("/")
    since = iso_in_french(first)
    return f"du {since} au {iso_in_french(last)}" if last else f"depuis le {since}"


WRITERS: dict[ValueKind, Callable[[str], str]] = {  # kind of value → its words
    "jour": iso_in_french,
    "periode": period_in_french,
}


def entity_suggestions(entities: Iterable[Entity], index: EntityIndex) -> Json:
    """Return entities as suggestions (Suggest Response)."""
    result = [{**_entity_json(e, index), "notable": [id_and_name(e.kind)]} for e in entities]
    return {"result": result}


def schema_suggestions(known: Iterable[EntityType | EntityProperty], prefix: str) -> Json:
    """Return as suggestions the types or properties with this id, or a word with this prefix."""
    beginning = f" {fold(prefix)}"
    terms = (term for term in known if term.id == prefix or beginning in f" {fold(term.nom)}")
    return {"result": [{**id_and_name(term), "description": term.sens} for term in terms]}


def property_proposals(kind: EntityType, limit: int | None) -> Json:
    """Return the properties that entities of a type have (Data Extension Property Proposals)."""
    properties = [id_and_name(entity_properties()[name]) for name in kind.proprietes]
    limited = {"limit": limit} if limit is not None else {}
    return {"type": kind.id, "properties": properties[:limit], **limited}


def extension_response(
    asked: ValuesRequest, known: Mapping[str, Entity], index: EntityIndex
) -> Json:
    """Return the values of properties of entities (Data Extension Response).

    `known` maps an id to its entity; an unknown or unpublished entity has no values.
    """
    chosen = [entity_properties()[name] for name in asked.properties]
    meta = [
        id_and_name(p) | ({"type": id_and_name(entity_types()[p.de])} if p.de else {})
        for p in chosen
    ]
    published = {name: entity for name, entity in known.items() if entity.is_published}
    rows = {
        name: {
            p.id: [cell(v, p, index) for v in published[name].values.get(p.id, ())]
            if name in published
            else []
            for p in chosen
        }
        for name in asked.ids
    }
    return {"meta": meta, "rows": rows}


def cell(value: EntityValue, prop: EntityProperty, index: EntityIndex) -> Json:
    """Return one value; a day gets the time 0:00 UTC, because the API has only points in time."""
    name = index.name_of(value.key, value.names)
    if prop.genre == "entite":
        return {"id": value.key, "name": name}
    if prop.genre == "entier":
        return {"int": int(value.key)}
    if prop.genre == "jour":
        return {"date": f"{value.key}T00:00:00Z"}
    return {"str": name}
