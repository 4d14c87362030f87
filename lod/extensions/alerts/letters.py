"""The words of a letter: what is new of the alerts of one address."""

from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import parseaddr

from lod.extensions.alerts.alerts_file import Alert, AlertsFile
from lod.extensions.alerts.news import Fact
from lod.website.rendering.language import counted, written_in
from lod.website.rendering.templates import load_template

News = Sequence[tuple[Alert, Sequence[Fact]]]  # of one address
MOST = 100  # facts of an alert that a letter shows


def letter(file: AlertsFile, base: str, name: str, news: News) -> EmailMessage:
    """Return a letter in the language of its first alert."""
    first = news[0][0]
    with written_in(first.language):
        number = sum(len(facts) for _, facts in news)
        subjects = ", ".join(alert.name for alert, _ in news)
        text = load_template("lettre.txt").render(
            nouvelles=news, base=base, plus=MOST, desabonnement=file.mail.unsubscribe
        )
        subject = f"{counted(number, 'nouvelle')} – {subjects}"
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())[:150]
    message["From"], message["To"] = file.mail.sender, first.address
    domain = parseaddr(file.mail.sender)[1].rpartition("@")[2]
    message["Message-ID"] = f"<{name}@{domain}>"
    message["List-Id"] = f"<alertes.{domain}>"
    message["List-Unsubscribe"] = f"<{file.mail.unsubscribe}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message
