"""Atom feeds (RFC 4287) of what happens to questions: of each, of each entity, of all."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from heapq import heappush, heappushpop
from typing import NamedTuple

from lod.base import packaged as files
from lod.model.dates import en_toutes_lettres, moment
from lod.model.question import JO, Question
from lod.pipeline.mapping import question_triples as rdf
from lod.rdf.iris import Iris
from lod.rdf.vocab import NAMESPACE
from lod.website.rendering import Contexte, gabarit

TOUT, PLUS, MOINS = "flux", 100, 50  # events of the feed of all, and of one entity
SUIVIS = ("depute", "auteur", "ministere", "rubrique")  # the kinds of resources that have a feed
EDITEUR = "Questions parlementaires"  # where the publisher gives no name
# what XML 1.0 has no way to write
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Genre:
    """A kind of event: its class in the ontology, its name, the sentence that says it."""

    classe: str
    nom: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Fait:
    """An event of a question: its day, its kind, its number among those, page and detail."""

    jour: date
    genre: str
    ancre: str
    page: int | None = None
    detail: str = ""


class Entree(NamedTuple):
    """An entry of a feed, which the template unpacks, for speed: addresses are absolute."""

    iri: str
    titre: str
    maj: str
    page: str
    phrase: str
    classe: str
    nom: str
    espace_ministere: str
    ministere: str
    nom_ministere: str


@cache
def genres() -> dict[str, Genre]:
    """Return the kinds of events, as `site/flux.toml` has them."""
    told = tomllib.loads(files.FLUX.read_text("utf-8"))
    return {name: Genre(**said) for name, said in told.items()}


def faits(q: Question) -> list[Fait]:
    """Return the dated events of a question, the newest first."""
    found = list(_faits(q))
    found.sort(key=lambda fait: fait.jour)  # stable: on one day in the order of a life
    return found[::-1]


def _faits(q: Question) -> Iterator[Fait]:
    for n, jo in enumerate(q.parutions, start=1):
        yield _fait("parution", n, jo)
    for n, a in enumerate(q.attributions, start=1):
        if a.jo:
            yield _fait("attribution", n, a.jo, a.ministere.libelle)
    for n, s in enumerate(q.signalements, start=1):
        yield _fait("signalement", n, s.jo)
    for n, jo in enumerate(q.renouvellements, start=1):
        yield _fait("renouvellement", n, jo)
    for n, r in enumerate(q.reponses, start=1):
        yield _fait("reponse", n, r.jo)
    for n, e in enumerate(q.errata, start=1):
        if e.jo:
            jo = e.jo
            yield Fait(jo.jour, f"erratum-{e.corrige}", f"erratum-{n}", jo.page)
    if q.retrait:
        yield Fait(q.retrait.jour, "retrait", "retrait-1", None, q.retrait.libelle or "sans motif")


def _fait(genre: str, number: int, jo: JO, detail: str = "") -> Fait:
    # a fragment of the question, as `rdf.py` names its events; for an answer, which may serve
    # many questions, it names what happened to this one: two entries must not have one id
    return Fait(jo.jour, genre, f"{genre}-{number}", jo.page, detail)


def entrees(q: Question, iris: Iris, contexte: Contexte) -> list[Entree]:
    """Return the entries of all events of a question, the newest first."""
    iri, nom = iris.question(q.uid).value, rdf.nom(q)
    titre, sujet = _propre(q.titre or nom), _sujet(q, nom, iris, contexte)
    ministere, known = _ministere(q, iris, contexte), genres()
    return [
        Entree(
            f"{iri}#{fait.ancre}",
            f"{genre.nom}\u00a0: {titre}",
            moment(fait.jour),
            f"{iri}.html",
            f"{_phrase(fait, genre)} {sujet}",
            genre.classe,
            genre.nom,
            *ministere,
        )
        for fait in faits(q)
        for genre in (known[fait.genre],)
    ]


def _phrase(fait: Fait, genre: Genre) -> str:
    lieu = f", page\u00a0{fait.page}" if fait.page else ""
    detail = _propre(fait.detail)
    return genre.phrase.format(jour=en_toutes_lettres(fait.jour), lieu=lieu, detail=detail)


def _sujet(q: Question, nom: str, iris: Iris, contexte: Contexte) -> str:
    """Return in a sentence which question it is: its name, who asks, its heading."""
    auteur = contexte.nom(iris.auteur(q).value)
    rubrique = f"\u00a0; rubrique «\u00a0{q.rubrique}\u00a0»" if q.rubrique else ""
    return _propre(f"{nom}, de {auteur}{rubrique}.")


def _ministere(q: Question, iris: Iris, contexte: Contexte) -> tuple[str, str, str]:
    """Return the ministry in charge as a category: what its IRI begins with, its end, its name."""
    charge = q.ministere_attributaire or q.ministere_interroge
    if not charge:
        return "", "", ""
    iri = iris.ministere(charge).value
    scheme, slash, term = iri.rpartition("/")
    return scheme + slash, term, _propre(contexte.nom(iri))


def _propre(text: str) -> str:
    return _IMPOSSIBLE.sub("", text)


def write_feed(q: Question, iris: Iris, contexte: Contexte) -> None:
    """Write the feed of one question: all that happened to it, so that its answer is not missed."""
    path = contexte.path(iris.question(q.uid).value)
    nom = rdf.nom(q)
    titre = f"{nom}\u00a0: {q.titre}" if q.titre else nom
    write(contexte, path, _propre(titre), path, entrees(q, iris, contexte))


def write(
    contexte: Contexte,
    path: str,
    titre: str,
    page: str,
    entrees: Iterable[Entree],
    espace: str = NAMESPACE,
) -> None:
    """Write a feed; `path` and `page` are below the base, without extension; `espace` is where the
    classes of its events are from.

    A feed that has no entry yet is as old as the data.
    """
    told = list(entrees)
    text = gabarit("flux.atom").render(
        base=contexte.base,
        path=path,
        titre=titre,
        page=page,
        espace=espace,
        licence=contexte.licence,
        auteur=contexte.editeur or EDITEUR,
        maj=told[0].maj if told else moment(contexte.donnees_au),
        entrees=told,
    )
    contexte.site.write(f"{path}.atom", text.encode())


class Suivi:
    """The newest events of each entity and of all, gathered while the questions pass by.

    Its memory grows with the entities, not with the questions: of each only the newest stay.
    """

    def __init__(self, contexte: Contexte) -> None:
        self._contexte, self._iris = contexte, Iris(contexte.base)
        self._tas: dict[str, list[tuple[str, str, int, Entree]]] = {}

    def add(self, q: Question) -> None:
        """Remember the events of a question for each entity that it is about."""
        suivis = list(sujets(q, self._iris))
        if not self._is_news(q, suivis):
            return
        found = entrees(q, self._iris, self._contexte)
        for rang, entree in enumerate(found):
            item = (entree.maj, q.uid, -rang, entree)
            self._push(TOUT, item, PLUS)
            for iri in suivis:
                self._push(iri, item, MOINS)

    def _is_news(self, q: Question, suivis: list[str]) -> bool:
        """Say whether an event of a question may be among the newest of all, or of an entity."""
        newest = moment(max(q.jours, default=date.min))
        limits = [(TOUT, PLUS), *((iri, MOINS) for iri in suivis)]
        known = ((self._tas.get(key, []), most) for key, most in limits)
        return any(len(tas) < most or newest >= tas[0][0] for tas, most in known)

    def _push(self, key: str, item: tuple[str, str, int, Entree], most: int) -> None:
        tas = self._tas.setdefault(key, [])
        if len(tas) < most:
            heappush(tas, item)
        elif item > tas[0]:
            heappushpop(tas, item)

    def about(self, key: str) -> list[Entree]:
        """Return the newest entries of an entity, or of all, the newest first."""
        return [entree for *_, entree in sorted(self._tas.get(key, ()), reverse=True)]


def sujets(q: Question, iris: Iris) -> Iterable[str]:
    """Return the IRIs of what a question is about and has a feed: author, ministries, heading."""
    found = [iris.auteur(q).value]
    found += [iris.ministere(a.ministere).value for a in q.attributions]
    for ministere in (q.ministere_interroge, q.ministere_repondant):
        if ministere:
            found.append(iris.ministere(ministere).value)
    if q.rubrique:
        found.append(iris.rubrique(q.rubrique).value)
    return dict.fromkeys(found)


def write_feeds(contexte: Contexte, suivi: Suivi, documents: Iterable[str]) -> int:
    """Write the feed of all, and one for each document of a kind that is followed; return how
    many.
    """
    write(contexte, TOUT, "Questions parlementaires", "index", suivi.about(TOUT))
    count = 1
    for iri in documents:
        path = contexte.path(iri)
        if path.partition("/")[0] in SUIVIS:
            count += 1
            write(contexte, path, _propre(contexte.nom(iri)), path, suivi.about(iri))
    return count
