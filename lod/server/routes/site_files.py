"""Pages that are made when they are asked for, and look like those of the release."""

from datetime import date
from typing import Any

from flask import Response

from lod.base.output_tree import Site
from lod.publish.search.corpus import Corpus
from lod.server.common.problems import Problem
from lod.server.engine.current_release import Release
from lod.website.rendering import Contexte, render


def corpus_of(release: Release) -> Corpus:
    """Return the index of a release; raise Problem if it has none."""
    if release.corpus is None:
        detail = "elle a été faite par une version antérieure du programme ; publiez-la à nouveau"
        raise Problem("sans-index", detail)
    return release.corpus


def page(release: Release, template: str, path: str, **values: Any) -> Response:
    """Return a page; `path` is where it stands below the site."""
    return Response(rendered(release, template, path, **values), mimetype="text/html")


def rendered(release: Release, template: str, path: str, **values: Any) -> bytes:
    """Return the text of a page; a release without index does not say who publishes it."""
    said = release.corpus.proprietes if release.corpus else {}
    contexte = Contexte(
        site=Site(release.folder / "site"),
        base=release.base,
        editeur=said.get("editeur", ""),
        donnees_au=date.fromisoformat(release.donnees_au),
        sample=bool(said.get("sample")),
        noms={},
        partages={},
        rappelees={},
    )
    return render(template, contexte, path, **values)
