"""`lod alerts`: each letter leaves once, whatever kills the program, however mail answers."""

import asyncio
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from msgspec.structs import replace

from lod.base.errors import UsageError
from lod.base.inputs import Record
from lod.extensions.alerts import post
from lod.extensions.alerts.alerts_file import Mail, read_alerts
from lod.extensions.alerts.news import facts_of
from lod.model.question import Question
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.pipeline.settling.convert import Accepted, convert
from lod.publish.release import current
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.indexing import IndexContext, write_index
from lod.publish.search.search_index import SearchIndex
from lod.rdf.iris import Iris
from tests.support.paths import BASE, RICH
from tests.support.programs import lod
from tests.support.server_data import free_port

NIGHTS = 30
PLAN = ("take", "refuse", "take", "kill before", "take", "kill after", "shut")  # night by night


@dataclass
class MailServer:
    """Takes, refuses, or kills who sends: before it has the letter, or before it says so."""

    plan: str = "take"
    process: "subprocess.Popen[bytes] | None" = None
    taken: list[Message] = field(default_factory=list)

    async def handle_MAIL(
        self, _: SMTP, __: Session, envelope: Envelope, sender: str, ___: list[str]
    ) -> str:
        if self.plan == "shut":
            return "421 closed for tonight"
        if self.plan == "kill before":
            await self._kill()
        envelope.mail_from = sender
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:
        if self.plan == "refuse":
            return "451 try again later"
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append(message_from_bytes(content))
        if self.plan == "kill after":
            await self._kill()
        return "250 OK"

    async def _kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(self.process.wait)


@pytest.fixture
def server() -> Iterator[tuple[MailServer, int]]:
    handler = MailServer()
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


@pytest.fixture(scope="module")
def plain() -> Question:
    verdict = convert(Record(str(RICH), RICH.name, RICH.read_bytes()), Iris(BASE))
    assert isinstance(verdict, Accepted)
    return replace(verdict.question, titre="Les loups du Vercors")


def release(folder: Path, plain: Question, night: int) -> None:
    """Put the index of a night in place: one more question, and an answer to an older one."""
    made = folder / f"out/releases/{night}"
    made.mkdir(parents=True)
    (made / "manifest.json").write_text("{}")
    questions = [
        replace(
            plain, uid=f"QANR5L17QE{n}", numero=n, legislature=17, titre=f"Les loups, {n}",
            reponses=plain.reponses if n < night - 3 else (),
        )
        for n in range(1, night + 2)
    ]  # fmt: skip
    properties = {"base": BASE, "donnees_au": (date(2025, 1, 1) + timedelta(night)).isoformat()}
    context = IndexContext(Iris(BASE), lambda iri: iri, properties)
    write_index(made / INDEX_FILE, questions, context)
    link = folder / "out/current"
    link.unlink(missing_ok=True)
    link.symlink_to(f"releases/{night}")


def alerts_file(folder: Path, port: int, *alerts: str) -> Path:
    path = folder / "alertes.toml"
    head = (
        'dossier = "out"\n[courrier]\nserveur = "127.0.0.1"\n'
        f'port = {port}\nde = "alertes@example.org"\n'
        'desabonnement = "mailto:alertes@example.org?subject=stop"\n'
    )
    path.write_text(head + "".join(f"[[alerte]]\n{alert}\n" for alert in alerts), "utf-8")
    return path


TWO = (
    'a = "marie@example.org"\nnom = "Loups"\nrecherche = "loups"',
    'a = "paul@example.org"\nquestion = "QANR5L17QE5"\nlangue = "en"',
)


def told(letters: list[Message]) -> list[tuple[str, str]]:
    """Return (address, uid) of each line with an address of a question."""
    lines = []
    for letter in letters:
        payload = letter.get_payload(decode=True)
        assert isinstance(payload, bytes)
        for line in payload.decode().splitlines():
            if "/question/" in line:
                lines.append((str(letter["To"]), line.rpartition("/")[2].partition(".")[0]))
    return lines


def test_thirty_nights(tmp_path: Path, server: tuple[MailServer, int], plain: Question) -> None:
    """Nothing is lost or told twice: what was taken unnoticed comes again under its Message-ID."""
    mail, port = server
    path = alerts_file(tmp_path, port, *TWO)
    for night in range(NIGHTS):
        release(tmp_path, plain, night)
        mail.plan = PLAN[night % len(PLAN)] if night < NIGHTS - 1 else "take"
        if mail.plan.startswith("kill"):
            mail.process = subprocess.Popen(
                [sys.executable, "-m", "lod", "alerts", str(path)], stdout=subprocess.DEVNULL
            )
            assert mail.process.wait() == -signal.SIGKILL
        else:
            done = lod("alerts", path)
            is_told = mail.plan in ("refuse", "shut") and night > 0
            assert done.exit_code == int(is_told), done.output
    letters = {str(letter["Message-ID"]): letter for letter in mail.taken}
    assert len(letters) < len(mail.taken), "no letter has come again: nothing was killed"
    lines = told([*letters.values()])
    marie = [uid for address, uid in lines if address == "marie@example.org"]
    came = [f"QANR5L17QE{n}" for n in range(2, NIGHTS + 1)]  # the first was there before
    answered = [f"QANR5L17QE{n}" for n in range(1, NIGHTS - 4)]
    assert sorted(marie) == sorted(came + answered)
    paul = [uid for address, uid in lines if address == "paul@example.org"]
    assert paul == ["QANR5L17QE5"] * 2  # it came, and has an answer


def test_a_letter(tmp_path: Path, server: tuple[MailServer, int], plain: Question) -> None:
    """It says what is new, how to stop it, in the language asked for; a dry run says the same."""
    mail, port = server
    path = alerts_file(tmp_path, port, *TWO)
    release(tmp_path, plain, 0)
    assert "2 alerts begun" in lod("alerts", path).output
    release(tmp_path, plain, 5)
    dry = lod("alerts", path, "--dry-run")
    assert "Les loups, 4" in dry.output and not mail.taken
    assert "2 letters sent" in lod("alerts", path).output
    assert "0 letters sent" in lod("alerts", path).output
    marie, paul = sorted(mail.taken, key=lambda letter: str(letter["To"]))
    assert marie["List-Unsubscribe"] == "<mailto:alertes@example.org?subject=stop>"
    assert "Loups" in str(marie["Subject"]) or "=?utf-8?" in str(marie["Subject"])
    assert told([marie])[0][1].startswith("QANR5L17QE")
    payload = paul.get_payload(decode=True)
    assert isinstance(payload, bytes) and b"You asked to be told" in payload
    noted = path.with_suffix(".db").read_bytes()
    assert b"example.org" not in noted and b"loups" not in noted.lower()
    assert path.with_suffix(".db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("alert", "said"),
    [('a = "marie"\nrecherche = "loups"', "no mail address"),
     ('a = "m@example.org"', "0 subjects"),
     ('a = "m@example.org"\nrecherche = "loups"\ndepute = "PA1"', "2 subjects"),
     ('a = "m@example.org"\nrecherches = "loups"', "unknown field"),
     ('a = "m@example.org"\nrecherche = 7', "Expected `str`"),
     ('a = "m@example.org\\r\\nBcc: x@example.org"\nrecherche = "loups"', "no mail address")],
)  # fmt: skip
def test_what_is_wrong_in_the_file_is_said(tmp_path: Path, alert: str, said: str) -> None:
    with pytest.raises(UsageError, match=rf"alert 1.*{said}"):
        read_alerts(alerts_file(tmp_path, 25, alert))


def test_a_text_is_watched(tmp_path: Path, vies: Path) -> None:
    """A question that shares a passage with it is a fact of the alert."""
    folder = current(vies)
    questions = PublishedQuestions(folder).questions()
    stored = max(questions, key=lambda stored: len(stored.question.texte or ""))
    text = " ".join((stored.question.texte or "").split()[:40]).replace('"', "").replace("\\", "")
    path = alerts_file(tmp_path, 25, f'a = "m@example.org"\ntexte = "{text}"')
    [alert] = read_alerts(path).alerts
    with closing(SearchIndex(folder / INDEX_FILE)) as index:
        assert stored.uid in [fact.uid for fact in facts_of(alert, folder, index)]


@pytest.mark.parametrize("piece", [b"220-wait\r\n", b"2"])
def test_a_server_whose_greeting_has_no_end(piece: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def drip() -> None:
        with server.accept()[0] as connection, suppress(OSError):
            while True:
                connection.sendall(piece)
                time.sleep(0.01)

    monkeypatch.setattr(post, "WHOLE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, daemon=True).start()
        there = ("127.0.0.1", server.getsockname()[1])
        mail = Mail(sender="a@b", unsubscribe="mailto:a@b", host=there[0], port=there[1])
        with pytest.raises(
            smtplib.SMTPServerDisconnected, match=r"timed out|not done within 0\.2 s"
        ):
            post.MailServer(mail)
