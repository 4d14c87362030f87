"""The file of alerts: who is told what, by which mail server; errors say which alert is wrong."""

import hashlib
import tomllib
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from lod.base.errors import UsageError

SUBJECTS = ("recherche", "depute", "ministere", "question", "texte")  # of an alert, one of them
LONGEST = 5_000  # characters of a subject
LANGUAGES = ("fr", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What somebody wants to be told."""

    address: str
    kind: str  # one of SUBJECTS
    subject: str  # words, the end of an IRI, a uid, a text
    name: str  # what the mail calls it
    language: str

    @property
    def key(self) -> str:
        """What stands for it where its mails are noted: a hash, so that no address is there."""
        stated = "\n".join((self.address, self.kind, self.subject))
        return hashlib.sha256(stated.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsFile:
    """All alerts, and how their mails leave."""

    path: Path
    folder: Path  # of the releases
    sender: str
    unsubscribe: str  # mailto: or https:, for `List-Unsubscribe`
    host: str = "localhost"
    port: int = 25
    starttls: bool = False
    user: str = ""
    alerts: tuple[Alert, ...] = field(default=())

    @property
    def outbox(self) -> Path:
        """The file beside it that notes what was sent."""
        return self.path.with_suffix(".db")


def read_alerts(path: Path) -> AlertsFile:
    """Return what a file states; raise UsageError for what is missing, unknown or impossible."""
    try:
        stated = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}; correct the file") from error
    mail = stated.get("courrier", {})
    known = {"dossier", "courrier", "alerte"}
    _refuse_unknown(f"{path}", stated, known)
    _refuse_unknown(
        f"{path}: [courrier]", mail,
        {"serveur", "port", "starttls", "utilisateur", "de", "desabonnement"},
    )  # fmt: skip
    for name in ("de", "desabonnement"):
        if not mail.get(name):
            raise UsageError(f"{path}: [courrier] has no {name}; give it")
    if not mail["desabonnement"].startswith(("mailto:", "https://")):
        raise UsageError(f"{path}: desabonnement is no mailto: or https: address; give one")
    if not stated.get("dossier"):
        raise UsageError(f"{path}: no dossier; give the folder of the releases")
    alerts = (
        _alert(f"{path}: alert {n}", row) for n, row in enumerate(stated.get("alerte", ()), 1)
    )
    return AlertsFile(
        path=path,
        folder=path.parent / stated["dossier"],
        sender=_address(f"{path}: de", mail["de"]),
        unsubscribe=mail["desabonnement"],
        host=mail.get("serveur", "localhost"),
        port=mail.get("port", 25),
        starttls=mail.get("starttls", False),
        user=mail.get("utilisateur", ""),
        alerts=tuple(alerts),
    )


def _alert(where: str, row: dict[str, Any]) -> Alert:
    _refuse_unknown(where, row, {"a", "nom", "langue", *SUBJECTS})
    kinds = [kind for kind in SUBJECTS if row.get(kind)]
    if len(kinds) != 1:
        raise UsageError(f"{where} has {len(kinds)} subjects; give one of {', '.join(SUBJECTS)}")
    [kind] = kinds
    subject, language = str(row[kind]).strip(), row.get("langue", "fr")
    if len(subject) > LONGEST:
        raise UsageError(f"{where}: {len(subject)} characters; give at most {LONGEST}")
    if language not in LANGUAGES:
        raise UsageError(f"{where}: langue '{language}'; give {' or '.join(LANGUAGES)}")
    return Alert(
        address=_address(where, row.get("a", "")),
        kind=kind,
        subject=subject,
        name=row.get("nom") or subject[:60],
        language=language,
    )


def _address(where: str, text: str) -> str:
    if "@" not in parseaddr(text)[1] or any(sign in text for sign in "\r\n"):
        raise UsageError(f"{where}: {text!r} is no mail address; give name@example.org")
    return text


def _refuse_unknown(where: str, stated: dict[str, Any], known: set[str]) -> None:
    for name in stated:
        if name not in known:
            raise UsageError(
                f"{where}: unknown key '{name}'; the keys are {', '.join(sorted(known))}"
            )
