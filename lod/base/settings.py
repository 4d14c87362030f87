"""Who publishes, and under which IRIs: `lod.toml` in the working folder, then the options."""

import re
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path

from lod.base.errors import UsageError

FILE = "lod.toml"
# an IRI without query and fragment: others are made by adding to it
ADDRESS = re.compile(r"https?://[^\x00-\x20\x7f-\U0010ffff<>\"{}|\\^`?#]+")
# what can stand in a description as it is given, after `mailto:` or by itself
CONTACT = re.compile(
    r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
    r"|https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:[/?](?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the publisher decides; `base` ends with a slash, `revue` holds the reviewed files."""

    base: str = "http://localhost:8000/"
    editeur: str = ""
    contact: str = ""
    licence: str = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
    revue: Path | None = None


def read_settings(base: str | None = None, path: Path | None = None) -> Settings:
    """Return the settings of `lod.toml`, if there is one, with the options over them."""
    settings = _from_file(path or Path(FILE))
    if base:
        settings = replace(settings, base=base)
    for name, address in (("base", settings.base), ("licence", settings.licence)):
        if not ADDRESS.fullmatch(address):
            raise UsageError(f"{name} '{address}' is not an address; give https://…/")
    if settings.contact and not CONTACT.fullmatch(settings.contact):
        raise UsageError(
            f"contact '{settings.contact}' is not an address; give name@example.org or https://…"
        )
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
        if not isinstance(value, str):
            raise UsageError(f"{path}: {key} is not a text; put it in quotes")
    if "revue" in stated:  # beside the file that names it
        stated["revue"] = path.parent / stated["revue"]
    return Settings(**stated)
