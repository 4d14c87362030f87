"""The facts in the tables of the program, as the triples of a release that has all of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from lod.base.packaged import MAPPINGS
from lod.base.tabular import rows
from lod.model.question import Circonscription
from lod.pipeline.mapping import authorities, bodies
from lod.pipeline.mapping.descriptions import Descriptions
from lod.pipeline.mapping.linked_data import link_triples
from lod.pipeline.mapping.links import all_links
from lod.publish.tables.columns import Graph
from lod.rdf.iris import Iris
from lod.rdf.vocab import FOAF, QP, RDFS, fr, plain_literal, wikidata
from lod.reference.executive_tables import from_tables
from lod.reference.link_tables import registers
from lod.reference.tables import departements, latest_names, legislatures

# the only links under a share-alike licence: they stand in a file of their own
SHARE_ALIKE = "identifiant-nosdeputes"


@dataclass(frozen=True, slots=True)
class Facts:
    """All triples, each once, without a blank node."""

    triples: tuple[Triple, ...]
    share_alike: tuple[Triple, ...]  # the addresses of NosDéputés.fr


def facts(iris: Iris) -> Facts:
    """Return the facts in the tables, with links and their evidence, below a base."""
    described = Descriptions()
    described.add(_bodies(iris))
    described.add(_deputies(iris))
    described.add(authorities.heading_triples(iris))
    for numero in legislatures():
        described.add(authorities.legislature(numero, iris))
    described.add(_places(iris))
    subjects, links = set(described.subjects()), (list[Triple](), list[Triple]())
    for subject, link in all_links(iris):
        if subject.value in subjects:
            links[link.anchor == SHARE_ALIKE].extend(link_triples(subject, link))
    named = [Triple(wikidata(r.element), RDFS.label, fr(r.nom)) for r in registers().values()]
    # two links may be the same; each triple stands once
    free = tuple(dict.fromkeys((*described.triples(), *links[False], *named)))
    return Facts(free, tuple(dict.fromkeys(links[True])))


def _bodies(iris: Iris) -> Iterator[Triple]:
    """Yield governments, ministries with those that they follow, and who held them."""
    executive = from_tables()
    for code in executive.governments:
        yield from bodies.gouvernement(code, executive, iris)
    for code in executive.ministries:
        yield from bodies.ministere(code, executive, iris)
        for predecessor in executive.predecessors(code):
            yield from bodies.succession(predecessor, code, executive, iris)


def _deputies(iris: Iris) -> Iterator[Triple]:
    for ref, name in latest_names().items():
        s = iris.reference("depute", ref)
        yield from bodies.class_triples(s, QP.Depute)
        yield Triple(s, QP.uid, plain_literal(ref))
        yield Triple(s, FOAF.name, plain_literal(name))


def _places(iris: Iris) -> Iterator[Triple]:
    """Yield departments with their regions, and constituencies."""
    for row in departements().values():
        yield from authorities.departement_triples(row, iris)
    for cells in rows(MAPPINGS / "circonscriptions.csv", "departement", "numero"):
        code, numero = cells["departement"], int(cells["numero"])
        c = Circonscription(nom=departements()[code].nom, numero=numero, departement=code)
        yield from authorities.circonscription(c, code, iris)


def graph(triples: Iterable[Triple]) -> Graph:
    """Return triples for paths of columns; an English text has a property of its own, whose name
    ends in `@en`.
    """
    return Graph(
        Triple(s, NamedNode(f"{p.value}@en"), o)
        if isinstance(o, Literal) and o.language == "en"
        else Triple(s, p, o)
        for s, p, o in triples
    )
