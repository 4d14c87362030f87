"""`/recherche`: full-text search, as a page, JSON, CSV, or a block to paste into SPARQL."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from lod.base.tabular import csv_line
from lod.publish.search.corpus import Corpus, Fiche, TooLongError
from lod.publish.search.excerpts import Extrait, Passage
from lod.publish.search.parameters import DemandeError, Parametre, facettes, parametres, read
from lod.publish.search.results import Choix, Resultats, Trouvee, noms_des_filtres, resultats
from lod.publish.search.search_request import Demande, demande
from lod.server.common.accept import choose
from lod.server.common.problems import Problem
from lod.server.engine.current_release import Release
from lod.server.routes.context import accept, current
from lod.server.routes.endpoint import cached
from lod.server.routes.protocol import LONGEST_URL, not_acceptable
from lod.server.routes.site_files import corpus_of, page

OFFERS = {"text/html": "html", "application/json": "json", "text/csv": "csv"}
VALUES = 1000  # questions in a block for SPARQL
COLONNES = ("uid", "iri", "titre", "date", *facettes(), "nomAuteur", "nomMinistere", "extrait")
blueprint = Blueprint("recherche", __name__)


@blueprint.get("/recherche")
@blueprint.get("/recherche.html")  # where forms lead, on a static host too
def search() -> Response:
    """Answer a search in the form that the client likes best."""
    release = current()
    corpus = corpus_of(release)
    values = asked(parametres("recherche"))
    forme = values.pop("format", "") or OFFERS.get(choose(accept(), tuple(OFFERS)) or "")
    if not forme:
        raise not_acceptable([*OFFERS])
    name = tag(release, forme)
    if request.if_none_match.contains_weak(name):
        response = Response(status=304)
    else:
        response = FORMES[forme](release, corpus, understood(values))
    response.vary.add("Accept")
    return cached(response, release, name)


def asked(known: tuple[Parametre, ...]) -> dict[str, str]:
    """Return the parameters of the request, verified; raise Problem."""
    if len(request.query_string) > LONGEST_URL:
        raise Problem("adresse-trop-longue", f"au plus {LONGEST_URL} octets")
    try:
        return read(list(request.args.items(multi=True)), known)
    except DemandeError as error:
        raise Problem("requete-invalide", str(error)) from error


def understood(values: dict[str, str]) -> Demande:
    """Return the request that the parameters make; raise Problem."""
    try:
        return demande(values)
    except DemandeError as error:
        raise Problem("requete-invalide", str(error)) from error


def in_time(search: Callable[[Corpus, Demande], Any], corpus: Corpus, demande: Demande) -> Any:
    """Return what a search gives; raise Problem if it takes too long."""
    try:
        return search(corpus, demande)
    except TooLongError as error:
        raise Problem("delai", "la recherche était trop longue ; précisez-la") from error


def tag(release: Release, forme: str) -> str:
    """Return what names the answer to this request in this release."""
    said = (release.id, request.path, forme, request.query_string)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def as_page(release: Release, corpus: Corpus, demande: Demande) -> Response:
    """Return the page with form, hits and facets; without a request, what can be searched."""
    found: Resultats = in_time(resultats, corpus, demande)
    return page(
        release,
        "recherche.html",
        "recherche",
        r=found,
        demande=demande,
        pris=list(noms_des_filtres(corpus, demande)),
        nombre=len(corpus),
        est_vide=not (demande.q or demande.filtres or demande.depuis or demande.jusque),
    )


def as_json(release: Release, corpus: Corpus, demande: Demande) -> Response:
    """Return hits and facets for a program; addresses are absolute."""
    found: Resultats = in_time(resultats, corpus, demande)
    path = f"{release.base}recherche"

    def address(other: Demande | None) -> str | None:
        return other.adresse(path, format="json") if other else None

    body = {
        "total": found.total,
        "page": demande.page,
        "pages": found.pages,
        "precedente": address(found.precedente),
        "suivante": address(found.suivante),
        "resultats": [hit(release, trouvee) for trouvee in found.trouvees],
        "facettes": {
            nom: [facet(choix, address(choix.demande)) for choix in liste]
            for nom, liste in found.facettes.items()
        },
        "release": release.id,
    }
    return Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")


def hit(release: Release, trouvee: Trouvee) -> dict[str, Any]:
    """Return one hit for a program: facets as code, name and IRI."""
    fiche = trouvee.fiche
    return {
        "iri": iri(release, fiche),
        "uid": fiche.uid,
        "nom": fiche.nom,
        "titre": marked(trouvee.titre) if fiche.titre else None,
        "date": fiche.jour and fiche.jour.isoformat(),
        **{
            nom: {"cle": v.cle, "nom": v.nom, "iri": v.iri} if v else None
            for nom, v in ((nom, fiche.valeurs.get(nom)) for nom in facettes())
        },
        "extrait": excerpt(trouvee.extrait),
    }


def excerpt(extrait: Extrait | None) -> dict[str, Any] | None:
    """Return an excerpt for a program: where it is from, text, places of the words."""
    return {"de": extrait.de, **marked(extrait.passage)} if extrait else None


def marked(passage: Passage) -> dict[str, Any]:
    """Return a text and the places (start, end) of the words found, in characters."""
    return {"texte": passage.texte, "marques": passage.marques}


def facet(choix: Choix, address: str | None) -> dict[str, Any]:
    """Return one value of a facet, and the address that takes or leaves it."""
    said = {"cle": choix.cle, "nom": choix.nom, "iri": choix.iri, "nombre": choix.nombre}
    return {**said, "pris": choix.est_pris, "adresse": address}


def as_csv(release: Release, corpus: Corpus, demande: Demande) -> Response:
    """Return one page of hits as a table."""
    found: Resultats = in_time(resultats, corpus, demande)
    lines = [csv_line(COLONNES), *(csv_line(row(release, t)) for t in found.trouvees)]
    response = Response(b"".join(lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = "attachment; filename=recherche.csv"
    if found.suivante:
        following = found.suivante.adresse(f"{release.racine}recherche", format="csv")
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def row(release: Release, trouvee: Trouvee) -> list[Any]:
    """Return one hit in the order of COLONNES."""
    fiche, valeurs = trouvee.fiche, trouvee.fiche.valeurs
    cles = [valeurs[nom].cle if nom in valeurs else None for nom in facettes()]
    noms = [valeurs[nom].nom if nom in valeurs else None for nom in ("auteur", "ministere")]
    extrait = trouvee.extrait.passage.texte if trouvee.extrait else None
    return [fiche.uid, iri(release, fiche), fiche.titre, fiche.jour, *cles, *noms, extrait]


def iri(release: Release, fiche: Fiche) -> str:
    """Return the IRI of the question that was found."""
    return f"{release.base}question/{fiche.uid}"


def as_values(release: Release, corpus: Corpus, demande: Demande) -> Response:
    """Return the first VALUES questions as a block to paste into a query."""
    hits: list[int] = in_time(Corpus.trouvees, corpus, demande)
    uids = corpus.uids(hits[:VALUES])
    terms = "\n".join(f"  <{release.base}question/{uid}>" for uid in uids)
    said = f"# {len(uids)} sur {len(hits)} questions trouvées\n"
    return Response(f"{said}VALUES ?question {{\n{terms}\n}}\n", mimetype="text/plain")


FORMES = {"html": as_page, "json": as_json, "csv": as_csv, "values": as_values}
