"""The forms of a document: which there are, which a client gets, and links from one to another."""

from dataclasses import dataclass

from flask import request

from lod.publish.documents import Signpost, signposts
from lod.publish.history import CHANGES
from lod.rdf.iris import is_resource
from lod.server.common.problems import Problem
from lod.server.common.request_response import choose
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.context import accept
from lod.server.routes.release_files import DOCUMENT_FORMS, FORMS
from lod.server.routes.site_files import publication_of

# media type that a client may accept → extension
OFFERS = {media: form for form, media in DOCUMENT_FORMS.items()} | {"application/json": "jsonld"}
VOID = ".well-known/void"
# path of a document in several forms that describes no resource → its forms
SINGLE = {"exemples": tuple(FORMS), "statistiques": tuple(FORMS), CHANGES: tuple(FORMS),
          "qualite": ("html", "ttl")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DocumentForms:
    """The document at a path of a release, and the forms that it can be had in."""

    release: ServedRelease
    path: str  # below the base, without extension
    forms: tuple[str, ...]  # extensions; the first one is the default

    def links(self, without: str = "") -> list[str]:
        """Return the values of a Link header that lead to all its forms but one."""
        address = f"{self.release.base_path}{self.path}"
        return [
            f'<{address}.{form}>; rel="alternate"; type="{DOCUMENT_FORMS[form]}"'
            for form in self.forms
            if form != without
        ]

    def negotiated(self) -> str:
        """Return the form that `format` names, else the one that Accept prefers; raise Problem."""
        offers = {media: form for form in self.forms for media, of in OFFERS.items() if of == form}
        form = request.args.get("format") or offers.get(choose(accept(), tuple(offers)) or "")
        if form in self.forms:
            return str(form)
        raise Problem(
            "pas-acceptable",
            "formes disponibles : {}",
            ", ".join(DOCUMENT_FORMS[form] for form in self.forms),
            headers={"Link": ", ".join(self.links()), "Vary": "Accept"},
            more={"available": [f"{self.release.base_path}{self.path}.{f}" for f in self.forms]},
        )


def forms_of(path: str) -> tuple[str, ...]:
    """Return the forms of the document at a path."""
    return SINGLE.get(path, tuple(DOCUMENT_FORMS if is_resource(path) else FORMS))


def document_links(release: ServedRelease, path: str, form: str, end: str = "") -> str:
    """Return the header Link of one form of a document; `end` is that of its language in a path."""
    posts = signposts(publication_of(release), path, form)
    links = [
        *DocumentForms(release, path, forms_of(path)).links(without=form),
        f'<{release.base}{path}{end}.{form}>; rel="canonical"',
        f'<{release.base}{path}>; rel="describes"',
        f'<{release.base_path}{VOID}>; rel="describedby"; type="text/turtle"',
        *header_links(posts),
    ]
    return ", ".join(links)


def header_links(posts: list[Signpost]) -> list[str]:
    """Return links as the values of a header Link."""
    return [
        f'<{to}>; rel="{relation}"' + (f'; type="{media}"' if media else "")
        for relation, to, media in posts
    ]
