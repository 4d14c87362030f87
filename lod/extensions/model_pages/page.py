"""Write the pages about the model: its terms and its shapes, each in French and in English."""

import tomllib
from functools import partial
from typing import Any

from markupsafe import Markup

from lod.base import packaged
from lod.extensions.model_pages.model_graph import own_terms
from lod.extensions.model_pages.shape_tables import ShapeSection, sections
from lod.extensions.model_pages.terms import model_terms
from lod.publish.publication import Site
from lod.rdf.vocab import NAMESPACE
from lod.website.rendering.language import language, suffix
from lod.website.rendering.templates import render, said, write_translated

FOLDER = packaged.SITE / packaged.EXTENSIONS / "model_pages"
SUBJECTS = ("def", "formes")  # names of the pages of terms and of shapes
PICTURES = (
    "coeur",
    "tout",
)  # of the core, and of all terms: tests/extensions/model_pages draws them


def write_model_pages(site: Site) -> None:
    for subject in SUBJECTS:
        write_translated(site, subject, partial(page, site, subject))


def page(site: Site, subject: str) -> bytes:
    """Return the page about the terms (`def`) or the shapes (`formes`)."""
    code, end = language(), suffix()
    pictures = {name: (FOLDER / f"{name}{end}.svg").read_text("utf-8") for name in PICTURES}
    return render(
        f"{subject}.html",
        site.publication,
        subject,
        sujet=subject,
        voisine={s: s + end for s in SUBJECTS},
        modele=model_terms(code),
        mots=fixed_words(),
        espace=NAMESPACE,
        dessins={name: Markup(svg) for name, svg in pictures.items()},
        sections=shapes_by_class(code) if subject == "formes" else (),
    )


def shapes_by_class(code: str) -> list[ShapeSection]:
    """Return the shapes in the order of the ontology, those without a class of ours last."""
    order = {term: place for place, term in enumerate(own_terms())}

    def place(section: ShapeSection) -> tuple[bool, int, str]:
        own = [order[c] for c in section.classes if c in order]
        return not section.classes, min(own, default=len(order)), section.file

    return sorted((s for s in sections(code) if s.constraints or s.rules), key=place)


def fixed_words() -> dict[str, Any]:
    """Return the fixed words of the pages, from `mots.toml`, in the language of the moment."""
    words = tomllib.loads((FOLDER / "templates/mots.toml").read_text("utf-8"))
    return {name: _in_language(value) for name, value in words.items()}


def _in_language(words: Any) -> Any:
    """Return a text, or all texts of a table, in the language of the moment."""
    if isinstance(words, dict):
        return {name: _in_language(value) for name, value in words.items()}
    return said(words)
