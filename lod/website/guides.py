"""The guides: each Markdown file of `site/pages/` is a page of the site."""

from functools import cache

from markdown_it import MarkdownIt
from markupsafe import Markup

from lod.base import packaged
from lod.publish.publication import Site
from lod.website.rendering import render, write_page


@cache
def markdown() -> MarkdownIt:
    """Return the reader of Markdown: tables, and no HTML in it."""
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def write_guides(site: Site) -> int:
    """Write a page for each guide; return how many. Its first line is its title."""
    guides = sorted(packaged.GUIDES.glob("*.md"))
    for guide in guides:
        text = guide.read_text("utf-8")
        title = text.partition("\n")[0].removeprefix("# ")
        body = Markup(_scrollable(markdown().render(text)))
        page = render("guide.html", site.publication, guide.stem, titre=title, texte=body)
        write_page(site, guide.stem, page)
    return len(guides)


def _scrollable(html: str) -> str:
    """Return a guide whose tables and blocks of code scroll by themselves, with keys too."""
    around = '<div class="defile" tabindex="0" role="group" aria-label="Table"><table>'
    html = html.replace("<table>", around).replace("</table>", "</table></div>")
    return html.replace("<pre>", '<pre tabindex="0">')
