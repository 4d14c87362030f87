"""The problems that the server may answer instead of a result, and their two representations."""

import json
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Response
from markupsafe import Markup

from lod.base.errors import LodError
from lod.server.common import csp
from lod.server.common.accept import choose
from lod.server.limits import RETRY_AFTER

PROBLEMS: dict[str, tuple[int, str]] = {  # slug → HTTP status, title
    "requete-invalide": (400, "Requête mal formée"),
    "syntaxe": (400, "Erreur de syntaxe SPARQL"),
    "imbrication": (400, "Requête trop profondément imbriquée"),
    "lecture-seule": (403, "Ce point d’accès est en lecture seule"),
    "federation": (403, "Ce point d’accès n’en interroge pas d’autres"),
    "origine": (403, "Page d’un autre site"),
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
    "part-prise": (429, "Ce client a déjà toute sa part"),
    "budget": (429, "Ce client a épuisé son temps de calcul"),
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
HEADERS = {  # of every answer, problem or not
    "Access-Control-Allow-Origin": "*",  # all is public; there are no credentials to protect
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
    """Raised to answer with a problem; `slug` is a key of PROBLEMS, `detail` is in French.

    `more` are further members of the JSON form.
    """

    def __init__(
        self,
        slug: str,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        more: dict[str, int | str | list[str]] | None = None,
    ) -> None:
        super().__init__(detail)
        self.slug, self.detail, self.more = slug, detail, more or {}
        self.status, self.title = PROBLEMS[slug]
        self.headers = headers or {}
        if self.status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
            self.headers = {"Retry-After": RETRY_AFTER, **self.headers}


def slug_of(status: int) -> str:
    """Return the slug of the first problem with this status, else a general one of its class."""
    otherwise = "requete-invalide" if status < 500 else "erreur-interne"
    return next((slug for slug, (code, _) in PROBLEMS.items() if code == status), otherwise)


def problem_response(
    problem: Problem, accept: str | None, base: str, form: str | None = None
) -> Response:
    """Return the problem as HTML for a browser, else as JSON for a program.

    `form` is what the address names, which counts before Accept; `base` is that of the release.
    """
    media = "application/problem+json"
    if form == "html" or (form is None and choose(accept, (media, "text/html")) == "text/html"):
        text, media = _as_html(problem, urlsplit(base).path or "/"), "text/html"
    else:
        text = _as_json(problem, base)
    response = Response(text, problem.status, problem.headers, mimetype=media)
    response.vary.add("Accept")
    return response


def page(title: str, body: Markup, base_path: str) -> Markup:
    """Return a page of the site that needs no release; `base_path` is where the site begins."""
    return _PAGE.format(title=title, body=body, root=base_path)


def _as_html(problem: Problem, base_path: str) -> str:
    body = _BODY.format(
        detail=problem.detail, status=problem.status, slug=problem.slug, root=base_path
    )
    return page(problem.title, body, base_path)


def _as_json(problem: Problem, base: str) -> str:
    """Return the problem as RFC 9457 writes it; its type is an IRI below `base`."""
    body = {
        "type": f"{base}problemes/{problem.slug}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        **problem.more,
    }
    return json.dumps(body, ensure_ascii=False)
