"""Zips that unpack to far more than they hold."""

import struct
import zipfile
from io import BytesIO


def zipped(data: bytes, name: str = "x.json", count: int = 1) -> bytes:
    """Return a zip of so many members with the same content."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            archive.writestr(f"{number}-{name}", data)
    return file.getvalue()


def sharing(whole: bytes, count: int) -> bytes:
    """Return a zip of one member whose directory names it so many times."""
    start, end = whole.index(b"PK\x01\x02"), whole.index(b"PK\x05\x06")
    entries = whole[start:end] * count
    sizes = struct.pack("<HHIIH", count, count, len(entries), start, 0)
    return whole[:start] + entries + b"PK\x05\x06\0\0\0\0" + sizes
