"""Wikimedia Commons: the licence, the author and a small picture of a file.

Two stored answers (version 1 of 2019, version 2 of English Wikipedia) prove the fields that are
read, except `sha1`, `normalized`, `redirects`, `Attribution`, `NonFree` and `error`: these follow
the documentation of the interface (MediaWiki API, `prop=imageinfo`; CommonsMetadata).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

import msgspec
from lxml import html
from lxml.etree import ParserError

from lod.base.errors import LodError
from lod.base.tabular import rows
from lod.extensions.wikidata.picture_files import MOST_BYTES, PictureKind, picture_kind
from lod.reference.link_tables import VALUE_PATTERNS
from lod.remote.http import (
    AGENT,
    HttpClient,
    Limits,
    checked_address,
    phrase,
    raise_if_redirected,
    raise_if_transient,
)

API = "https://commons.wikimedia.org/w/api.php"
PAGES = "https://commons.wikimedia.org/wiki/"  # where the pages of files are
HOSTS = ".wikimedia.org"  # how the names of the servers of pictures end
COMMONS_LIMITS = Limits(whole=60, size=max(2**20, MOST_BYTES))
BATCH = 50  # files a request: the most that the interface allows
WIDTH = 250  # pixels; one of the widths that Wikimedia keeps ready
LONGEST = 200  # characters of the name of an author
FIELDS = (
    "LicenseShortName", "LicenseUrl", "Artist", "Attribution", "AttributionRequired", "NonFree",
)  # fmt: skip
TITLE = re.compile(r"File:[^\x00-\x1f\x7f#<>\[\]|{}]+")  # MediaWiki allows no title with these
LICENCES = Path(__file__).parent / "licences.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonsFile:
    """A file whose licence is free, with its credit."""

    title: str  # « File:Name.jpg »
    author: str  # "" if nobody has to be named
    licence: str  # its short name
    licence_address: str  # "" if none is stated
    thumbnail: str  # the address of a picture of it, at most WIDTH wide
    sha1: str  # of the file itself, which shows a new version of it; "" if it is not stated


class _Value(msgspec.Struct):
    value: Any = ""


class _Info(msgspec.Struct):
    thumburl: str = ""
    sha1: str = ""
    extmetadata: dict[str, _Value] | list[Any] = {}  # an empty one is a list


class _Page(msgspec.Struct):
    title: str
    imageinfo: list[_Info] = []


class _Renamed(msgspec.Struct, rename={"old": "from", "new": "to"}):
    old: str
    new: str


class _Query(msgspec.Struct):
    pages: list[_Page] = []
    normalized: list[_Renamed] = []
    redirects: list[_Renamed] = []


class _Answer(msgspec.Struct):
    query: _Query = msgspec.field(default_factory=_Query)
    error: dict[str, Any] = {}


class CommonsClient:
    """Asks Commons, one request after the other; `contact` is the operator's."""

    def __init__(
        self,
        contact: str,
        api: str = API,
        say: Callable[[str], None] = lambda text: None,
        limits: Limits = COMMONS_LIMITS,
        **waiting: Callable[[float], None],
    ) -> None:
        self._api = checked_address(api, "api")
        self._headers = {"User-Agent": f"{AGENT} ({contact})", "Accept-Encoding": "identity"}
        self._http = HttpClient(limits, say, **waiting)

    def describe(self, titles: Iterable[str]) -> Iterator[tuple[str, CommonsFile | LodError]]:
        """Yield (title, file or the error that says why it is not published), in batches; raise
        LodError if Commons does not answer.
        """
        distinct = list(dict.fromkeys(titles))
        for start in range(0, len(distinct), BATCH):
            yield from self._describe(distinct[start : start + BATCH])

    def _describe(self, titles: Sequence[str]) -> Iterator[tuple[str, CommonsFile | LodError]]:
        parameters = {
            "action": "query", "format": "json", "formatversion": "2", "prop": "imageinfo",
            "iiprop": "url|sha1|extmetadata", "iiurlwidth": str(WIDTH),
            "iiextmetadatafilter": "|".join(FIELDS), "redirects": "1", "titles": "|".join(titles),
        }  # fmt: skip
        url = f"{self._api}?{urlencode(parameters)}"
        body = self._get(url, "application/json")
        try:
            answer = msgspec.json.decode(body, type=_Answer)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            wrong = "what came is not an answer of MediaWiki"
            raise LodError(f"{self._api}: {wrong}; is this the right address?") from error
        if answer.error:
            raise LodError(f"{self._api}: {str(answer.error.get('info'))[:200]}; ask again later")
        pages = {page.title: page.imageinfo for page in answer.query.pages}
        new = {r.old: r.new for r in (*answer.query.normalized, *answer.query.redirects)}
        for title in titles:
            name = new.get(title, title)
            versions = pages.get(new.get(name, name), [])
            try:
                yield title, commons_file(title, versions[0] if versions else None)
            except LodError as error:
                yield title, error

    def picture(self, file: CommonsFile) -> tuple[bytes, PictureKind]:
        """Return the small picture of a file, and its kind; raise LodError."""
        url, api = urlsplit(file.thumbnail), urlsplit(self._api)
        host = url.hostname or ""
        if url.scheme != api.scheme or not (host.endswith(HOSTS) or url.netloc == api.netloc):
            raise LodError(f"{file.title}: its picture is on another server, {host[:80]!r}")
        data = self._get(file.thumbnail, "image/")
        try:
            return data, picture_kind(data)
        except ValueError as error:
            raise LodError(f"{file.title}: {error}") from error

    def _get(self, url: str, media: str) -> bytes:
        """Return the body of an answer of a media type; retry failures that may pass."""

        def once() -> bytes:
            with closing(self._http.open("GET", url, self._headers)) as answer:
                raise_if_transient(answer, place)
                raise_if_redirected(answer, place)
                received = answer.headers.get("Content-Type", "").lower()
                if answer.status != 200 or not received.startswith(media):
                    wrong = f"{phrase(answer.status)}, {received[:80] or 'no type'}"
                    raise LodError(f"{place}: {wrong}, where {media} was expected")
                return self._http.body(answer, place)

        place = url.partition("?")[0]
        return self._http.patiently(place, once)


def commons_file(title: str, info: _Info | None) -> CommonsFile:
    """Return a file as Commons describes it; raise LodError if it is not there, its licence is not
    in the table, or its author, who has to be named, is not stated.
    """
    if info is None:
        raise LodError(f"{title}: not on Commons")
    metadata = info.extmetadata if isinstance(info.extmetadata, dict) else {}
    stated = {name: str(field.value) for name, field in metadata.items()}
    licence = plain(stated.get("LicenseShortName", ""))
    if not is_free(licence) or stated.get("NonFree", "").lower() == "true":
        raise LodError(f"{title}: licence {licence!r} is not among the free ones")
    author = plain(stated.get("Attribution", "") or stated.get("Artist", ""))
    if not author and stated.get("AttributionRequired", "true").lower() != "false":
        raise LodError(f"{title}: {licence} wants an author, and none is named")
    address = stated.get("LicenseUrl", "")
    is_address = VALUE_PATTERNS["adresse"].fullmatch(address)
    return CommonsFile(
        title=title, author=author, licence=licence,
        licence_address=address if is_address else "", thumbnail=info.thumburl, sha1=info.sha1,
    )  # fmt: skip


def plain(fragment: str) -> str:
    """Return the text of a fragment of HTML on one line.

    >>> plain('<a href="//x.org">Im <b>Fokus</b></a>\\n'), plain("")
    ('Im Fokus', '')
    """
    try:
        text = str(html.fragment_fromstring(fragment, create_parent=True).text_content())
    except (ParserError, ValueError):
        return ""
    return " ".join(text.split())[:LONGEST].strip()


@cache
def is_free(licence: str) -> bool:
    """Say whether pictures are published under a licence, by its short name."""
    return any(re.fullmatch(row["motif"], licence, re.ASCII) for row in rows(LICENCES, "motif"))


def title_of(address: str) -> str:
    """Return the title of the file that a value of P18 names, "" if it is none.

    >>> title_of("http://commons.wikimedia.org/wiki/Special:FilePath/Assembl%C3%A9e%20nationale.jpg")
    'File:Assemblée nationale.jpg'
    """
    name = unquote(address.partition("/Special:FilePath/")[2]).replace("_", " ").strip()
    return f"File:{name}" if TITLE.fullmatch(f"File:{name}") and len(name) <= LONGEST else ""


def page_of(title: str) -> str:
    """Return the address of the page of a file.

    >>> page_of("File:L'élue (2).jpg")
    "https://commons.wikimedia.org/wiki/File:L'%C3%A9lue_(2).jpg"
    """
    return PAGES + quote(title.replace(" ", "_"), ":/()',!;-")
