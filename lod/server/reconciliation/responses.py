"""What is answered, as the JSON of the Reconciliation Service API 0.2 has it."""

from collections.abc import Iterable, Mapping
from typing import Any

from lod import __version__
from lod.model.dates import iso_in_french
from lod.model.text import fold
from lod.rdf.vocab import NAMESPACE
from lod.server.reconciliation.batch import BATCH_SIZE, Extension
from lod.server.reconciliation.entities import Entity, EntityValue
from lod.server.reconciliation.entity_index import EntityIndex
from lod.server.reconciliation.score import ScoredEntity
from lod.server.reconciliation.types import (
    EntityProperty,
    EntityType,
    entity_properties,
    entity_types,
)

Json = dict[str, Any]
VERSIONS = ("0.2",)
WIDTH, HEIGHT = 420, 260  # pixels of the frame of a preview
PAGE_SIZE = 20  # suggestions at once


def service_manifest(base: str) -> Json:
    """Return what the service is and where its parts are (Service Manifest)."""
    service = f"{base}reconciliation"

    def part(path: str) -> Json:
        return {"service_url": service, "service_path": path}

    return {
        "versions": list(VERSIONS),
        "name": "Questions parlementaires",
        "identifierSpace": base,
        "schemaSpace": NAMESPACE,
        "documentation": f"{base}rapprocher.html",
        "serviceVersion": __version__,
        "logo": f"{base}static/icone.svg",
        "defaultTypes": [id_and_name(kind) for kind in entity_types().values()],
        "batchSize": BATCH_SIZE,
        "view": {"url": f"{base}{{{{id}}}}"},
        "preview": {
            "url": f"{service}/preview?id={{{{id}}}}",
            "width": WIDTH,
            "height": HEIGHT,
        },
        "suggest": {name: part(f"/suggest/{name}") for name in ("entity", "type", "property")},
        "extend": {"propose_properties": part("/extend/propose"), "property_settings": []},
    }


def id_and_name(one: EntityType | EntityProperty) -> Json:
    """Return a type or a property by id and name."""
    return {"id": one.id, "name": one.nom}


def query_result(found: Iterable[ScoredEntity], index: EntityIndex) -> Json:
    """Return the candidates for one query (Reconciliation Query Responses)."""
    return {"result": [candidate(c, index) for c in found]}


def candidate(c: ScoredEntity, index: EntityIndex) -> Json:
    """Return one candidate."""
    return {
        "id": c.entity.id,
        "name": c.entity.name,
        "description": description(c.entity, index),
        "type": [id_and_name(c.entity.kind)],
        "score": c.score,
        "features": [{"id": name, "value": value} for name, value in c.features.items()],
        "match": c.is_certain,
    }


def description(entity: Entity, index: EntityIndex) -> str:
    """Return what tells an entity from its namesakes, in words."""
    said = []
    for name in entity.kind.decrit:
        if words := values_in_words(entity, name, index):
            is_bare = entity_properties()[name].genre in ("entier", "jour")
            said.append(f"{entity_properties()[name].nom.lower()} {words}" if is_bare else words)
    return ", ".join(said)


def values_in_words(entity: Entity, property_id: str, index: EntityIndex) -> str:
    """Return the published values of a property, in words."""
    values = [value_name(value, index) for value in entity.values.get(property_id, ())]
    is_day = entity_properties()[property_id].genre == "jour"
    return ", ".join(map(iso_in_french, values) if is_day else values)


def value_name(value: EntityValue, index: EntityIndex) -> str:
    """Return what a value is called."""
    return index.name_of(value.key, value.names)


def entity_suggestions(entities: Iterable[Entity], index: EntityIndex) -> Json:
    """Return entities whose names begin as a person types (Suggest Responses)."""
    return {
        "result": [
            {
                "id": entity.id,
                "name": entity.name,
                "description": description(entity, index),
                "notable": [id_and_name(entity.kind)],
            }
            for entity in entities
        ]
    }


def schema_suggestions(known: Iterable[EntityType | EntityProperty], prefix: str) -> Json:
    """Return types or properties of which a word begins so, or that have this id."""
    asked = fold(prefix)
    return {
        "result": [
            {**id_and_name(one), "description": one.sens}
            for one in known
            if one.id == prefix or f" {fold(one.nom)}".find(f" {asked}") >= 0
        ]
    }


def property_proposals(kind: EntityType, limit: int | None) -> Json:
    """Return the properties that entities of a type have (Data Extension Property Proposals)."""
    found = [id_and_name(entity_properties()[name]) for name in kind.proprietes]
    said = {"limit": limit} if limit is not None else {}
    return {"type": kind.id, "properties": found[:limit], **said}


def extension_response(asked: Extension, known: Mapping[str, Entity], index: EntityIndex) -> Json:
    """Return the values of properties of entities (Data Extension Responses), if any is known."""
    chosen = [entity_properties()[name] for name in asked.properties]
    return {
        "meta": [
            id_and_name(p) | ({"type": id_and_name(entity_types()[p.de])} if p.de else {})
            for p in chosen
        ],
        "rows": {
            name: {p.id: cells(known.get(name), p, index) for p in chosen} for name in asked.ids
        },
    }


def cells(entity: Entity | None, prop: EntityProperty, index: EntityIndex) -> list[Json]:
    """Return the published values of one property of one entity."""
    if entity is None or not entity.is_published:
        return []
    return [cell(v, prop, index) for v in entity.values.get(prop.id, ())]


def cell(value: EntityValue, prop: EntityProperty, index: EntityIndex) -> Json:
    """Return one value; a day is its first second, for the API knows no days."""
    if prop.genre == "entite":
        return {"id": value.key, "name": value_name(value, index)}
    if prop.genre == "entier":
        return {"int": int(value.key)}
    if prop.genre == "jour":
        return {"date": f"{value.key}T00:00:00Z"}
    return {"str": value_name(value, index)}
