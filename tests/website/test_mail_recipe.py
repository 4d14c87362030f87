"""The recipe of the guide that turns a feed into mail: its lines, run as they stand.

The programs are in the environment of the suites of others: `.ci/run` installs it.
"""

import os
import re
import subprocess
import time
from email import message_from_bytes, policy
from pathlib import Path

import feedparser
import pytest

from lod.base import packaged
from lod.website.pages.single_pages import guide_text
from tests.support.live import live
from tests.support.patience import HANG, wait_for
from tests.support.programs import need
from tests.support.server_data import free_port
from tests.support.suites import VENV

EXAMPLE = "https://questions.example.org/"  # stands for the site
MAILBOX = """
import sys
from pathlib import Path
from aiosmtpd.handlers import Message
class Keep(Message):
    n = 0
    def handle_message(self, message):
        Keep.n += 1
        Path(sys.argv[2], f"{Keep.n:03}.eml").write_bytes(message.as_bytes())
from aiosmtpd.controller import Controller
Controller(Keep(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
print("ready", flush=True)
sys.stdin.read()
"""


def blocks(kind: str) -> list[str]:
    """Return the blocks of code of a kind in the section about mail; the English guide has the
    same.
    """
    text = guide_text(packaged.GUIDES / "flux.md")
    section = text[text.index("](https://github.com/rss2email") :]
    return re.findall(rf"```{kind}\n(.*?)```", section.partition("\n## ")[0], re.S)


def commands() -> list[list[str]]:
    """Return the commands of the recipe, without the prompt and what is said of them."""
    [block] = blocks("console")
    lines = (line.partition(" #")[0].removeprefix("$ ") for line in block.splitlines())
    return [line.split() for line in lines]


@pytest.mark.tool
@pytest.mark.slow
def test_the_recipe_mails_what_is_new(sample: Path, tmp_path: Path) -> None:
    """What is there already is not sent; of a feed that is new, one message an entry."""
    need(VENV / "bin/r2e")
    python, port = need(VENV / "bin/python"), free_port()
    (mails := tmp_path / "mails").mkdir()
    server = subprocess.Popen(
        [python, "-c", MAILBOX, str(port), str(mails)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    places = {"XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    settings = tmp_path / "rss2email.cfg"
    with server, live(sample) as site:
        assert server.stdout and server.stdout.readline() == "ready\n"

        def run(*command: str) -> None:
            """Run a command of the recipe, about our server."""
            assert command[0] == "r2e"
            line = (need(VENV / "bin/r2e"), *(w.replace(EXAMPLE, site.url) for w in command[1:]))
            subprocess.run(line, env=os.environ | places, check=True, timeout=HANG)

        install, new, *rest = commands()
        assert install == ["pipx", "install", "rss2email"]
        run(*new)
        text = settings.read_text("utf-8")
        for line in blocks("ini")[0].splitlines():
            name = line.partition(" = ")[0]
            own = {"smtp-server": f"{name} = 127.0.0.1", "smtp-port": f"{name} = {port}"}
            text, count = re.subn(rf"(?m)^{name} = .*$", own.get(name, line), text)
            assert count == 1, name
        settings.write_text(text, "utf-8")
        for command in rest:
            run(*command)
        assert [*mails.iterdir()] == []
        path = "depute/PA1567.atom"
        run("r2e", "add", "depute", EXAMPLE + path)
        run("r2e", "run")
        entries = feedparser.parse(site.ask(f"/{path}").body).entries
        wait_for(
            lambda: len([*mails.iterdir()]) >= len(entries),
            10,
            lambda: f"{len([*mails.iterdir()])}",
        )
        run("r2e", "run")
        time.sleep(0.5)  # what would be sent a second time
        assert server.stdin
        server.stdin.close()
    told = [message_from_bytes(p.read_bytes(), policy=policy.default) for p in mails.iterdir()]
    assert sorted(m["X-RSS-ID"] for m in told) == sorted(entry.id for entry in entries)
    titles = {entry.id: entry.title for entry in entries}
    assert len(told) > 10
    for message in told:
        assert " ".join(titles[message["X-RSS-ID"]].split()) == " ".join(message["Subject"].split())
        assert message["X-RSS-URL"] in message.get_content()
