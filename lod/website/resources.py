"""Deputies, ministries, groups, headings…: a page each with its questions, and lists of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pyoxigraph import Literal, NamedNode, Store, Triple

from lod import jsonld
from lod.dates import en_toutes_lettres
from lod.ontology import labels
from lod.parallel import batches
from lod.vocab import LABELS, PREFIXES, QP, RDF_TYPE, RDFS_LABEL, term
from lod.website.documents import write_document
from lod.website.rendering import Contexte, render, write_page
from lod.website.requetes import query_text, rows
from lod.website.statistiques import colonnes, tableau

PER_PAGE = 100  # questions on a page of a resource
LISTED = 300  # resources on a page of a list
RECALLED = "Rappelée par"  # as `liens-entrants.rq` calls it


@dataclass(frozen=True, slots=True)
class Liste:
    """A list of the site: its path, its title, the query that makes it."""

    path: str
    titre: str
    requete: str


LISTES = (
    Liste("deputes", "Députés", "deputes"),
    Liste("ministeres", "Ministères", "ministeres"),
    Liste("portefeuilles", "Portefeuilles ministériels", "portefeuilles"),
    Liste("rubriques", "Rubriques", "rubriques"),
    Liste("groupes", "Groupes politiques", "groupes"),
    Liste("legislatures", "Législatures", "legislatures"),
)
NOMS = {  # terms of other vocabularies, as a page calls them
    "skos:Concept": "rubrique ou motif",
    "skos:altLabel": "autre libellé",
    "skos:inScheme": "dans la liste",
    "foaf:title": "civilité",
    "rdfs:seeAlso": "voir aussi",
    "schema:birthDate": "date de naissance",
    "schema:deathDate": "date de décès",
    "schema:startDate": "début",
    "schema:endDate": "fin",
    "skos:broader": "rubrique plus large",
    "skos:note": "note",
    "org:ChangeEvent": "changement",
    "org:classification": "portefeuille",
    "org:organization": "groupe",
    "org:subOrganizationOf": "au sein de",
    "dcterms:replaces": "succède à",
    "owl:sameAs": "même personne que",
}
HIDDEN = (RDF_TYPE, *LABELS)  # shown as the heading of the page


@dataclass(frozen=True, slots=True)
class Entrant:
    """Something that points to a resource: its IRI, its name, and how long or where it did."""

    iri: str
    nom: str
    precision: str


Entrants = dict[str, dict[str, list[Entrant]]]  # resource → role → what points to it


def incoming(store: Store) -> Entrants:
    """Return all that points to each resource but its questions; one query for all of them."""
    found: Entrants = {}
    for row in rows(store, "liens-entrants"):
        entrant = Entrant(row["source"], row["nom"], row["precision"])
        found.setdefault(row["entite"], {}).setdefault(row["role"], []).append(entrant)
    return found


def recalled(entrants: Entrants) -> dict[str, list[tuple[str, str]]]:
    """Return question → the later ones (IRI, name) that recall it."""
    return {
        iri: [(entrant.iri, entrant.nom) for entrant in roles[RECALLED]]
        for iri, roles in entrants.items()
        if RECALLED in roles
    }


class Resources:
    """Triples about resources, gathered by the document that describes them."""

    def __init__(self, triples: Iterator[Triple], base: str) -> None:
        self._by_document: dict[str, list[Triple]] = {}
        for triple in triples:
            assert isinstance(triple.subject, NamedNode), "no blank node is ever made"
            if triple.subject.value.startswith(base):
                document = triple.subject.value.partition("#")[0]
                self._by_document.setdefault(document, []).append(triple)

    def documents(self) -> list[str]:
        """Return the IRIs that have a document, sorted."""
        return sorted(self._by_document)

    def about(self, iri: str) -> list[Triple]:
        """Return the triples of one document."""
        return self._by_document[iri]


def write_resource(
    contexte: Contexte,
    iri: str,
    resources: Resources,
    roles: dict[str, list[Entrant]],
    store: Store,
) -> int:
    """Write the document of one resource; its page lists what points to it, and its questions, the
    newest first. Each page has a part of each list.
    """
    triples, path = resources.about(iri), contexte.path(iri)
    questions = list(rows(store, "questions-liees", iri))
    longest = max(len(questions), *map(len, roles.values()), 1)
    last = -(-longest // PER_PAGE)
    for number in range(1, last + 1):
        here, shown = page_path(path, number), slice((number - 1) * PER_PAGE, number * PER_PAGE)
        html = render(
            "ressource.html",
            contexte,
            here,
            iri=iri,
            titre=contexte.nom(iri),
            genre=genre(iri, triples),
            faits=list(facts(iri, triples, contexte)),
            statistiques=tableau(triples),
            colonnes=colonnes(),
            liens=[t for t in triples if t.predicate == QP.valeurPreuve],
            entrants=[(role, len(found), found[shown]) for role, found in roles.items()],
            total=len(questions),
            lignes=questions[shown],
            pager=(number, last, path),
            requete=about(iri),
        )
        write_page(contexte, here, html)
        if number == 1:
            write_document(contexte, iri, triples, html)
    return last


def about(iri: str) -> str:
    """Return the query for the questions of one resource, as somebody can run it."""
    start = "WHERE {\n"
    bound = f"{start}  VALUES ?entite {{ <{iri}> }}\n"
    return query_text("questions-liees").replace(start, bound, 1)


def page_path(path: str, number: int) -> str:
    """Return where the page of a list stands: the first has the path of the list itself."""
    return path if number == 1 else f"{path}/page-{number}"


def genre(iri: str, triples: list[Triple]) -> str:
    """Return what kind of thing a resource is, as its class is called."""
    for triple in triples:
        if triple.subject == NamedNode(iri) and triple.predicate == RDF_TYPE:
            kind = triple.object.value if isinstance(triple.object, NamedNode) else ""
            return labels(RDFS_LABEL).get(kind) or NOMS[jsonld.compact(kind)]
    return ""


def facts(iri: str, triples: list[Triple], contexte: Contexte) -> Iterator[tuple[str, str, str]]:
    """Yield (property, value, IRI or "") for what is said of a resource itself."""
    for triple in triples:
        if triple.subject != NamedNode(iri) or triple.predicate in HIDDEN:
            continue
        predicate, value = triple.predicate.value, triple.object
        name = labels(RDFS_LABEL).get(predicate) or NOMS[jsonld.compact(predicate)]
        if isinstance(value, NamedNode):
            elsewhere = value.value if value.value.partition("#")[0] != iri else ""
            yield name, contexte.nom(value.value).removeprefix(PREFIXES["wd"]), elsewhere
        elif isinstance(value, Literal):
            is_day = value.datatype == term("xsd:date")
            day = en_toutes_lettres(date.fromisoformat(value.value)) if is_day else ""
            yield name, day or value.value, ""


def write_liste(contexte: Contexte, liste: Liste, store: Store) -> int:
    """Write one list of resources with their counts, and the query that it comes from."""
    found = list(rows(store, liste.requete))
    pages = list(batches(found, LISTED)) or [[]]
    for number, part in enumerate(pages, start=1):
        here = page_path(liste.path, number)
        html = render(
            "liste.html",
            contexte,
            here,
            liste=liste,
            lignes=part,
            total=len(found),
            pager=(number, len(pages), liste.path),
            requete=query_text(liste.requete),
        )
        write_page(contexte, here, html)
    return len(pages)


def shared_answers(store: Store) -> dict[str, list[tuple[str, str]]]:
    """Return answer → the questions (IRI, name) it serves, for each that serves several."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows(store, "reponses-partagees"):
        found.setdefault(row["reponse"], []).append((row["question"], row["nom"]))
    return found
