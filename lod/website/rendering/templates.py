"""Pages from templates: escaping, relative links, typography, words of a language, long lists."""

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache, partial
from itertools import count
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from lod.base import packaged
from lod.base.output_tree import OutputTree, page_path
from lod.model.shown_title import title_of
from lod.publish.documents import page_types
from lod.publish.publication import Publication, Site
from lod.publish.query_catalogue import bind, query_text
from lod.publish.search.parameters import kinds
from lod.rdf.serialize import DATA_FORMS
from lod.rdf.vocab import NAMESPACE, SHAPES_NAMESPACE
from lod.website.rendering import language
from lod.website.rendering.compiling import UNBROKEN, BesideTemplates, Typography
from lod.website.rendering.scrolling import named_tables

SUBJECT_PLACE = "\0"  # where the subject of a macro is filled in: no text has it
# ends of tables, and where a paragraph begins: most records have line breaks instead of `<p>`
PARAGRAPH = re.compile(r"(</?table>|<p>)|(?:<br>\s*)++((?=[^<\s]|<(?:em|strong|i|b|u)>))?")
SIZES = ("o", "ko", "Mo", "Go")  # a thousand of each are the next
# a government that is not the only one of its prime minister, as its label has it
GOVERNMENT = re.compile(r"^(Gouvernement \D+ )([1-9])$")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
MODEL_PAGE = "def.html"
MODEL_PAGES = {NAMESPACE: MODEL_PAGE, SHAPES_NAMESPACE: "formes.html"}  # namespace → its page
FRAME = "cadre"  # name of a page for frames of other sites, which `server/common/csp.py` allows


def load_template(name: str) -> Template:
    """Return a template in the language in which pages are written now."""
    return environment().get_template(name)


def of_the_moment(words: Callable[..., str]) -> Callable[..., str]:
    """Return a filter that Jinja calls each time a page is made, for constants too: what it says
    depends on the language in which pages are written now.
    """

    @pass_context  # which no constant has
    def call(_context: Context, *values: Any) -> str:
        return words(*values)

    return call


@cache
def environment() -> Environment:
    """Return the environment of the site: all output is escaped, a missing value is an error."""
    templates = Environment(
        loader=FileSystemLoader(packaged.template_folders()),
        autoescape=True,
        bytecode_cache=BesideTemplates(),
        extensions=[Typography, "jinja2.ext.i18n"],
        optimized=False,  # few constants to fold, and a tenth of the time of compiling
        auto_reload=False,  # else each page asks the disk whether its templates have changed
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    in_a_language: dict[str, Callable[..., str]] = {
        "jour": language.day_text,
        "accord": language.agreeing,
        "compte": language.counted,
        "date": language.iso_text,
        "intitule": language.data_name,
        "ancres": anchored,
        "donnee": language.data_text,
        "decimal": language.decimal_text,
        "nombre": whole_number,
        "octets": file_size,
    }
    templates.filters |= {name: of_the_moment(words) for name, words in in_a_language.items()} | {
        "en_texte": escaped_text,
        "initiale": lambda text: text[:1].upper() + text[1:],  # « de l’Assemblée » keeps its A
        "lier": link_terms,
        "titre_de": title_of,
        "typo": typeset,
    }
    templates.globals |= {
        "_": said,
        "FORMS": DATA_FORMS,
        "QP": NAMESPACE,
        "QS": SHAPES_NAMESPACE,
        "adresse_de": language.page_address,
        "ajouts": packaged.additions,
        "fin": language.suffix,
        "fr": language.untranslated,
        "genre": lambda kind: said(kinds()[kind]["nom"]),
        "genres": lambda: {kind: said(row["nom"]) for kind, row in kinds().items()},
        "gettext": language.translated,  # that `{% trans %}` calls
        "hreflangs": language.alternates,
        "langue": language.language,
        "localise": localized,
        "nom_de_rubrique": language.heading_name,
        "mots": lambda texts: map(said, texts),
        "texte_sur": lambda iri, name: bind(query_text(name), "entite", f"<{iri}>"),
        "types_de": page_types,
        "traductions": language.translations,
        "une_fois": once,
    }
    return templates


def render(template: str, publication: Publication, path: str, **values: Any) -> bytes:
    """Return a page from a template; `path` leads to the page from the root of the site, without
    extension and the same in every language.
    """
    common = common_values("../" * path.count("/"), publication, language.language())
    return named_tables(load_template(template).render(common, path=path, **values)).encode()


def render_anywhere(template: str, publication: Publication, **values: Any) -> bytes:
    """Return a page that is sent for any address: its links begin with the path of the base."""
    root = urlsplit(publication.base).path or "/"
    common = common_values(root, publication, language.language())
    return load_template(template).render(common | {"path": "404"} | values).encode()


@lru_cache(64)
def common_values(root: str, publication: Publication, written_in: str) -> dict[str, Any]:
    """Return what the templates of all pages of one depth and language are given."""

    @lru_cache(2**12)
    def url(target: str) -> str:
        """Return the address of an IRI or a path below the site, relative to the page if ours."""
        if target.startswith(publication.base):
            place, _, fragment = target.removeprefix(publication.base).partition("#")
            return root + localized(page_of(place)) + (f"#{fragment}" if fragment else "")
        if page := model_page(target):
            return root + page
        if target.startswith(("http://", "https://")):
            return target
        return root + localized(target)

    shared = partial(shared_part, root, publication.publisher, written_in)
    return {"root": root, "url": url, "publication": publication, "commun": shared}


@lru_cache(64)
def shared_part(root: str, publisher: str, written_in: str, template: str) -> Markup:
    """Return a part that all pages of one depth have in common, rendered once for all of them, in
    the language in which pages are written now.
    """
    assert written_in == language.language(), "it is a key of the memory, no choice"
    common = {"root": root, "editeur": publisher, "url": lambda page: root + localized(page)}
    return Markup(load_template(template).render(common))


def localized(page: str) -> str:
    """Return the file of a page in the language in which pages are written now, if it is there;
    what is asked of a page stays.

    >>> with language.written_in("en"):
    ...     localized("question/X.html"), localized("x.html"), localized("recherche.html?q=a")
    ('question/X.en.html', 'x.html', 'recherche.en.html?q=a')
    """
    end, (path, dot, rest) = language.suffix(), page.partition(".html")
    return f"{path}{end}{dot}{rest}" if end and dot and language.is_translated(path) else page


def model_page(iri: str) -> str:
    """Return the page of the site that explains a term or a shape, or all; "" if there is none."""
    namespace, _, name = iri.partition("#")
    page = MODEL_PAGES.get(f"{namespace}#", "")
    if not (page and packaged.has_template(page)):
        return ""
    return localized(page) + (f"#{name}" if name else "")


def once(macro: Callable[..., Markup], subject: str, *values: Hashable) -> Markup:
    """Return what a macro makes of a subject, a path or an IRI that it only prints, and of other
    values. The macro is called once; its text is kept, and the subject is filled in afterwards.

    >>> once(lambda path: Markup("<i>%s</i>") % path, "a<b")
    Markup('<i>a&lt;b</i>')
    """
    text = _without_subject(language.language(), macro, *values)
    return text.replace(SUBJECT_PLACE, subject)  # which escapes the subject


@lru_cache(64)
def _without_subject(_language: str, macro: Callable[..., Markup], *values: Hashable) -> Markup:
    return macro(SUBJECT_PLACE, *values)


def page_of(place: str) -> str:
    """Return the file of the site for a path below the base.

    >>> page_of("question/X"), page_of(""), page_of("telechargements/void.ttl")
    ('question/X.html', 'index.html', 'telechargements/void.ttl')
    """
    if not place or place.endswith("/"):
        return f"{place}index.html"
    return place if "." in place.rpartition("/")[2] else f"{place}.html"


def write_page(site: Site, path: str, html: bytes) -> None:
    """Write one page; `path` is below the site, without extension and language."""
    site.tree.write(f"{path}{language.suffix()}.html", html)


def write_translated(site: Site, path: str, make: Callable[[], bytes]) -> None:
    """Write a page in its languages; `make` renders it in the language of the moment."""
    for code in language.languages_of(path):
        with language.written_in(code):
            write_page(site, path, make())


def write_forms(tree: OutputTree, path: str, **forms: bytes) -> None:
    """Write the forms of a document, named by their extensions; `path` is without extension."""
    for extension, content in forms.items():
        tree.write(f"{path}.{extension}", content)


def whole_number(value: int | str) -> str:
    """Return a whole number in words of this language: in French, a narrow no-break space stands
    between thousands.

    >>> whole_number(45012) == "45\\u202f012"
    True
    """
    return language.decimal_text(str(int(value)))


def file_size(size: int) -> str:
    """Return the size of a file, in bytes, with its unit.

    >>> file_size(1_550_000) == "1,6\\u00a0Mo", file_size(2048) == "2\\u00a0ko"
    (True, True)
    """
    power = next((n for n in range(3) if round(size / 1000**n) < 1000), 3)
    amount = Decimal(size).scaleb(-3 * power)
    shown = f"{amount:.1f}".removesuffix(".0") if amount < 10 else f"{amount:.0f}"
    return f"{language.decimal_text(shown)}\u00a0{language.translated(SIZES[power])}"


@lru_cache(2**16)  # titles and ministries recur on many lists
def typeset(text: str) -> str:
    """Return a text with no-break spaces where French typography has them, and nowhere else; the
    number of a government as usage writes it.

    >>> typeset("Santé\\u00a0et prévention : n° 3") == "Santé et prévention\\u00a0: n°\\u00a03"
    True
    >>> typeset("« Quelle suite ? »") == "«\\u00a0Quelle suite\\u00a0?\\u00a0»"
    True
    >>> typeset("Gouvernement Sébastien Lecornu 2") == "Gouvernement Sébastien Lecornu\\u00a0II"
    True
    """
    if government := GOVERNMENT.match(text):
        return f"{government[1].rstrip()}\u00a0{ROMAN[int(government[2]) - 1]}"
    return UNBROKEN.sub("\u00a0", text.replace("\u00a0", " "))  # some records have them everywhere


def said(text: str) -> str:
    """Return words of the site in this language; French ones with no-break spaces."""
    translated = language.translated(text)
    return typeset(translated) if translated is text else translated


def anchored(html: str, prefix: str) -> Markup:
    """Return published HTML with an anchor at each of its paragraphs but the first and those in
    tables; they begin with a `<p>` or after line breaks.

    >>> print(anchored("U<br><br>2<table><p>", "q"))
    U<br><br><a class="ancre" id="q-2" href="#q-2" aria-label="Paragraphe 2">¶</a>2<table><p>
    """
    numbers, word, tables = count(2), language.translated("Paragraphe"), 0

    def begin(mark: re.Match[str]) -> str:
        nonlocal tables
        tables += {"<table>": 1, "</table>": -1}.get(mark[0], 0)
        if mark.start() == 0 or tables or mark[0] == "</table>" or not mark.lastindex:
            return mark[0]
        name = f"{prefix}-{(n := next(numbers))}"
        anchor = f'<a class="ancre" id="{name}" href="#{name}" aria-label="{word} {n}">¶</a>'
        return mark[0] + anchor

    return Markup(PARAGRAPH.sub(begin, html))


def escaped_text(text: str) -> Markup:
    """Return a text for between tags, where quotes need no references: French has many apostrophes.

    >>> print(escaped_text("l'« a < b & c »"))
    l'« a &lt; b &amp; c »
    """
    return Markup(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def link_terms(text: str, anchors: dict[str, str], page: str = "") -> Markup:
    """Return an escaped text whose terms are code, each linked to its anchor on a page if any.

    >>> print(link_terms("<qp:uid>, qp:autre", {"qp:uid": "uid"}))
    &lt;<a href="#uid"><code>qp:uid</code></a>&gt;, <code>qp:autre</code>
    """

    def link(match: re.Match[str]) -> str:
        term = match[0]
        code = f"<code>{term}</code>"
        return f'<a href="{page}#{anchors[term]}">{code}</a>' if term in anchors else code

    return Markup(re.sub(r"\b[a-z]+:[A-Za-z](?:[\w-]*\w)?", link, str(escape(text))))


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ListPage(Generic[T]):
    """One page of a list."""

    number: int  # from 1 on
    last: int  # number of the last page
    first_path: str  # path of the first page, without extension
    rows: Sequence[T]  # the items on this page

    @property
    def path(self) -> str:
        return page_path(self.first_path, self.number)


def list_pages(path: str, items: Sequence[T], size: int, longest: int = 1) -> Iterator[ListPage[T]]:
    """Yield the pages of a list, `size` items each; at least as many as `longest` items need."""
    last = -(-max(len(items), longest) // size)
    for number in range(1, last + 1):
        yield ListPage(number, last, path, items[(number - 1) * size : number * size])
