"""Make the sample from records: `python -m tools.makers.sample INPUT…`.

Texts of questions, answers and errata are removed; all other facts and the form of a record stay.
`lod demo` and the tests build the sample.
"""

import io
import json
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

from lod.base import durable, packaged
from lod.base.inputs import Record, records
from lod.sources import an_record, page_recent

TEXTS = frozenset({"texte", "erratum"})
EPOCH = (1980, 1, 1, 0, 0, 0)  # date of the members, so that the bytes depend on no clock


def without_texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: None if k in TEXTS else without_texts(v) for k, v in value.items()}
    return [without_texts(v) for v in value] if isinstance(value, list) else value


def page_without_text(page: str) -> str:
    return re.sub(
        r"(## Texte de la (?:question|réponse)\n).*?(?=\n## |\Z)", r"\1", page, flags=re.S
    )


def facts(record: Record) -> tuple[str, str] | None:
    """Return (file name, content) of a record without its texts; None for other files."""
    if an_record.is_json(record.data):
        content = json.loads(record.data)
        text = json.dumps(without_texts(content), ensure_ascii=False, indent=1)
        return f"{content['question']['uid']}.json", text + "\n"
    if page_recent.is_markdown(record.data):
        return Path(record.name).name, page_without_text(record.data.decode())
    return None


def main(inputs: list[Path]) -> None:
    """Write the zip with the first record of each question."""
    members: dict[str, str] = {}
    for record in records(inputs):
        if found := facts(record):
            members.setdefault(*found)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compresslevel=9) as archive:
        for name, text in sorted(members.items()):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), text, zipfile.ZIP_DEFLATED)
    durable.write(packaged.SAMPLE, buffer.getvalue())
    print(f"{len(members)} records; {packaged.SAMPLE}")


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
