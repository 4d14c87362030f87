"""Archives of noise or of invented questions, and the tags under which a server gives them."""

import hashlib
import io
import random
import zipfile
from datetime import date

from tests.support.paths import GOOD

LATEST = b"2025-06-03"  # the latest day of the record of that case


def archive_of(seed: int, size: int = 100_000) -> bytes:
    """A zip of two records of noise, which does not shrink."""
    noise, file = random.Random(seed), io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("json/QANR5L17QG1.json", "json/QANR5L17QG2.json"):
            archive.writestr(name, noise.randbytes(size))
    return file.getvalue()


def etag(body: bytes) -> str:
    return f'"{hashlib.md5(body).hexdigest()}"'


def archive_of_questions(day: date, **counts: int) -> bytes:
    """A zip of so many records of each type, such as `QE=3`, of which this is the latest day."""
    file, data = io.BytesIO(), GOOD.read_bytes().replace(LATEST, str(day).encode())
    with zipfile.ZipFile(file, "w") as archive:
        for type_, count in counts.items():
            text = data.replace(b'"QE"', b'"%s"' % type_.encode())
            for number in range(1, count + 1):
                uid = f"QANR5L17{type_}{number}"
                one = text.replace(b'"90001"', b'"%d"' % number)
                one = one.replace(b"QANR5L17QE90001", uid.encode())
                archive.writestr(zipfile.ZipInfo(f"json/{uid}.json"), one)
    return file.getvalue()
