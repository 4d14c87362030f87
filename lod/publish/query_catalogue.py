"""Query catalogue."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pyoxigraph import RdfFormat, Triple, parse

from lod.base import packaged as files
from lod.base.settings import Settings
from lod.rdf.templates import describe


@dataclass(frozen=True, slots=True, kw_only=True)
class Requete:
    """One query: its name, the question it asks, its theme, who asks, what to beware of.

    `couteuse` says why it is not run for a page, where it is not. `image` says how its rows are
    drawn, `fiche` on the pages of which kinds of resource they stand, `rang` in which order, and
    `court` under which heading. `portee` is "ressource" if it reads nothing but the resource, its
    questions, what is said of other resources but for statistics, and the graph of Wikidata.
    """

    nom: str
    titre: str
    theme: str
    public: str
    piege: str
    couteuse: str
    texte: str
    image: str = ""
    fiche: tuple[str, ...] = ()
    rang: int = 0
    court: str = ""
    portee: str = ""

    @property
    def corps(self) -> str:
        """The query without its head, which is in French."""
        lines = self.texte.splitlines()
        return "\n".join(line for line in lines if not line.startswith("# "))


@cache
def requetes() -> dict[str, Requete]:
    """Return name → query, in the order of the names."""
    return {path.stem: _requete(path.stem) for path in sorted(files.QUERIES.glob("*.rq"))}


def _requete(nom: str) -> Requete:
    texte = (files.QUERIES / f"{nom}.rq").read_text("utf-8")
    titre, *lines = [line[2:] for line in texte.splitlines() if line.startswith("# ")]
    said = dict(line.split(": ", 1) for line in lines)
    return Requete(
        nom=nom,
        titre=titre,
        theme=said["thème"],
        public=said["public"],
        piege=said.get("piège", ""),
        couteuse=said.get("coûteuse", ""),
        texte=texte,
        image=said.get("image", ""),
        fiche=tuple(said.get("fiche", "").split()),
        rang=int(said.get("rang", "0")),
        court=said.get("court", titre),
        portee=said.get("portée", ""),
    )


@cache
def autonomes() -> dict[str, Requete]:
    """Return the queries that can be asked by themselves: of no resource in particular."""
    return {nom: requete for nom, requete in requetes().items() if not requete.fiche}


def par_theme() -> dict[str, list[Requete]]:
    """Return theme → its queries, both in the order of their names."""
    found: dict[str, list[Requete]] = {}
    for requete in autonomes().values():
        found.setdefault(requete.theme, []).append(requete)
    return dict(sorted(found.items()))


def exemples(base: str) -> Iterator[Triple]:
    """Yield the queries as RDF, in the terms of SHACL, as other endpoints publish theirs."""
    text = describe("exemples.ttl", Settings(base=base), requetes=list(autonomes().values()))
    yield from (quad.triple for quad in parse(text, format=RdfFormat.TURTLE))


def query_text(nom: str) -> str:
    """Return the text of a query of the site."""
    return requetes()[nom].texte
