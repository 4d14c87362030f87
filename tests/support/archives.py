"""Archives of noise, and the tags under which a server gives them."""

import hashlib
import io
import random
import zipfile


def archive_of(seed: int, size: int = 100_000) -> bytes:
    """A zip of two records of noise, which does not shrink."""
    noise, file = random.Random(seed), io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("json/QANR5L17QG1.json", "json/QANR5L17QG2.json"):
            archive.writestr(name, noise.randbytes(size))
    return file.getvalue()


def etag(body: bytes) -> str:
    return f'"{hashlib.md5(body).hexdigest()}"'
