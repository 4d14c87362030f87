"""The guides say what the program does; their code and commands are run as they stand."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import feedparser
import pytest
from lxml.html import fromstring

from lod.base import packaged
from lod.cli import main
from lod.publish.release import current
from lod.publish.tables.columns import tables
from lod.server.limits import WorkerLimits
from lod.website.pages.problem_pages import PROBLEMS
from lod.website.pages.single_pages import guide_text
from tests.support.live import live
from tests.support.paths import BASE, ROOT, site_files
from tests.support.patience import HANG, wait_for
from tests.support.programs import need, output
from tests.support.server_data import free_port
from tests.support.suites import VENV

DEPLOY = ROOT / "deploy"
TABLES = (packaged.GUIDES / "tableaux.md").read_text("utf-8")
EXPLOITATION = guide_text(packaged.GUIDES / "exploitation.md")
EXAMPLE = "https://questions.example.org/"  # stands for the site
OF_THE_SYSTEM = ("404 Not Found", "No space left on device")
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


def test_every_option_of_the_server_is_explained() -> None:
    """The table has the options of `lod serve`, all of them and no other, with their defaults."""
    table = EXPLOITATION.partition("## Réglages")[2].partition("\n## ")[0]
    told = set(re.findall(r"--[\w-]+", "".join(re.findall(r"^\| (`--.*?) \|", table, re.M))))
    serve = main.commands["serve"]
    there = {name for option in serve.params for name in (*option.opts, *option.secondary_opts)}
    assert told == there - {"folder"}
    defaults = {option.name: option.default for option in serve.params}
    for name, said in (("timeout", "10 s"), ("memory", "512 Mio")):
        assert f"| `--{name}` | {said} |" in table
        assert said.startswith(f"{defaults[name]:g} ")


def test_what_is_seen_at_three_in_the_morning_is_said() -> None:
    """Each message of the table is one of ours, or of the system; each command is one of ours."""
    table = guide_text(packaged.GUIDES / "nuits.en.md").partition("three in the morning")[2]
    rows = [row.split(" | ") for row in re.findall(r"^\| (.* \| .* \| .*) \|$", table, re.M)][1:12]
    said = "".join(path.read_text("utf-8") for path in packaged.PACKAGE.rglob("*.py"))
    for seen, _, todo in rows:
        for message in re.findall(r"“(.*?)(?: …)?”", seen):
            words = re.split(r" [(…]| about", message)[0]
            assert words in (*OF_THE_SYSTEM, "dégradé") or words in said, words
        for name in re.findall(r"`lod (\w+)", todo):
            assert name in main.commands
    assert len(rows) == 11


def test_every_status_is_explained() -> None:
    """The second table has every status that a problem may have, but those of the documents."""
    told = {int(code) for code in re.findall(r"\b([345]\d\d)\b", EXPLOITATION)}
    documents = {404, 405, 410, 416, 499}  # not found, method, gone, range; and nobody reads 499
    assert {kind.status for kind in PROBLEMS.values()} - documents <= told


def test_the_limits_are_those_of_the_program() -> None:
    assert f"a au plus {WorkerLimits().size >> 20} Mio" in " ".join(EXPLOITATION.split())


def test_the_guide_has_each_file_of_deploy() -> None:
    """And shows what stands there as it stands there: how an image is run, where things are."""
    guides = "".join(map(guide_text, packaged.with_extensions(packaged.SITE, "pages", "*.md")))
    for path in DEPLOY.iterdir():
        assert f"`deploy/{path.name}`" in guides or path.name == "lock.txt", path.name
    unit = (DEPLOY / "lod.service").read_text("utf-8")
    for path in ("/opt/lod/venv", "/srv/lod", "/etc/lod"):
        assert path in unit and path in EXPLOITATION
    image = (DEPLOY / "Containerfile").read_text("utf-8")
    assert "--require-hashes -r deploy/lock.txt" in EXPLOITATION
    [run] = re.findall(r"^\$ (podman run .*\n(?:(?<=\\\n).*\n)*)", EXPLOITATION, re.M)
    told = "".join(line.removeprefix("#") for line in image.splitlines(keepends=True))
    assert " ".join(run.replace("\\", "").split()) in " ".join(told.replace("\\", "").split())
    for option in ("--read-only", "--tmpfs", "--memory", "--cap-drop", ":ro", "no-new-privileges"):
        assert option in run


def code_of_tables(language: str) -> list[str]:
    """Return the blocks of code of the guide about tables, in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TABLES, re.M | re.S)


def run_in_tables(release: Path, *command: str | Path) -> str:
    """Return what a program prints in the folder of the tables of a release."""
    return output(*command, cwd=current(release) / "dumps/tables")


def test_the_code_for_pandas_runs(vies: Path, tmp_path: Path) -> None:
    """Every block, one after the other; statuses, deputies and found questions are printed."""
    blocks, script = code_of_tables("python"), tmp_path / "guide.py"
    script.write_text("\n".join(blocks).replace('"hopital"', '"synthetique"'), "utf-8")
    printed = run_in_tables(vies, sys.executable, "-W", "error", script)
    assert len(blocks) == 3
    for word in ("repondue-hors-delai", "civilite", "reponse", "QANR5L15QE"):
        assert word in printed


@pytest.mark.tool
def test_the_code_for_r_runs(vies: Path, tmp_path: Path) -> None:
    """Every block, with SQLite and CSV."""
    blocks, script = code_of_tables("r"), tmp_path / "guide.R"
    script.write_text("\n".join(blocks), "utf-8")
    printed = run_in_tables(vies, need("Rscript"), script)
    assert len(blocks) == 2
    assert "delai_jours" in printed and "2025" in printed


def test_the_codebook_has_every_column_and_code(vies: Path) -> None:
    """Each column is a row, each code has its name; in English each has another meaning."""
    site = current(vies) / "site"
    page, english = ((site / f"colonnes{end}.html").read_text("utf-8") for end in ("", ".en"))
    columns = [column for table in tables().values() for column in table.columns]
    assert len(columns) > 100
    for column in columns:
        assert f'<tr id="{column.table}.{column.nom}"><td><code>{column.nom}</code>' in page
        for code in column.codes:
            assert f"<td><code>{code.code}</code></td>" in page
    assert "qp:dateLimite" in page and not re.search(r"« | »| [:;?!]", strip_tags(page))
    rows = [fromstring(text.encode()).xpath("//main//tbody/tr") for text in (page, english)]
    assert len(rows[0]) == len(rows[1]) > 150
    for one, other in zip(*rows, strict=True):
        ours, theirs = ([cell.text_content() for cell in row.xpath("td")] for row in (one, other))
        assert ours[0] == theirs[0] and len(ours) == len(theirs)
        assert len(ours) != 4 or not ours[2] or ours[2] != theirs[2], theirs


def strip_tags(page: str) -> str:
    """Return the text of the main part of a page, without code."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"<[^>]*>", "", re.sub(r"<code>.*?</code>", "", main, flags=re.S))


def curls() -> Iterator[str]:
    """Yield each command `curl` of the guides, with the lines that its quotes and `\\` go on in."""
    for guide in site_files("pages", "*.md"):
        lines = iter(guide.read_text("utf-8").splitlines())
        for line in lines:
            if not line.removeprefix("$ ").startswith("curl "):
                continue
            command = line.removeprefix("$ ")
            while command.endswith("\\") or command.count("'") % 2:
                command += "\n" + next(lines)
            yield command


@pytest.mark.tool
def test_every_curl_can_be_pasted(sample: Path) -> None:
    """With the address of a server in place of that of the site."""
    need("curl")
    commands = [*dict.fromkeys(curls())]
    assert len(commands) >= 3
    with live(sample) as server:
        for command in commands:
            printed = re.sub(r"\{base\}|http://localhost:8000/", server.url, command)
            line = printed.replace("curl ", "curl -sSf ", 1)
            run = subprocess.run(
                ["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True
            )
            assert run.returncode == 0 and run.stdout.strip(), (command, run.stderr)
            assert '"error"' not in run.stdout, run.stdout


def test_a_guide_says_the_address_of_the_site(sample: Path) -> None:
    """What a reader copies from the page begins with it."""
    page = (current(sample) / "site/api.html").read_text("utf-8")
    assert "{base}" not in page and f"{BASE}question/QANR5L15QE43349.ttl" in page


def blocks_about_mail(kind: str) -> list[str]:
    """Return the blocks of code of a kind in the section about mail."""
    text = guide_text(packaged.GUIDES / "flux.md")
    section = text[text.index("](https://github.com/rss2email") :]
    return re.findall(rf"```{kind}\n(.*?)```", section.partition("\n## ")[0], re.S)


def recipe() -> list[list[str]]:
    """Return the commands of the recipe, without the prompt and what is said of them."""
    [block] = blocks_about_mail("console")
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

        install, new, *rest = recipe()
        assert install == ["pipx", "install", "rss2email"]
        run(*new)
        text = settings.read_text("utf-8")
        for line in blocks_about_mail("ini")[0].splitlines():
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
