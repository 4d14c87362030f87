"""What pages say to search engines, as JSON-LD in the terms of schema.org, with its context inline.

The page of a question is a WebPage about a Question with its Answer, and has breadcrumbs. It is no
QAPage, which is for pages on which readers answer, and no FAQPage, which is a list.
"""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import orjson

from lod.base.settings import Settings
from lod.base.tabular import indented_json
from lod.model.question import Question
from lod.pipeline.questions.statistics import MEASURES
from lod.publish.downloads import DownloadFile
from lod.publish.publication import Publication
from lod.rdf.ontology import labels
from lod.rdf.templates import datasets, file_format, licence_of
from lod.rdf.vocab import PREFIXES, RDFS
from lod.website.rendering.language import language, page_address, suffix, translated

CREATOR = "Assemblée nationale"
CREATOR_URL = "https://www.assemblee-nationale.fr/"
COUNTRY = "http://publications.europa.eu/resource/authority/country/FRA"


def dataset_jsonld(
    settings: Settings, files: Sequence[DownloadFile], *, version: str, data_until: str, start: str
) -> bytes:
    """Return the facts of `dcat.ttl` as JSON-LD in the terms of schema.org, its context inline.

    `start` is the day of the first question, or "".
    """
    base, others = settings.base, dict(datasets())
    questions = others.pop("questions")
    publisher = {"@id": f"{base}#editeur", "@type": "Organization",
               "name": settings.editeur or "Éditeur non précisé"}  # fmt: skip
    dataset = {
        "@context": schema_context(),
        "@id": f"{base}dcat.ttl#questions",
        "@type": "Dataset",
        "name": questions.titre,
        "description": questions.description,
        "url": base,
        "identifier": base,
        "version": version,
        "dateModified": data_until,
        "inLanguage": "fr",
        "isAccessibleForFree": True,
        "license": settings.licence,
        "keywords": ["questions parlementaires", CREATOR, "députés"],
        "creator": {"@id": f"{base}#assemblee-nationale", "@type": "GovernmentOrganization",
                    "name": CREATOR, "url": CREATOR_URL},
        "publisher": publisher,
        "temporalCoverage": f"{start}/{data_until}" if start else data_until,
        "spatialCoverage": {"@id": COUNTRY, "@type": "Country", "name": "France"},
        "variableMeasured": [labels(RDFS.label)[measure.value] for measure in MEASURES],
        "distribution": [_distribution(settings, file) for file in questions.files(files)],
        "includedInDataCatalog": {
            "@id": f"{base}dcat.ttl#catalogue",
            "@type": "DataCatalog",
            "name": "Catalogue des questions parlementaires",
            "url": f"{base}telechargements/index.html",
            "dataset": [
                {
                    "@id": f"{base}dcat.ttl#{name}",
                    "@type": "Dataset",
                    "name": one.titre,
                    "description": one.description,
                    **_dataset(settings, one.files(files)),
                    "url": f"{base}telechargements/index.html",
                    "distribution": [_distribution(settings, file) for file in one.files(files)],
                }
                for name, one in others.items()
                if one.files(files)
            ],
        },
    }  # fmt: skip
    return indented_json(dataset)


def schema_context() -> dict[str, Any]:
    """Return the JSON-LD context of a document in the terms of schema.org."""
    links = ("license", "contentUrl", "url")
    return {"@vocab": PREFIXES["schema"]} | {name: {"@type": "@id"} for name in links}


def _distribution(settings: Settings, file: DownloadFile) -> dict[str, Any]:
    media = file_format(file.name).media
    is_zipped = file.name.endswith(".gz")
    return {
        "@id": f"{settings.base}dcat.ttl#{file.name}",
        "@type": "DataDownload",
        "name": file.name,
        "description": file.content,
        "contentUrl": f"{settings.base}telechargements/{file.name}",
        "encodingFormat": [media, "application/gzip"] if is_zipped else media,
        "contentSize": f"{file.size} B",
        "sha256": file.sha256,
        "license": licence_of(file.name, settings).address,
    }


def _dataset(settings: Settings, files: Sequence[DownloadFile]) -> dict[str, Any]:
    """Return the licences of a dataset, and who made it: what has that of records is of these."""
    licences = sorted({licence_of(file.name, settings).address for file in files})
    creator = "assemblee-nationale" if settings.licence in licences else "editeur"
    return {"license": licences, "creator": {"@id": f"{settings.base}#{creator}"}}


def question_jsonld(
    q: Question, view: SimpleNamespace, name: str, publication: Publication
) -> bytes:
    """Return what the page of a question is about, in the language in which pages are written now;
    the texts, which the page shows, are not repeated.
    """
    base, path = publication.base, publication.path(view.iri)
    address = page_address(base, path + suffix())
    question: dict[str, Any] = {
        "@id": view.iri,
        "@type": "Question",
        "name": q.titre or name,
        "identifier": q.uid,
        "inLanguage": "fr",
    }
    if q.parution:
        question["datePublished"] = q.parution.jour.isoformat()
    if view.auteur and q.auteur.nom:
        question["author"] = {"@id": view.auteur, "@type": "Person", "name": q.auteur.nom,
                              "url": f"{view.auteur}.html"}  # fmt: skip
    if q.type != "QG":  # whose « réponse » is the transcript of both
        question["answerCount"] = len(view.reponses)
    if question.get("answerCount"):
        question["acceptedAnswer"] = [
            {"@id": iri, "@type": "Answer", "datePublished": answer.jo.jour.isoformat(),
             "inLanguage": "fr", "url": f"#{iri.rpartition('/')[2]}"}
            for answer, iri in view.reponses
        ]  # fmt: skip
    ordinal, legislature = translated("e"), translated("législature")
    crumbs = [{"name": f"{q.legislature}{ordinal} {legislature}",
               "item": f"{view.legislature}.html"}]  # fmt: skip
    crumbs += [{"name": q.rubrique, "item": f"{view.rubrique}.html"}] if q.rubrique else []
    crumbs += [{"name": q.titre or name}]  # the page itself, whose address robots know
    page = {
        "@context": schema_context() | {"@base": address, "item": {"@type": "@id"}},
        "@id": "",
        "@type": "WebPage",
        "inLanguage": language(),
        "license": publication.licence,
        "breadcrumb": {
            "@id": "#fil",
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@id": f"#fil-{number}", "@type": "ListItem", "position": number, **crumb}
                for number, crumb in enumerate(crumbs, start=1)
            ],
        },
        "mainEntity": question,
    }
    return orjson.dumps(page)
