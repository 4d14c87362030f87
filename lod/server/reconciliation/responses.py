"""What is answered, as the JSON of the Reconciliation Service API 0.2 has it."""

from collections.abc import Iterable, Mapping
from typing import Any

from lod import __version__
from lod.model.dates import dite
from lod.model.text import fold
from lod.rdf.vocab import NAMESPACE
from lod.server.reconciliation.batch import LOT, Extension
from lod.server.reconciliation.entities import Entite, Valeur
from lod.server.reconciliation.entity_index import Index
from lod.server.reconciliation.score import Candidat
from lod.server.reconciliation.types import Propriete, Type, proprietes, types

Json = dict[str, Any]
VERSIONS = ("0.2",)
LARGEUR, HAUTEUR = 420, 260  # pixels of the frame of a preview
PAGE = 20  # suggestions at once


def manifeste(base: str) -> Json:
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
        "defaultTypes": [dit(kind) for kind in types().values()],
        "batchSize": LOT,
        "view": {"url": f"{base}{{{{id}}}}"},
        "preview": {
            "url": f"{service}/preview?id={{{{id}}}}",
            "width": LARGEUR,
            "height": HAUTEUR,
        },
        "suggest": {name: part(f"/suggest/{name}") for name in ("entity", "type", "property")},
        "extend": {"propose_properties": part("/extend/propose"), "property_settings": []},
    }


def dit(one: Type | Propriete) -> Json:
    """Return a type or a property by id and name."""
    return {"id": one.id, "name": one.nom}


def resultat(found: Iterable[Candidat], index: Index) -> Json:
    """Return the candidates for one query (Reconciliation Query Responses)."""
    return {"result": [candidat(c, index) for c in found]}


def candidat(c: Candidat, index: Index) -> Json:
    """Return one candidate."""
    return {
        "id": c.entite.id,
        "name": c.entite.nom,
        "description": description(c.entite, index),
        "type": [dit(c.entite.sorte)],
        "score": c.score,
        "features": [{"id": name, "value": value} for name, value in c.traits.items()],
        "match": c.est_sur,
    }


def description(entite: Entite, index: Index) -> str:
    """Return what tells an entity from its namesakes, in words."""
    said = []
    for name in entite.sorte.decrit:
        if words := en_mots(entite, name, index):
            is_bare = proprietes()[name].genre in ("entier", "jour")
            said.append(f"{proprietes()[name].nom.lower()} {words}" if is_bare else words)
    return ", ".join(said)


def en_mots(entite: Entite, propriete: str, index: Index) -> str:
    """Return the published values of a property, in words."""
    values = [nommee(valeur, index) for valeur in entite.valeurs.get(propriete, ())]
    is_day = proprietes()[propriete].genre == "jour"
    return ", ".join(map(dite, values) if is_day else values)


def nommee(valeur: Valeur, index: Index) -> str:
    """Return what a value is called."""
    return index.nom(valeur.cle, valeur.noms)


def suggestions(entites: Iterable[Entite], index: Index) -> Json:
    """Return entities whose names begin as a person types (Suggest Responses)."""
    return {
        "result": [
            {
                "id": entite.id,
                "name": entite.nom,
                "description": description(entite, index),
                "notable": [dit(entite.sorte)],
            }
            for entite in entites
        ]
    }


def suggerees(known: Iterable[Type | Propriete], prefixe: str) -> Json:
    """Return types or properties of which a word begins so, or that have this id."""
    asked = fold(prefixe)
    return {
        "result": [
            {**dit(one), "description": one.sens}
            for one in known
            if one.id == prefixe or f" {fold(one.nom)}".find(f" {asked}") >= 0
        ]
    }


def proposees(kind: Type, limite: int | None) -> Json:
    """Return the properties that entities of a type have (Data Extension Property Proposals)."""
    found = [dit(proprietes()[name]) for name in kind.proprietes]
    said = {"limit": limite} if limite is not None else {}
    return {"type": kind.id, "properties": found[:limite], **said}


def etendues(asked: Extension, known: Mapping[str, Entite], index: Index) -> Json:
    """Return the values of properties of entities (Data Extension Responses), if any is known."""
    chosen = [proprietes()[name] for name in asked.proprietes]
    return {
        "meta": [dit(p) | ({"type": dit(types()[p.de])} if p.de else {}) for p in chosen],
        "rows": {
            name: {p.id: cellules(known.get(name), p, index) for p in chosen} for name in asked.ids
        },
    }


def cellules(entite: Entite | None, propriete: Propriete, index: Index) -> list[Json]:
    """Return the published values of one property of one entity."""
    if entite is None or not entite.est_publiee:
        return []
    return [cellule(v, propriete, index) for v in entite.valeurs.get(propriete.id, ())]


def cellule(valeur: Valeur, propriete: Propriete, index: Index) -> Json:
    """Return one value; a day is its first second, for the API knows no days."""
    if propriete.genre == "entite":
        return {"id": valeur.cle, "name": nommee(valeur, index)}
    if propriete.genre == "entier":
        return {"int": int(valeur.cle)}
    if propriete.genre == "jour":
        return {"date": f"{valeur.cle}T00:00:00Z"}
    return {"str": nommee(valeur, index)}
