"""The pages that are there once: home, downloads, quality, endpoint, ontology."""

from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from lod import jsonld
from lod.collect import LISTED, Bilan
from lod.ontology import labels, ontology
from lod.settings import Settings
from lod.vocab import NAMESPACE, PREFIXES, QP, RDF_TYPE, RDFS_COMMENT, RDFS_LABEL, SKOS_PREF_LABEL
from lod.website.rendering import Contexte, render, write_page
from lod.website.resources import LISTES, query_text, rows

EXEMPLES = ("vie-d-une-question", "ministeres", "reattribuees", "reponses-partagees")
REPARATIONS = {
    "numeric references": "Références numériques (&#339;) changées en lettres",
    "mojibake": "Texte UTF-8 lu comme windows-1252, relu (Ã© : é)",
    "windows-1252": "Guillemets et apostrophes de windows-1252 rétablis",
    "control characters": "Caractères de contrôle ôtés",
}
SEVERITES = {"Violation": "Refus", "Warning": "Avertissement", "Info": "Information"}


@dataclass(frozen=True, slots=True)
class Fichier:
    """A file to download: name, what it holds, triples (None: it is no RDF), bytes, SHA-256."""

    nom: str
    contenu: str
    triples: int | None
    octets: int
    sha256: str


def write_pages(
    contexte: Contexte, bilan: Bilan, fichiers: list[Fichier], settings: Settings, store: Store
) -> int:
    """Write the single pages; return how many."""
    pages: dict[str, dict[str, Any]] = {
        "index": {"types": list(rows(store, "types")), "recentes": list(rows(store, "recentes")),
                  "listes": LISTES, "requete": query_text("types"),
                  "exemple": query_text("vie-d-une-question")},
        "telechargements/index": {"fichiers": fichiers},
        "qualite": {"constats": constats(bilan), "limite": LISTED,
                    "reparations": reparations(bilan)},
        "sparql": {"exemples": [(titre(name), query_text(name)) for name in EXEMPLES],
                   "prefixes": PREFIXES},
        "def": {"termes": termes(), "espace": NAMESPACE},
    }  # fmt: skip
    for path, values in pages.items():
        template = "telechargements.html" if path.startswith("tele") else f"{path}.html"
        html = render(template, contexte, path, bilan=bilan, settings=settings, **values)
        write_page(contexte, path, html)
    return len(pages)


def titre(query: str) -> str:
    """Return the title of a query: the text of its first line."""
    return query_text(query).partition("\n")[0].removeprefix("# ")


def reparations(bilan: Bilan) -> list[tuple[str, int]]:
    """Return what had to be mended in the records, in words, and in how many values."""
    return [(nom, bilan.repairs[kind]) for kind, nom in REPARATIONS.items() if bilan.repairs[kind]]


def constats(bilan: Bilan) -> list[dict[str, Any]]:
    """Return what SHACL found, by shape: the gravest first, then the most frequent."""
    order = list(SEVERITES)
    found = sorted(
        bilan.constats.items(), key=lambda item: (order.index(item[1].severity), -item[1].count)
    )
    return [
        {
            "severite": SEVERITES[constat.severity],
            "message": constat.message,
            "nombre": constat.count,
            "exemples": constat.examples,
        }
        for _, constat in found
    ]


def termes() -> list[dict[str, str]]:
    """Return the terms of the ontology in both languages, in their order."""
    kinds = {
        t.subject.value: jsonld.compact(t.object.value)
        for t in ontology()
        if t.predicate == RDF_TYPE
        and isinstance(t.subject, NamedNode)
        and isinstance(t.object, NamedNode)
        and t.subject.value.startswith(NAMESPACE)
    }
    return [
        {
            "nom": iri.removeprefix(NAMESPACE),
            "genre": kind,
            "fr": _said(iri, "fr", RDFS_LABEL, SKOS_PREF_LABEL),
            "en": _said(iri, "en", RDFS_LABEL, SKOS_PREF_LABEL),
            "sens_fr": _said(iri, "fr", RDFS_COMMENT, DEFINITION),
            "sens_en": _said(iri, "en", RDFS_COMMENT, DEFINITION),
            "etiquettes": ", ".join(_all(iri, QP.etiquettePage)),
            "chemins": ", ".join(_all(iri, QP.cheminJson)),
        }
        for iri, kind in kinds.items()
    ]


DEFINITION = NamedNode(PREFIXES["skos"] + "definition")


def _said(iri: str, language: str, *predicates: NamedNode) -> str:
    return next((t for p in predicates if (t := labels(p, language).get(iri))), "")


def _all(iri: str, predicate: NamedNode) -> list[str]:
    return [
        t.object.value
        for t in ontology()
        if (t.subject, t.predicate) == (NamedNode(iri), predicate) and isinstance(t.object, Literal)
    ]
