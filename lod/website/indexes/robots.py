"""The files for robots at the root of the site."""

import os
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

from lod.base.parallel import batches
from lod.base.settings import Settings
from lod.pipeline.questions.fact_queries import FOLLOWED_KINDS, FactQueries
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.publication import Site
from lod.publish.query_catalogue import all_queries, standalone_queries, traps
from lod.rdf.ontology import labels
from lod.rdf.templates import describe
from lod.rdf.vocab import NAMESPACE, RDFS
from lod.website.pages.kept_resources import kept_documents
from lod.website.rendering.language import LANGUAGES, languages_of, page_address
from lod.website.rendering.templates import load_template

MOST = 50_000  # addresses in one sitemap, by its protocol
ASIDE = ("static",)  # folders without pages
CREATOR = "Assemblée nationale"
EXAMPLE_QUERIES = ("vie-d-une-question", "delais-par-ministere", "plus-longues-attentes")
TEXT_FILES = ("robots.txt", "llms.txt", "llms-full.txt", "CITATION.cff")
SECURITY = ".well-known/security.txt"  # who is told of a hole (RFC 9116)
# A release has no clock: what it says of itself holds for less than a year, as RFC 9116 advises,
# from the day of its data. On a site that is no longer kept up to date it has expired.
SECURITY_HOLDS = timedelta(days=364)


def write_robot_files(site: Site, settings: Settings, release: Path, version: str) -> None:
    """Write TEXT_FILES and the sitemaps, when all pages are written."""
    questions = PublishedQuestions(release)
    for name in TEXT_FILES:
        text = describe(
            name,
            settings,
            version=version,
            donnees_au=site.publication.data_until.isoformat(),
            racine=urlsplit(site.publication.base).path or "/",
            questions=questions.count(),
            requetes=[all_queries()[query_name] for query_name in EXAMPLE_QUERIES],
            exemples=list(standalone_queries().values()),
            pieges=traps(),
            termes=list(terms()),
            auteurs=[creator for creator in (settings.editeur, CREATOR) if creator],
        )
        site.tree.write(name, text)
    if settings.contact:
        is_mail = not settings.contact.startswith("https:")
        text = describe(
            "security.txt",
            settings,
            adresse=f"mailto:{settings.contact}" if is_mail else settings.contact,
            expire=(site.publication.data_until + SECURITY_HOLDS).isoformat(),
            chemin=SECURITY,
        )
        site.tree.write(SECURITY, text + b"\n")  # the last line has its end, too
    write_sitemaps(site, release)


def terms() -> Iterator[tuple[str, str, str]]:
    """Yield local name, label and meaning of each term of the ontology, in French."""
    meanings = labels(RDFS.comment)
    for iri, label in labels(RDFS.label).items():
        if name := iri.partition(NAMESPACE)[2]:
            yield name, label, meanings.get(iri, "")


def write_sitemaps(site: Site, release: Path, most: int = MOST) -> None:
    """Write the sitemaps, of so many addresses each, and their index."""
    sitemaps, day = [], site.publication.data_until.isoformat()
    for number, pages in enumerate(batches(page_addresses(site, release), most), start=1):
        name = f"sitemap-{number}.xml"
        _write(site, name, "sitemap.xml", pages=pages)
        sitemaps.append((f"{site.publication.base}{name}", day))
    _write(site, "sitemap.xml", "sitemap-index.xml", plans=sitemaps)


def _write(site: Site, name: str, template: str, **values: object) -> None:
    site.tree.write(name, load_template(template).render(**values).encode())


def page_addresses(site: Site, release: Path) -> Iterator[tuple[str, str]]:
    """Yield the address of each page of `pages`, and the day of its last event, or of the data."""
    data_until, base = site.publication.data_until.isoformat(), site.publication.base
    last_events = FactQueries(PublishedQuestions(release)).last_events()
    for path in pages(release, base):
        thing = base + path.partition(".")[0]  # in whatever language the page is
        has_feed = path.partition("/")[0] in ("question", *FOLLOWED_KINDS)
        yield page_address(base, path), (has_feed and last_events.get(thing)) or data_until


def pages(release: Path, base: str) -> Iterator[str]:
    """Yield the paths of the pages of a release, without extension: of its files, sorted within
    each folder; then of what is made on request, each in its languages: documents of resources,
    without the further pages of their lists; answers; questions, in their order.
    """
    folder = f"{release}/site"
    for here, inner, names in os.walk(folder):  # objects of pathlib would double the time
        inner[:] = sorted(set(inner) - set(ASIDE))
        below = here.removeprefix(folder).lstrip("/")
        for name in sorted(names):
            if name.endswith(".html"):
                yield f"{below}/{name[:-5]}" if below else name[:-5]
    questions = (f"question/{uid}" for _, uid in PublishedQuestions(release).uids())
    kept = (iri.removeprefix(base) for iri in kept_documents(release))
    for path in chain(kept, questions):
        yield from (path + LANGUAGES[code] for code in languages_of(path))
