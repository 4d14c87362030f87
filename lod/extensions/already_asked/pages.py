"""The two forms as files: a copy of the site needs a server to answer them."""

from functools import partial

from lod.publish.publication import Site
from lod.website.rendering.templates import render, write_translated

DRAFT, VERIFY = "deja-posee", "verifier"


def write_empty_forms(site: Site) -> None:
    draft = partial(
        render, "deja_posee.html", site.publication, DRAFT, brouillon="", est_copie=True
    )
    write_translated(site, DRAFT, draft)
    sentence = partial(render, "verifier.html", site.publication, VERIFY, phrase="", est_copie=True)
    write_translated(site, VERIFY, sentence)
