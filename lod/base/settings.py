"""Settings of the publisher: `lod.toml` in the working folder, overridden by options."""

import re
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import msgspec

from lod.base.errors import UsageError

FILE = "lod.toml"
# an IRI without query and fragment, to which paths can be added
ADDRESS = re.compile(r"https?://[^\x00-\x20\x7f-\U0010ffff<>\"{}|\\^`?#]+")
CONTACT = re.compile(  # a mail address or an https address that needs no escapes in an IRI
    r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
    r"|https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:[/?](?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?"
)
DOI = re.compile(r"10\.[0-9]{4,9}/[A-Za-z0-9._;()/:-]+")  # as registrars make them today


class ArchiveAddress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where an archive of the Assemblée is, over the table of the program or beside it."""

    legislature: int | None = None  # None for archives of all legislatures
    type: str  # as the table names it: qe, qg, qosd …
    adresse: str  # whole, or below the repository of the Assemblée


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The keys of `lod.toml`."""

    base: str = "http://localhost:8000/"  # begins all IRIs of the release; ends with a slash
    editeur: str = ""  # name of the publisher
    contact: str = ""  # mail or https address of the publisher
    signaler: str = ""  # the same, to which readers report errors; "": that of `contact`
    doi: str = ""  # of the dataset, from the archive where the publisher deposits it
    licence: str = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"  # of the records
    revue: Path | None = None  # folder of the reviewed files: corrections, links, decisions
    legislatures: tuple[int, ...] = ()  # those that `lod fetch` brings if none is named
    archives: tuple[ArchiveAddress, ...] = ()


LISTS = {"legislatures": tuple[int, ...], "archives": tuple[ArchiveAddress, ...]}


def read_settings(base: str | None = None, path: Path | None = None) -> Settings:
    """Return the settings of `lod.toml`, or the defaults if there is none; `base` overrides them.

    Raises UsageError for an unknown key or a value that is not an address.
    """
    settings = _from_file(path or Path(FILE))
    if base:
        settings = replace(settings, base=base)
    for name, address in (("base", settings.base), ("licence", settings.licence)):
        if not ADDRESS.fullmatch(address):
            raise UsageError(f"{name} '{address}' is not an address; give https://…/")
    for name, address in (("contact", settings.contact), ("signaler", settings.signaler)):
        if address and not CONTACT.fullmatch(address):
            raise UsageError(
                f"{name} '{address}' is not an address; give name@example.org or https://…"
            )
    if settings.doi and not DOI.fullmatch(settings.doi):
        raise UsageError(f"doi '{settings.doi}' is not a DOI; give it as 10.5281/zenodo.1234")
    return replace(settings, base=settings.base.rstrip("/") + "/")


def _from_file(path: Path) -> Settings:
    if not path.is_file():
        return Settings()
    try:
        stated = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}; correct the file") from error
    known = {field.name for field in fields(Settings)}
    for key, value in stated.items():
        if key not in known:
            raise UsageError(
                f"{path}: unknown key '{key}'; the keys are {', '.join(sorted(known))}"
            )
        if key in LISTS:
            stated[key] = _list(path, key, value)
        elif not isinstance(value, str):
            raise UsageError(f"{path}: {key} is not a text; put it in quotes")
    if "revue" in stated:  # beside the file that names it
        stated["revue"] = path.parent / stated["revue"]
    return Settings(**stated)


def _list(path: Path, key: str, value: Any) -> Any:
    """Return the value of a key of LISTS; raise UsageError for any other value."""
    try:
        return msgspec.convert(value, LISTS[key])
    except msgspec.ValidationError as error:
        example = "[16, 17]" if key == "legislatures" else "[[archives]] with type and adresse"
        raise UsageError(f"{path}: {key}: {error}; write it so: {example}") from error
