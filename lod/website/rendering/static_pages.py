"""Pages for a host that only sends files: what asks a server asks that of the published site."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from lod.base.output_tree import OutputTree
from lod.website.rendering.language import FRENCH, LANGUAGES, written_in
from lod.website.rendering.templates import load_template

# a form, or a link with parameters, to an address of this site
ASKING = re.compile(
    r'(<form\b[^>]*? action="|<a\b[^>]*? href="(?=[^"#]*\?))((?!\w+:)[^"]*)("[^>]*>)'
)
ALONE = re.compile(r"recherche(?:\.\w+)?\.html(?:\?.*)?")  # a page whose script answers


@dataclass(frozen=True, slots=True)
class StaticTree(OutputTree):
    """Where such pages are written."""

    base: str = ""

    def write(self, path: str, content: bytes) -> None:
        if path.endswith(".html"):
            content = answerable(self.base, path, content)
        OutputTree.write(self, path, content)


def answerable(base: str, path: str, page: bytes) -> bytes:
    """Return a page, which stands at a path below the base, whose forms, and links with parameters,
    lead to the published site, but for those of the search; the first of these forms says so.
    """
    language = next((code for code, end in LANGUAGES.items()
                     if end and path.endswith(f"{end}.html")), FRENCH)  # fmt: skip
    with written_in(language):
        notes = [load_template("formulaire_statique.html").render(base=base)]

    def lead(paragraph: re.Match[str]) -> str:
        begin, address, rest = paragraph.groups()
        asked = urljoin(base + path, address)
        if ALONE.fullmatch(asked.removeprefix(base)):
            return paragraph[0]
        note = notes.pop() if notes and begin.startswith("<form") else ""
        return f"{begin}{asked}{rest}{note}"

    return ASKING.sub(lead, page.decode()).encode()
