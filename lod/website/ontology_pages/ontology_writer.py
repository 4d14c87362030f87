"""The pages about the model: its terms and its shapes, each in French and in English."""

import tomllib
from functools import cache
from typing import Any

from lod.base import packaged as files
from lod.base.settings import Settings
from lod.rdf.vocab import NAMESPACE
from lod.website.ontology_pages.diagram import dessin
from lod.website.ontology_pages.shape_tables import Section, sections
from lod.website.ontology_pages.terms import modele, termes
from lod.website.rendering import Contexte, render, typo, write_page

LANGUES = {"fr": "", "en": ".en"}  # what the name of a page ends with
SUJETS = ("def", "formes")


def write_notice(contexte: Contexte, settings: Settings) -> int:
    """Write the pages about the model, and the JSON-LD context beside them; return how many."""
    contexte.site.copy(files.CONTEXT, "def.jsonld")
    for langue in LANGUES:
        for sujet in SUJETS:
            write_page(contexte, sujet + LANGUES[langue], page(contexte, settings, sujet, langue))
    return len(LANGUES) * len(SUJETS)


def page(contexte: Contexte, settings: Settings, sujet: str, langue: str) -> bytes:
    """Return the page about the terms (`def`) or the shapes (`formes`) in one language."""
    said = modele(langue)
    [autre] = [other for other in LANGUES if other != langue]
    return render(
        f"{sujet}.html",
        contexte,
        sujet + LANGUES[langue],
        settings=settings,
        sujet=sujet,
        autre=sujet + LANGUES[autre],
        voisine={s: s + LANGUES[langue] for s in SUJETS},
        modele=said,
        mots=mots()[langue],
        propres=set(termes()),
        espace=NAMESPACE,
        dessin=dessin(said) if sujet == "def" else None,
        sections=par_classe(langue) if sujet == "formes" else (),
    )


def par_classe(langue: str) -> list[Section]:
    """Return the shapes in the order of the ontology; those of no class of ours come last."""
    order = {term: place for place, term in enumerate(termes())}

    def place(section: Section) -> tuple[bool, int, str]:
        own = [order[c] for c in section.classes if c in order]
        return not section.classes, min(own, default=len(order)), section.fichier

    return sorted((s for s in sections(langue) if s.contraintes or s.regles), key=place)


@cache
def mots() -> dict[str, Any]:
    """Return language → the fixed words of the pages, French ones with their typography."""
    told = tomllib.loads((files.TEMPLATES / "mots.toml").read_text("utf-8"))
    return {**told, "fr": _typo(told["fr"])}


def _typo(words: Any) -> Any:
    return {k: _typo(w) for k, w in words.items()} if isinstance(words, dict) else typo(words)
