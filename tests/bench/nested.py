"""The records themselves as one file of nested JSON, with an RML mapping of what they say.

For morph-kgc, with what it needs beforehand: one spelling of nothing, lists where there may be
several, and in each node of a list the `uid` of its question and its `rang`, since RML over JSON
cannot look at what stands above.
"""

import json
from pathlib import Path
from typing import Any

import orjson

from lod.base.inputs import records
from tests.bench.rml import CONFIG

MAPPING = Path(__file__).parent / "records.rml.ttl"
LISTS = ("minAttrib", "texteQuestion", "texteReponse", "renouvellement", "signalement")


def write(source: Path, folder: Path) -> Path:
    """Write records, mapping and configuration; return the last."""
    folder.mkdir()
    found = [tidy(orjson.loads(record.data)["question"]) for record in records([source])]
    path = folder / "records.json"
    path.write_text(json.dumps({"questions": [owned(q) for q in found]}), "utf-8")
    mapping = MAPPING.read_text("utf-8").replace("SOURCE", str(path))
    (folder / "mapping.ttl").write_text(mapping, "utf-8")
    config = folder / "config.ini"
    config.write_text(CONFIG.format(folder=folder), "utf-8")
    return config


def tidy(value: Any) -> Any:
    """Return a part of a record without its various nothings; a text in `#text` as the text.

    >>> tidy({"a": {"#text": "x"}, "b": {"@xsi:nil": "true"}, "minAttrib": {"c": ""}})
    {'a': 'x', 'minAttrib': [{}]}
    """
    if isinstance(value, list):
        return [tidy(item) for item in value]
    if not isinstance(value, dict):
        return value or None
    if "#text" in value:
        return value["#text"]
    if "@xsi:nil" in value:
        return None
    found = {key: tidy(item) for key, item in value.items() if not key.startswith("@")}
    lists = {key: [item] for key, item in found.items() if key in LISTS and isinstance(item, dict)}
    return {key: item for key, item in (found | lists).items() if item is not None}


def owned(question: dict[str, Any]) -> dict[str, Any]:
    """Return a question whose lists say of which question they are."""
    for part in question.values():
        for items in part.values() if isinstance(part, dict) else ():
            if isinstance(items, list):
                nodes = [item for item in items if isinstance(item, dict)]
                for rang, node in enumerate(nodes, start=1):
                    node |= {"uid": question["uid"], "rang": rang}
    return question
