"""Every answer that is not what was asked for: one table, and how a row of it is said."""

import json
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Response
from markupsafe import Markup

from lod.base.errors import LodError
from lod.server.common import csp
from lod.server.common.accept import choose

PROBLEMS: dict[str, tuple[int, str]] = {
    "requete-invalide": (400, "Requête mal formée"),
    "syntaxe": (400, "Erreur de syntaxe SPARQL"),
    "imbrication": (400, "Requête trop profondément imbriquée"),
    "lecture-seule": (403, "Ce point d’accès est en lecture seule"),
    "federation": (403, "Ce point d’accès n’en interroge pas d’autres"),
    "introuvable": (404, "Cette ressource n’existe pas"),
    "retiree-de-la-publication": (410, "Cette question a été retirée de la publication"),
    "methode": (405, "Méthode non permise ici"),
    "pas-acceptable": (406, "Aucune forme disponible ne convient"),
    "corps-trop-long": (413, "Requête trop longue"),
    "reponse-trop-grande": (413, "Réponse trop grande"),
    "adresse-trop-longue": (414, "Adresse trop longue"),
    "trop-lent": (408, "Requête trop lente à arriver"),
    "type-de-contenu": (415, "Type de contenu non pris en charge"),
    "intervalle": (416, "Intervalle hors du fichier"),
    "trop-vite": (429, "Trop de requêtes de ce client"),
    "entetes-trop-longs": (431, "En-têtes trop longs"),
    "client-parti": (499, "Le client n’a pas attendu la réponse"),
    "moteur-distant": (502, "Le moteur de ce point d’accès ne répond pas"),
    "moteur-incapable": (501, "Le moteur de ce point d’accès ne sait pas répondre"),
    "moteur-sans-version": (503, "Le moteur de ce point d’accès n’a pas encore ces données"),
    "erreur-interne": (500, "Erreur du serveur"),
    "processus-perdu": (500, "La requête a fait échouer le moteur"),
    "occupe": (503, "Trop de requêtes en attente"),
    "sans-index": (503, "Cette version n’a pas d’index de recherche"),
    "aucune-version": (503, "Aucune version publiée pour l’instant"),
    "delai": (504, "Délai dépassé"),
}
RETRY_AFTER = "5"  # seconds
HEADERS = {  # of every answer
    "Access-Control-Allow-Origin": "*",  # all is public, and nobody is known: no credentials
    "Access-Control-Expose-Headers": "Content-Location, ETag, Link, Location, Retry-After",
    "Content-Security-Policy": csp.header_value(csp.PAGES),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}
_PAGE = Markup(
    '<!doctype html>\n<html lang="fr">\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n'
    '<link rel="stylesheet" href="{root}static/style.css">\n'
    '<link rel="icon" href="{root}static/icone.svg" type="image/svg+xml">\n'
    '<main class="cadre">\n<h1>{title}</h1>\n{body}\n'
    '<p><a href="{root}problemes.html">Tous les problèmes</a> · <a href="{root}">Accueil</a>'
    "</p>\n</main>\n</html>\n"
)
_BODY = Markup(
    '<p>{detail}</p>\n<p>Erreur {status} : <a href="{root}problemes/{slug}.html">que faire</a>.</p>'
)


class Problem(LodError):
    """What is answered instead; `slug` is a key of PROBLEMS, `more` are members of the JSON."""

    def __init__(
        self,
        slug: str,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        more: dict[str, int | list[str]] | None = None,
    ) -> None:
        super().__init__(detail)
        self.slug, self.detail, self.more = slug, detail, more or {}
        self.status, self.title = PROBLEMS[slug]
        self.headers = headers or {}
        if self.status == HTTPStatus.SERVICE_UNAVAILABLE:
            self.headers = {"Retry-After": RETRY_AFTER, **self.headers}


def slug_of(status: int) -> str:
    """Return the first problem with this status, else the one that fits its class."""
    otherwise = "requete-invalide" if status < 500 else "erreur-interne"
    return next((slug for slug, (code, _) in PROBLEMS.items() if code == status), otherwise)


def problem_response(
    problem: Problem, accept: str | None, base: str, form: str | None = None
) -> Response:
    """Return the problem as the client can read it: a page for a browser, JSON for a program.

    `form` is the one that the address names, before Accept; `base` is that of the release.
    """
    programs = "application/problem+json"
    is_page = (
        choose(accept, (programs, "text/html")) == "text/html" if form is None else form == "html"
    )
    path = urlsplit(base).path or "/"
    response = as_html(problem, path) if is_page else as_json(problem, base)
    response.vary.add("Accept")
    return response


def as_html(problem: Problem, base_path: str) -> Response:
    """Return the problem as a page; `base_path` is where the site begins."""
    body = _BODY.format(
        detail=problem.detail, status=problem.status, slug=problem.slug, root=base_path
    )
    text = page(problem.title, body, base_path)
    return Response(text, problem.status, problem.headers, mimetype="text/html")


def page(title: str, body: Markup, base_path: str) -> Markup:
    """Return a page that can be made without a release."""
    return _PAGE.format(title=title, body=body, root=base_path)


def as_json(problem: Problem, base: str) -> Response:
    """Return the problem as RFC 9457 says it, its type an IRI below `base`."""
    body = {
        "type": f"{base}problemes/{problem.slug}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        **problem.more,
    }
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, problem.status, problem.headers, mimetype="application/problem+json")
