"""One night of alerts: what is new is noted, then sent, each letter once; a server that refuses
loses nothing, for the letter waits for the next night.
"""

import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from lod.extensions.alerts.alerts_file import Alert, AlertsFile, Mail
from lod.extensions.alerts.letters import letter
from lod.extensions.alerts.news import Fact, facts_of
from lod.extensions.alerts.outbox import Outbox, copied_outbox
from lod.publish.release import current, holding
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.search_index import SearchIndex
from lod.remote.time_limit import TimeLimit

PASSWORD = "LOD_SMTP_PASSWORD"  # the variable with the password of `utilisateur`
SECONDS = 30  # without a byte of the server
WHOLE = 3600  # seconds of a night; letters that are not sent then wait for the next

Facts = dict[str, dict[str, Fact]]  # alert → key of a fact → the fact, of the release


@dataclass(frozen=True, slots=True)
class Night:
    """What came of one night."""

    begun: int  # alerts that are new, and tell from now on
    sent: int  # letters
    refused: tuple[str, ...]  # why letters wait for the next night


def one_night(file: AlertsFile, outbox: Outbox) -> Night:
    """Note what is new in the current release, and send it."""
    base, facts = facts_of_release(file)
    begun = note(file, outbox, facts)
    sent, refused = 0, []
    letters = list(letters_waiting(file, outbox, base, facts))
    if not letters:
        return Night(begun, 0, ())
    try:
        with _server(file.mail) as server:
            for name, message in letters:
                try:
                    server.send_message(message)
                except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
                    refused.append(f"letter {name}: {error}")
                    continue
                outbox.sent(name)
                sent += 1
    except (OSError, smtplib.SMTPException) as error:
        refused.append(f"{file.mail.host}:{file.mail.port}: {error}")
    return Night(begun, sent, tuple(refused))


def dry_night(file: AlertsFile) -> list[EmailMessage]:
    """Return the letters that a night would send."""
    base, facts = facts_of_release(file)
    with copied_outbox(file.outbox) as outbox:
        note(file, outbox, facts)
        return [message for _, message in letters_waiting(file, outbox, base, facts)]


def facts_of_release(file: AlertsFile) -> tuple[str, Facts]:
    """Return the base of the current release, and what it tells of each alert."""
    with (
        holding(current(file.folder)) as release,
        closing(SearchIndex(release / INDEX_FILE)) as index,
    ):
        facts = {a.key: {f.key: f for f in facts_of(a, release, index)} for a in file.alerts}
        return index.properties["base"], facts


def note(file: AlertsFile, outbox: Outbox, facts: Facts) -> int:
    """Note what is new as letters to send, one for each address; return how many alerts begin."""
    outbox.forget({alert.key for alert in file.alerts})
    begun, by_address = 0, dict[str, dict[str, list[str]]]()
    for alert in file.alerts:
        if not outbox.is_known(alert.key):
            outbox.begin(alert.key, facts[alert.key])
            begun += 1
        elif new := outbox.untold(alert.key, facts[alert.key]):
            by_address.setdefault(alert.address, {})[alert.key] = new
    for facts_of_address in by_address.values():
        outbox.write(facts_of_address)
    return begun


def letters_waiting(
    file: AlertsFile, outbox: Outbox, base: str, facts: Facts
) -> Iterator[tuple[str, EmailMessage]]:
    """Yield name and message of each letter that no server has taken. Of a fact that the release
    no longer has, the letter says nothing; without any, it is ticked off.
    """
    alerts = {alert.key: alert for alert in file.alerts}
    for name, keys_of in outbox.waiting().items():
        news: list[tuple[Alert, list[Fact]]] = []
        for key, keys in keys_of.items():
            known = [facts[key][fact] for fact in keys if fact in facts[key]]
            news += [(alerts[key], known)] if known else []
        if news:
            yield name, letter(file, base, name, news)
        else:
            outbox.sent(name)


class MailServer(smtplib.SMTP):
    """A server of mail, whose answers all come within the limit of the night."""

    def __init__(self, mail: Mail) -> None:
        self._limit = TimeLimit(WHOLE, SECONDS)
        super().__init__(mail.host, mail.port, timeout=self._limit.silence)

    def send(self, s: Any) -> None:
        if self.sock is not None:
            self._limit.bind(self.sock)
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = self._limit.file(self.sock)
        return super().getreply()


@contextmanager
def _server(mail: Mail) -> Iterator[smtplib.SMTP]:
    with MailServer(mail) as server:
        if mail.starttls:
            server.starttls(context=ssl.create_default_context())
        if mail.user:
            server.login(mail.user, os.environ.get(PASSWORD, ""))
        yield server
