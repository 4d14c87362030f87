"""Checks whether a downloaded file is the whole archive, with messages for people."""

import zipfile
from pathlib import Path

from lod.base.inputs import DAMAGE, ZIP_MARKS
from lod.remote.archives.state import digest
from lod.remote.http import CHUNK

PORTAL = "https://data.assemblee-nationale.fr/"
ROW = "its row in lod/reference/data/archives.csv"
UNPACKED = 2**34  # bytes that an archive may unpack to
MOVED = f"has the address changed? look on {PORTAL}, then correct {ROW}, or give the right --from"


def fault(part: Path, md5: str) -> str:
    """Return what is wrong with a file and what to do; "" if it is a whole archive."""
    with part.open("rb") as file:
        head = file.read(512)
    if not head.startswith(ZIP_MARKS):
        came = "a web page came" if head.lstrip().startswith(b"<") else "other bytes came"
        return f"{came} instead of a zip; {MOVED}"
    if wrong := damage(part):
        return f"the zip is damaged ({wrong}); run the command again, or look on {PORTAL}"
    if md5 and (found := digest(part, "md5")) != md5:
        return f"its MD5 is {found}, not {md5}; compare on {PORTAL}, then correct {ROW}"
    return ""


def damage(part: Path) -> str:
    """Return why a zip cannot be read to its last byte; "" if each CRC is right."""
    left = UNPACKED
    try:
        with zipfile.ZipFile(part) as archive:
            for member in archive.infolist():
                with archive.open(member) as file:
                    while data := file.read(CHUNK):
                        left -= len(data)
                        if left < 0:
                            return "what it unpacks to has no end"
            return "" if archive.filelist else "nothing is in it"
    except DAMAGE as error:
        return str(error) or type(error).__name__
