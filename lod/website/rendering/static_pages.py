"""Pages for a host that only sends files: what asks a server asks another one, or a page whose
script answers; without either it is not shown, and the page says so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urljoin

from lod.base import packaged
from lod.base.output_tree import OutputTree
from lod.website.rendering.language import FRENCH, LANGUAGES, is_translated, written_in
from lod.website.rendering.templates import load_template, localized

FORM = re.compile(r'(?s)(<form(?>[^<>]*? action="))((?!\w+:)[^"]*)("[^<>]*>)(.*?)(?:</form>|\Z)')
LINK = re.compile(
    r'(<a\b(?>[^<>]*? href="))(?=[^"#]*\?)((?!\w+:)[^"]*)("[^<>]*>)(.*?)(?:</a>|\Z)', re.S
)
BUTTON = re.compile(r"<p>(?:(?!</?p>|<button).)*+<button(?:(?!</?p>).)*+</p>\n?", re.S)
ALONE = re.compile(r"(?:recherche|sparql)(?:\.\w+)?\.html(?:\?.*)?")  # whose script reads it
ELSEWHERE = re.compile(r"(?:\w+:)?//")
# to the same page in other languages: for readers, and for robots
TRANSLATION = re.compile(r'<a class="langue"(?>[^<>]*? hreflang=")(\w+)"[^<>]*>[^<]*</a>\n?')
ALTERNATE = re.compile(r'<link rel="alternate" hreflang="[^>]*>\n?')
PAGE = re.compile(r"<url><loc>([^<]*)</loc>(?:(?!<url>).)*?</url>\n")  # in a sitemap
DOCUMENT = re.compile(r' href="((?:\.\./)*reponse/[^"#]+)"')
TITLE = re.compile(r"</h1>\n?")


@dataclass(frozen=True, slots=True)
class StaticTree(OutputTree):
    """Where such pages are written."""

    base: str = ""
    languages: tuple[str, ...] = tuple(LANGUAGES)
    server: str = ""  # where a server answers what files cannot; "" if none does
    # path that a server answers → the page whose script answers it
    answered: Mapping[str, str] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)  # page → where it stands instead

    def write(self, path: str, content: bytes) -> None:
        if path.endswith(".html"):
            if self._is_left_out(path):
                return
            content = self.answerable(path, content)
        elif path.startswith("sitemap-") and len(self.languages) < len(LANGUAGES):
            kept = PAGE.sub(lambda u: "" if self._is_left_out(u[1]) else u[0], content.decode())
            content = kept.encode()
        OutputTree.write(self, path, content)

    def _is_left_out(self, path: str) -> bool:
        """Return whether a page is a translation into a language that this copy does not have."""
        language = language_of(path)
        name = path.removeprefix(self.base).removesuffix(f"{LANGUAGES[language]}.html")
        return language not in self.languages and is_translated(name)

    def answerable(self, path: str, content: bytes) -> bytes:
        """Return a page all of whose forms, and links with parameters, are answered."""
        with written_in(language_of(path)):
            page = _Answers(self, path).given(content.decode())
        if self.moved:
            here = f"{self.base}{path}"
            page = DOCUMENT.sub(lambda link: self._moved(here, link), page)
        if len(self.languages) < len(LANGUAGES):
            page = TRANSLATION.sub(lambda a: a[0] if a[1] in self.languages else "", page)
            page = ALTERNATE.sub("", page)
        return page.encode()

    def _moved(self, here: str, link: re.Match[str]) -> str:
        place = self.moved.get(urljoin(here, link[1]).removeprefix(self.base))
        up = "../" * here.removeprefix(self.base).count("/")
        return f' href="{up}{place}"' if place else link[0]


class _Answers:
    """Who answers the forms of one page, and what it says of that: once."""

    def __init__(self, tree: StaticTree, path: str) -> None:
        self._tree, self._path = tree, path
        self._root = "../" * path.count("/")
        self._is_told = False

    def given(self, page: str) -> str:
        page = LINK.sub(self._link, FORM.sub(self._form, page))
        name = self._path.removesuffix(".html").removesuffix(LANGUAGES[language_of(self._path)])
        if not self._tree.server and name in about_servers():
            page = TITLE.sub(lambda end: end[0] + self._note(), page, count=1)
        return page

    def _note(self) -> str:
        if self._is_told:
            return ""
        self._is_told = True
        return load_template("formulaire_statique.html").render(
            adresse=self._tree.server, root=self._root, page=localized("exploitation.html")
        )

    def _form(self, form: re.Match[str]) -> str:
        begin, address, end, body = form.groups()
        target = self._target(address)
        if target is None:  # a query may be read, where nobody runs it
            kept = BUTTON.sub("", body) if " readonly" in body else ""
            return f"{self._note()}<div>{kept}</div>" if kept else self._note()
        note = self._note() if ELSEWHERE.match(target) else ""
        return f"{begin}{target}{end}{note}{body}</form>"

    def _link(self, link: re.Match[str]) -> str:
        begin, address, end, text = link.groups()
        target = self._target(address)
        return text if target is None else f"{begin}{target}{end}{text}</a>"

    def _target(self, address: str) -> str | None:
        """Return the address that answers what an address of the site asks; None if none does."""
        tree = self._tree
        asked = urljoin(tree.base + self._path, address).removeprefix(tree.base)
        if ALONE.fullmatch(asked):
            return address
        path, mark, rest = asked.partition("?")
        if path in map(localized, tree.answered.values()):
            return address
        if path in tree.answered:
            return f"{self._root}{localized(tree.answered[path])}{mark}{rest}"
        return tree.server + asked if tree.server else None


def language_of(path: str) -> str:
    """Return the language of the page at a path.

    >>> language_of("depute/PA1.en.html"), language_of("depute/PA1.html")
    ('en', 'fr')
    """
    ends = ((code, end) for code, end in LANGUAGES.items() if end)
    return next((code for code, end in ends if path.endswith(f"{end}.html")), FRENCH)


@cache
def about_servers() -> frozenset[str]:
    """Return the pages about what only a server answers, without extension."""
    return frozenset(row["page"] for row in packaged.table_rows(packaged.SITE / "serveur.csv"))
