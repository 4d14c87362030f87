"""The guides: each Markdown file of `site/pages/` becomes a page of the site."""

import re
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup

from lod.base import packaged
from lod.model.text import slug
from lod.publish.publication import Site
from lod.website.language import FRENCH, written_in
from lod.website.rendering import render, typeset, write_page
from lod.website.template_code import UNBROKEN

ADDITIONS = re.compile(r"^<!-- ajouts: (\S+) -->\n", re.M)


def guide_text(guide: Path) -> str:
    """Return the text of a guide; the line `<!-- ajouts: NAME.md -->` shows what extensions add."""
    return ADDITIONS.sub(
        lambda place: "".join(
            (packaged.SITE / path).read_text("utf-8") for path in packaged.additions(place[1])
        ),
        guide.read_text("utf-8"),
    )


def write_guides(site: Site) -> None:
    """Write a page for each guide, `NAME.md` or `NAME.LANGUAGE.md`; its first line is its title,
    `{base}` the address at which the site begins. Each heading can be linked to.
    """
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.core.ruler.push("anchors", _name_headings)
    markdown.core.ruler.push("typography", _set_spaces)
    for guide in packaged.with_extensions(packaged.SITE, "pages", "*.md"):
        text = guide_text(guide).replace("{base}", site.publication.base)
        title = text.partition("\n")[0].removeprefix("# ")
        name, _, language = guide.stem.partition(".")
        with written_in(language or FRENCH):
            values = {"titre": typeset(title), "texte": Markup(_scrollable(markdown.render(text)))}
            write_page(site, name, render("guide.html", site.publication, name, **values))


def _name_headings(state: StateCore) -> None:
    """Give each heading below the title an `id`, made of its words."""
    for token, content in pairwise(state.tokens):
        if token.type == "heading_open" and token.tag != "h1":
            token.attrSet("id", slug(content.content))


def _set_spaces(state: StateCore) -> None:
    """Set no-break spaces in what is no code; English has none before its signs."""
    for block in state.tokens:
        for token in block.children or ():
            if token.type == "text":
                token.content = UNBROKEN.sub("\u00a0", token.content)


def _scrollable(html: str) -> str:
    """Return the text with tables and blocks of code that scroll by themselves, by keys as well."""
    around = '<div class="defile" tabindex="0" role="group" aria-label="Table"><table>'
    html = html.replace("<table>", around).replace("</table>", "</table></div>")
    return html.replace("<pre>", '<pre tabindex="0">')
