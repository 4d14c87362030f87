"""The files that programs look for at the root of a site, and what a page says to them."""

import os
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import orjson

from lod.base.parallel import batches
from lod.base.settings import Settings
from lod.pipeline.statistics import MEASURES
from lod.publish.downloads import Fichier
from lod.publish.query_catalogue import requetes
from lod.rdf.ontology import labels
from lod.rdf.templates import FORMES, LICENCES, describe
from lod.rdf.vocab import PREFIXES, RDFS_LABEL
from lod.website.rendering import Contexte, gabarit

MOST = 50_000  # addresses in one sitemap, by its protocol
ASIDE = ("sources", "static")  # folders without a page
AUTEUR = "Assemblée nationale"
ADRESSE = "https://www.assemblee-nationale.fr/"
PAYS = "http://publications.europa.eu/resource/authority/country/FRA"
REQUETES = ("vie-d-une-question", "delais-par-ministere", "plus-longues-attentes")
TEXTES = ("robots.txt", "llms.txt", "CITATION.cff")
DESCRIPTION = (  # as `commun.ttl` has it
    "Les questions des députés au Gouvernement : auteurs, ministères, rubriques, dates, réponses."
)
HEAD = 2000  # bytes of a feed that are sure to hold its day
_UPDATED = re.compile(rb"<updated>([0-9]{4}-[0-9]{2}-[0-9]{2})T")


def write_machines(contexte: Contexte, settings: Settings, questions: int) -> None:
    """Write robots.txt, llms.txt, CITATION.cff and the sitemaps; every page must be there."""
    for name in TEXTES:
        text = describe(
            name,
            settings,
            donnees_au=contexte.donnees_au.isoformat(),
            racine=urlsplit(contexte.base).path or "/",
            questions=questions,
            requetes=[requetes()[nom] for nom in REQUETES],
            auteurs=[nom for nom in (settings.editeur, AUTEUR) if nom],
        )
        contexte.site.write(name, text)
    write_sitemaps(contexte)


def write_sitemaps(contexte: Contexte, most: int = MOST) -> int:
    """Write the sitemaps and the index of them; return how many addresses they have."""
    count, plans, today = 0, [], contexte.donnees_au.isoformat()
    for number, pages in enumerate(batches(adresses(contexte), most), start=1):
        name = f"sitemap-{number}.xml"
        _write(contexte, name, "sitemap.xml", pages=pages)
        plans.append((f"{contexte.base}{name}", today))
        count += len(pages)
    _write(contexte, "sitemap.xml", "sitemap-index.xml", plans=plans)
    return count


def _write(contexte: Contexte, name: str, template: str, **values: object) -> None:
    contexte.site.write(name, gabarit(template).render(**values).encode())


def adresses(contexte: Contexte) -> Iterator[tuple[str, str]]:
    """Yield the address of every page, and the day of what it tells last."""
    today, site = contexte.donnees_au.isoformat(), f"{contexte.site.folder}"
    for path in pages(site):
        page = "" if path == "index" else f"{path}.html"
        yield contexte.base + page, derniere(f"{site}/{path}.atom") or today


def pages(site: str) -> Iterator[str]:
    """Yield the paths of the pages of a site without extension, in one order, a folder after
    another.
    """
    for folder, inner, names in os.walk(site):  # a Path costs half of all this
        inner[:] = sorted(set(inner) - set(ASIDE))
        below = folder.removeprefix(site).lstrip("/")
        for name in sorted(names):
            if name.endswith(".html"):
                yield f"{below}/{name[:-5]}" if below else name[:-5]


def derniere(feed: str) -> str:
    """Return the day of the last event that a feed has; "" if there is no feed."""
    try:
        with open(feed, "rb", buffering=0) as file:  # noqa: PTH123  # a Path costs as much as reading
            found = _UPDATED.search(file.read(HEAD))
    except FileNotFoundError:
        return ""
    return found[1].decode() if found else ""


def jeu(
    settings: Settings, fichiers: Sequence[Fichier], *, version: str, donnees_au: str, debut: str
) -> bytes:
    """Return the dataset in the words of schema.org, as JSON-LD: the facts of `dcat.ttl`.

    `debut` is the day of the first question, or "". The context stands inline: nobody fetches it.
    """
    base = settings.base
    editeur = {"@id": f"{base}#editeur", "@type": "Organization",
               "name": settings.editeur or "Éditeur non précisé"}  # fmt: skip
    told = {
        "@context": contexte_schema(),
        "@id": f"{base}dcat.ttl#questions",
        "@type": "Dataset",
        "name": "Questions parlementaires",
        "description": DESCRIPTION,
        "url": base,
        "identifier": base,
        "version": version,
        "dateModified": donnees_au,
        "inLanguage": "fr",
        "isAccessibleForFree": True,
        "license": settings.licence,
        "keywords": ["questions parlementaires", AUTEUR, "députés"],
        "creator": {"@id": f"{base}#assemblee-nationale", "@type": "GovernmentOrganization",
                    "name": AUTEUR, "url": ADRESSE},
        "publisher": editeur,
        "temporalCoverage": f"{debut}/{donnees_au}" if debut else donnees_au,
        "spatialCoverage": {"@id": PAYS, "@type": "Country", "name": "France"},
        "variableMeasured": [labels(RDFS_LABEL)[measure.value] for measure in MEASURES],
        "distribution": [_telechargement(settings, fichier) for fichier in fichiers],
    }  # fmt: skip
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def contexte_schema() -> dict[str, Any]:
    """Return the context of a document in the words of schema.org."""
    links = ("license", "contentUrl", "url")
    return {"@vocab": PREFIXES["schema"]} | {name: {"@type": "@id"} for name in links}


def _telechargement(settings: Settings, fichier: Fichier) -> dict[str, Any]:
    known, media = LICENCES.get(fichier.nom), FORMES[fichier.nom.split(".")[1]].media
    is_zipped = fichier.nom.endswith(".gz")
    return {
        "@id": f"{settings.base}dcat.ttl#{fichier.nom}",
        "@type": "DataDownload",
        "name": fichier.nom,
        "description": fichier.contenu,
        "contentUrl": f"{settings.base}telechargements/{fichier.nom}",
        "encodingFormat": [media, "application/gzip"] if is_zipped else media,
        "contentSize": f"{fichier.octets} B",
        "sha256": fichier.sha256,
        "license": known.adresse if known else settings.licence,
    }
