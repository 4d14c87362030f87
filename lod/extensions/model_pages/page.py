"""Write the pages about the model: its terms and its shapes, each in French and in English."""

import tomllib
from typing import Any

from markupsafe import Markup

from lod.base import packaged
from lod.extensions.model_pages.terms import model_terms
from lod.publish.publication import Site
from lod.rdf.vocab import NAMESPACE
from lod.website.model.model_graph import own_terms
from lod.website.model.shape_tables import ShapeSection, sections
from lod.website.rendering.language import LANGUAGES, written_in
from lod.website.rendering.templates import render, said, write_page

FOLDER = packaged.SITE / packaged.EXTENSIONS / "model_pages"
SUBJECTS = ("def", "formes")  # names of the pages of terms and of shapes
PICTURES = ("coeur", "tout")  # of the core, and of all: drawn by tests/extensions/model_pages


def write_model_pages(site: Site) -> None:
    """Write the pages in each language."""
    for language in LANGUAGES:
        with written_in(language):
            for subject in SUBJECTS:
                write_page(site, subject, page(site, subject, language))


def page(site: Site, subject: str, language: str) -> bytes:
    """Return the page about the terms (`def`) or the shapes (`formes`) in one language."""
    return render(
        f"{subject}.html",
        site.publication,
        subject,
        sujet=subject,
        voisine={s: s + LANGUAGES[language] for s in SUBJECTS},
        modele=model_terms(language),
        mots=fixed_words(),
        espace=NAMESPACE,
        dessins={name: picture(name, language) for name in PICTURES},
        sections=shapes_by_class(language) if subject == "formes" else (),
    )


def picture(name: str, language: str) -> Markup:
    """Return the picture of the core or of all classes, as SVG."""
    return Markup((FOLDER / f"{name}{LANGUAGES[language]}.svg").read_text("utf-8"))


def shapes_by_class(language: str) -> list[ShapeSection]:
    """Return the shapes in the order of the ontology; those without a class of ours come last."""
    order = {term: place for place, term in enumerate(own_terms())}

    def place(section: ShapeSection) -> tuple[bool, int, str]:
        own = [order[c] for c in section.classes if c in order]
        return not section.classes, min(own, default=len(order)), section.file

    return sorted((s for s in sections(language) if s.constraints or s.rules), key=place)


def fixed_words() -> dict[str, Any]:
    """Return the fixed words of the pages, of `mots.toml`, in the language of the moment."""
    words = tomllib.loads((FOLDER / "templates/mots.toml").read_text("utf-8"))
    return {name: _in_language(value) for name, value in words.items()}


def _in_language(words: Any) -> Any:
    """Return a text, or all texts of a table, in the language of the moment."""
    if isinstance(words, dict):
        return {name: _in_language(value) for name, value in words.items()}
    return said(words)
