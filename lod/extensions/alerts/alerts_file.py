"""The file of alerts: who is told what, by which mail server; errors say which alert is wrong."""

import hashlib
import tomllib
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import field

from lod.base.errors import UsageError

SUBJECTS = ("recherche", "depute", "ministere", "question", "texte")  # of an alert, one of them
HERE = ("localhost", "127.0.0.1", "::1")  # to which a password may go in the clear
Text = Annotated[str, msgspec.Meta(max_length=5_000)]
Port = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
T = TypeVar("T")


class Alert(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody wants to be told: one of SUBJECTS."""

    address: str = field(name="a")
    title: str = field(default="", name="nom")
    language: Literal["fr", "en"] = field(default="fr", name="langue")
    recherche: Text = ""  # words
    depute: Text = ""  # the end of an IRI
    ministere: Text = ""
    question: Text = ""  # a number
    texte: Text = ""

    @property
    def kinds(self) -> list[str]:
        """Those of SUBJECTS that it states."""
        return [kind for kind in SUBJECTS if getattr(self, kind).strip()]

    @property
    def kind(self) -> str:
        return self.kinds[0]

    @property
    def subject(self) -> str:
        return str(getattr(self, self.kind)).strip()

    @property
    def name(self) -> str:
        """What the letter calls it."""
        return self.title or self.subject[:60]

    @property
    def key(self) -> str:
        """What stands for it where its letters are noted: a hash, so that no address is there."""
        stated = "\n".join((self.address, self.kind, self.subject))
        return hashlib.sha256(stated.encode()).hexdigest()


class Mail(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How letters leave."""

    sender: str = field(name="de")
    unsubscribe: str = field(name="desabonnement")  # mailto: or https:, for `List-Unsubscribe`
    host: str = field(default="localhost", name="serveur")
    port: Port = 25
    starttls: bool = False
    user: str = field(default="", name="utilisateur")


class _Stated(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    dossier: str
    courrier: Mail
    alerte: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class AlertsFile:
    """All alerts, and how their letters leave."""

    path: Path
    folder: Path  # of the releases
    mail: Mail
    alerts: tuple[Alert, ...]

    @property
    def outbox(self) -> Path:
        """The file beside it that notes what was sent."""
        return self.path.with_suffix(".db")


def read_alerts(path: Path) -> AlertsFile:
    """Return what a file states; raise UsageError for what is missing, unknown or impossible."""
    try:
        whole = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}; correct the file") from error
    stated = _converted(whole, _Stated, f"{path}")
    _check_mail(stated.courrier, f"{path}: [courrier]")
    alerts = (_alert(row, f"{path}: alert {n}") for n, row in enumerate(stated.alerte, start=1))
    return AlertsFile(path, path.parent / stated.dossier, stated.courrier, (*alerts,))


def _alert(row: dict[str, Any], where: str) -> Alert:
    alert = _converted(row, Alert, where)
    if len(alert.kinds) != 1:
        wrong = f"{len(alert.kinds)} subjects"
        raise UsageError(f"{where} has {wrong}; give one of {', '.join(SUBJECTS)}")
    _check_address(alert.address, where)
    return alert


def _check_mail(mail: Mail, where: str) -> None:
    _check_address(mail.sender, where)
    if not mail.unsubscribe.startswith(("mailto:", "https://")):
        raise UsageError(f"{where}: desabonnement is no mailto: or https: address; give one")
    if mail.user and not mail.starttls and mail.host not in HERE:
        raise UsageError(f"{where}: a password would be sent in the clear; add starttls = true")


def _check_address(text: str, where: str) -> None:
    if "@" not in parseaddr(text)[1] or any(sign in text for sign in "\r\n"):
        raise UsageError(f"{where}: {text!r} is no mail address; give name@example.org")


def _converted(stated: object, kind: type[T], where: str) -> T:
    try:
        return msgspec.convert(stated, kind)
    except msgspec.ValidationError as error:
        raise UsageError(f"{where}: {error}; correct it") from error
