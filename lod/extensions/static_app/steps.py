"""The steps to a public address that only a person can do, and which of them can be seen done.

They are rows of `etapes.csv`: where one looks, and what is there once the step is done.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from lod.base import packaged
from lod.base.errors import LodError
from lod.base.settings import Settings
from lod.base.tabular import typed_rows
from lod.remote.http import HttpClient, Limits, phrase

STEPS = packaged.SITE / packaged.EXTENSIONS / "static_app" / "etapes.csv"
DONE, OPEN, UNSEEN = "done", "to do", "not seen"
LIMITS = Limits(delays=(), connect=10, whole=30, size=2**23)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step, as a row of the table states it."""

    etape: int
    nom: str
    sorte: str  # reglage, fichier, domaine, adresse, renvoi: what is looked at
    ou: str  # names of settings, a path, an end of a host, or an address
    attendu: str  # what is there, or where an address leads, once it is done; "" for anything
    facultative: str  # "oui" if a site can do without
    remede: str
    preuve: str  # mesuré here, or supposé


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen of a step."""

    step: Step
    state: str  # DONE, OPEN or UNSEEN
    why: str = ""

    @property
    def is_missing(self) -> bool:
        return self.state != DONE and not self.step.facultative


def steps(table: Path = STEPS) -> list[Step]:
    return list(typed_rows(Step, table, "etape", "nom", "sorte", "ou", "remede", "preuve"))


def look(steps: Iterable[Step], settings: Settings, folder: Path) -> Iterator[Sight]:
    """Yield what is seen of each step; `folder` has `lod.toml`."""
    with closing(HttpClient(LIMITS)) as client:
        for step in steps:
            yield _seen(step, settings, folder, client)


def _seen(step: Step, settings: Settings, folder: Path, client: HttpClient) -> Sight:
    if step.sorte == "reglage":
        lacking = [name for name in step.ou.split(";") if not getattr(settings, name)]
        lacking += ["base"] if "base" in step.ou and _is_here(settings) else []
        return Sight(step, OPEN, f"no {', '.join(lacking)}") if lacking else Sight(step, DONE)
    if step.sorte == "fichier":
        path = folder / step.ou
        if not path.is_file():
            return Sight(step, OPEN, f"{step.ou} is not there")
        is_right = step.attendu in path.read_text("utf-8", "replace")
        return Sight(step, DONE) if is_right else Sight(step, OPEN, f"no « {step.attendu} » there")
    if "{doi}" in step.ou and not settings.doi:
        return Sight(step, OPEN, "no doi")
    is_ours = step.sorte == "domaine" or "{" in step.ou + step.attendu
    if is_ours and _is_here(settings):
        return Sight(step, OPEN, f"base is {settings.base}, which only this machine knows")
    if step.sorte == "domaine":
        host = urlsplit(settings.base).hostname or ""
        return Sight(step, OPEN, host) if host.endswith(step.ou) else Sight(step, DONE)
    return _asked(step, settings, client)


def _is_here(settings: Settings) -> bool:
    """Tell whether the base is that of a trial on this machine, as is usual without `lod.toml`."""
    return settings.base == Settings().base


def _asked(step: Step, settings: Settings, client: HttpClient) -> Sight:
    """Return what the address of a step answers."""
    told = {"base": settings.base, "doi": settings.doi,
            "host": quote(urlsplit(settings.base).netloc)}  # fmt: skip
    url, expected = step.ou.format(**told), step.attendu.format(**told)
    try:
        with closing(client.open("GET", url, {"Accept-Encoding": "identity"})) as answer:
            status, target = answer.status, answer.headers.get("Location", "")
            body = client.body(answer, url) if status == 200 else b""
    except LodError as error:
        return Sight(step, UNSEEN, str(error))
    if step.sorte == "renvoi" and 300 <= status < 400:
        is_right = bool(target) and target.startswith(expected)
        return Sight(step, DONE if is_right else OPEN, f"{url} leads to {target[:200]!r}")
    if status in (404, 410):
        return Sight(step, OPEN, f"{url}: {phrase(status)}")
    if status != 200 or step.sorte == "renvoi":
        return Sight(step, UNSEEN, f"{url}: {phrase(status)} {target[:200]}".rstrip())
    is_right = expected in body.decode("utf-8", "replace")
    return Sight(step, DONE) if is_right else Sight(step, OPEN, f"{url} has no {expected}")
