"""Descriptions of the dataset, VoID and DCAT: Turtle templates, filled with what was counted."""

import json
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pyoxigraph import QuerySolutions, Store

from lod import files
from lod.jsonld import compact
from lod.settings import Settings
from lod.vocab import PREFIXES

CLASSES = """
SELECT ?classe (COUNT(?s) AS ?n) WHERE { ?s a ?classe } GROUP BY ?classe ORDER BY ?classe
"""


def class_counts(store: Store) -> list[tuple[str, str, int]]:
    """Return (name, IRI, number of instances) of every class of the dataset that is in `store`."""
    found = store.query(CLASSES)
    assert isinstance(found, QuerySolutions)
    counted = [(row["classe"].value, int(row["n"].value)) for row in found]
    return [(compact(iri).replace(":", "-"), iri, n) for iri, n in counted]


def describe(template: str, settings: Settings, **values: Any) -> bytes:
    """Return a description as Turtle; `template` is `void.ttl` or `dcat.ttl`."""
    environment = Environment(
        loader=FileSystemLoader(files.TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # Turtle, not HTML: texts of the publisher go through `chaine`
    )
    # a JSON string is a Turtle string: the same escapes
    environment.filters["chaine"] = lambda text: json.dumps(text, ensure_ascii=False)
    page = environment.get_template(template)
    return page.render(settings=settings, base=settings.base, prefixes=PREFIXES, **values).encode()
