"""The pages about the model: its terms and its shapes, each in French and in English."""

import tomllib
from functools import cache
from typing import Any

from lod.base import packaged
from lod.base.settings import Settings
from lod.publish.publication import Site
from lod.rdf.vocab import NAMESPACE
from lod.website.ontology_pages.diagram import draw_model
from lod.website.ontology_pages.shape_tables import ShapeSection, sections
from lod.website.ontology_pages.terms import model_terms, own_terms
from lod.website.rendering import render, typeset, write_page

LANGUAGES = {"fr": "", "en": ".en"}  # what the name of a page ends with
SUBJECTS = ("def", "formes")


def write_model_pages(site: Site, settings: Settings) -> int:
    """Write the pages about the model, and the JSON-LD context beside them; return how many."""
    site.tree.copy(packaged.CONTEXT, "def.jsonld")
    for language in LANGUAGES:
        for subject in SUBJECTS:
            write_page(site, subject + LANGUAGES[language], page(site, settings, subject, language))
    return len(LANGUAGES) * len(SUBJECTS)


def page(site: Site, settings: Settings, subject: str, language: str) -> bytes:
    """Return the page about the terms (`def`) or the shapes (`formes`) in one language."""
    said = model_terms(language)
    [other_language] = [other for other in LANGUAGES if other != language]
    return render(
        f"{subject}.html",
        site.publication,
        subject + LANGUAGES[language],
        settings=settings,
        sujet=subject,
        autre=subject + LANGUAGES[other_language],
        voisine={s: s + LANGUAGES[language] for s in SUBJECTS},
        modele=said,
        mots=fixed_words()[language],
        propres=set(own_terms()),
        espace=NAMESPACE,
        dessin=draw_model(said) if subject == "def" else None,
        sections=shapes_by_class(language) if subject == "formes" else (),
    )


def shapes_by_class(language: str) -> list[ShapeSection]:
    """Return the shapes in the order of the ontology; those of no class of ours come last."""
    order = {term: place for place, term in enumerate(own_terms())}

    def place(section: ShapeSection) -> tuple[bool, int, str]:
        own = [order[c] for c in section.classes if c in order]
        return not section.classes, min(own, default=len(order)), section.file

    return sorted((s for s in sections(language) if s.constraints or s.rules), key=place)


@cache
def fixed_words() -> dict[str, Any]:
    """Return language → the fixed words of the pages, French ones with their typography."""
    told = tomllib.loads((packaged.TEMPLATES / "mots.toml").read_text("utf-8"))
    return {**told, "fr": _typeset(told["fr"])}


def _typeset(words: Any) -> Any:
    return {k: _typeset(w) for k, w in words.items()} if isinstance(words, dict) else typeset(words)
