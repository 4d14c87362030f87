"""Templates → pages: escaping, relative links, French numbers and typography."""

import re
from functools import cache, lru_cache, partial
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

from lod.base import packaged
from lod.model.dates import french_date, iso_in_french
from lod.publish.publication import Publication, Site
from lod.rdf.vocab import NAMESPACE

FORMS = (
    ("html", "text/html", "page"),
    ("ttl", "text/turtle", "Turtle"),
    ("jsonld", "application/ld+json", "JSON-LD"),
    ("nt", "application/n-triples", "N-Triples"),
)
SHORT = 64  # letters of a text that is worth remembering


def fast_escape(value: Any) -> Markup:
    """Return `markupsafe.escape(value)`; of the short texts that each page prints, from memory.

    >>> fast_escape("<3"), fast_escape(Markup("<b>")), fast_escape(3)
    (Markup('&lt;3'), Markup('<b>'), Markup('3'))
    """
    if type(value) is str and len(value) < SHORT:
        return _remembered_escape(value)
    return value if type(value) is Markup else escape(value)


_remembered_escape = lru_cache(2**14)(escape)


class TemplateCode(CodeGenerator):
    """The code that templates become; it escapes by `fast_escape`, which takes a third of the time."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.fast_escape(")
        else:
            super()._output_child_pre(node, frame, finalize)


class Templates(Environment):
    """The templates of the site."""

    code_generator_class = TemplateCode
    fast_escape = staticmethod(fast_escape)


@cache
def load_template(name: str) -> Template:
    """Return a template; to look it up in the environment costs as much as a short page."""
    return environment().get_template(name)


@cache
def environment() -> Environment:
    """Return the templates; everything printed is escaped, a missing value is an error."""
    loaded = Templates(
        loader=FileSystemLoader(packaged.TEMPLATES),
        autoescape=True,
        auto_reload=False,  # else each page asks the disk whether its templates have changed
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    loaded.filters |= {
        "jour": french_date,
        "date": iso_in_french,
        "initiale": lambda text: text[:1].upper() + text[1:],  # « de l’Assemblée » keeps its A
        "decimal": decimal,
        "lier": link_terms,
        "nombre": whole_number,
        "octets": file_size,
        "typo": typeset,
    }
    loaded.globals["FORMS"] = FORMS
    return loaded


def render(template: str, publication: Publication, path: str, **values: Any) -> bytes:
    """Return a page; `path` is where it will stand below the site, without extension."""
    root = "../" * path.count("/")

    def url(target: str) -> str:
        """Return the relative address of what an IRI, or a path of the site, names."""
        if target.startswith(publication.base):
            place, _, fragment = target.removeprefix(publication.base).partition("#")
            return root + page_of(place) + (f"#{fragment}" if fragment else "")
        if target.startswith(NAMESPACE):
            return f"{root}def.html#{target.removeprefix(NAMESPACE)}"
        return target if target.startswith(("http://", "https://")) else root + target

    page = load_template(template)
    said = {"root": root, "path": path, "url": url, "publication": publication}
    return page.render(
        said, commun=partial(shared_part, root, publication.publisher), **values
    ).encode()


@lru_cache(64)
def shared_part(root: str, publisher: str, template: str) -> Markup:
    """Return what all pages have in common that stand as deep: escaped once, not on each page."""
    return Markup(load_template(template).render(root=root, editeur=publisher))


def page_of(place: str) -> str:
    """Return the file of the site that a path below the base leads to.

    >>> page_of("question/X"), page_of(""), page_of("telechargements/void.ttl")
    ('question/X.html', 'index.html', 'telechargements/void.ttl')
    """
    if not place or place.endswith("/"):
        return f"{place}index.html"
    return place if "." in place.rpartition("/")[2] else f"{place}.html"


def write_page(site: Site, path: str, html: bytes) -> None:
    """Write one page below the site."""
    site.tree.write(f"{path}.html", html)


def whole_number(value: int | str) -> str:
    """Return a whole number as French prints it: a narrow no-break space between thousands.

    >>> whole_number(45012) == "45\\u202f012"
    True
    """
    return f"{int(value):,}".replace(",", "\u202f")


def decimal(value: str) -> str:
    """Return a number as French prints it, with its tenth if it has one.

    >>> decimal("98.3"), decimal("70")
    ('98,3', '70')
    """
    whole, _, tenth = value.partition(".")
    return f"{whole_number(whole)},{tenth}" if tenth else whole_number(whole)


def file_size(size: int) -> str:
    """Return a size of a file in words.

    >>> file_size(2048) == "2\\u00a0ko"
    True
    """
    for unit in ("o", "ko", "Mo"):
        if size < 1024:
            return f"{whole_number(size)}\u00a0{unit}"
        size = round(size / 1024)
    return f"{whole_number(size)}\u00a0Go"


@lru_cache(2**16)  # titles, ministries: on every list again
def typeset(text: str) -> str:
    """Return a label with the no-break spaces that French asks for, and no other.

    >>> typeset("Santé\\u00a0et prévention : n° 3") == "Santé et prévention\\u00a0: n°\\u00a03"
    True
    """
    text = text.replace("\u00a0", " ")  # some records have them between all words
    text = re.sub(r" ([:;?!»])", "\u00a0\\1", text)
    return re.sub(r"(«|n°|page) ", "\\1\u00a0", text)


def link_terms(text: str, anchors: dict[str, str], page: str = "") -> Markup:
    """Return a text in which each term of the ontology leads to its explanation.

    >>> print(link_terms("<qp:uid>, qp:autre", {"qp:uid": "uid"}))
    &lt;<a href="#uid"><code>qp:uid</code></a>&gt;, <code>qp:autre</code>
    """

    def link(found: re.Match[str]) -> str:
        term = found[0]
        code = f"<code>{term}</code>"
        return f'<a href="{page}#{anchors[term]}">{code}</a>' if term in anchors else code

    return Markup(re.sub(r"\b[a-z]+:[A-Za-z](?:[\w-]*\w)?", link, str(escape(text))))
