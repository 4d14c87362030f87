"""Checks whether a downloaded file is the whole archive, with messages for people."""

import zipfile
from pathlib import Path

from lod.base.inputs import DAMAGE, ZIP_MARKS, BombError, Meter, members
from lod.remote.archives.state import digest
from lod.remote.http import CHUNK

PORTAL = "https://data.assemblee-nationale.fr/"
ROW = "its row in lod/reference/data/archives.csv"
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
    meter = Meter(part.stat().st_size)
    try:
        with zipfile.ZipFile(part) as archive:
            for member in members(archive):
                with archive.open(member) as file:
                    while data := file.read(CHUNK):
                        meter.add(len(data))
            return "" if archive.filelist else "nothing is in it"
    except (BombError, *DAMAGE) as error:
        return str(error) or type(error).__name__
