"""Data of others that ours is linked to: links with their evidence, links to EuroVoc, facts of
Wikidata that are copied, and identifiers that are offered to it.

Links to EuroVoc are `skos:closeMatch`, reviewed by hand: the words of a heading and of a
descriptor may agree where their extent does not. A descriptor keeps its names.

The facts stand in a graph of their own. They are copied since the endpoint refuses `SERVICE`: no
query is sent on to Wikidata.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from lod.rdf.iris import Iris
from lod.rdf.vocab import (
    DCTERMS,
    OWL,
    PREFIXES,
    QP,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    en,
    eurovoc,
    fr,
    partial_date,
    plain_literal,
    qp,
    wikidata,
)
from lod.reference.link_tables import (
    ReviewedHeading,
    WikidataFact,
    evidence_sources,
    reviewed_headings,
    table_facts,
)
from lod.reference.reviewed_files import P4123, ReviewedLinks
from lod.reference.tables import portefeuilles

EUROVOC_SOURCE = "eurovoc2021"  # row of sources.csv: where the descriptors were read
PAGE = "https://www.assemblee-nationale.fr/dyn/deputes/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of one resource, with its evidence."""

    target: str  # IRI of the item or page
    preuve: str  # local name of a concept of `qp:preuves`
    value: str  # the identifier or name that was found
    sources: tuple[str, ...]  # names of the places where it was found
    constat: str  # when: a day, a month or a year
    label: str
    anchor: str = "lien-wikidata"  # fragment of the node; each link of a resource has its own
    relation: NamedNode = OWL.sameAs  # property from the resource to the target
    registre: str = ""  # IRI of the register in Wikidata, if the target is a page of one
    iri: str = ""  # what the register calls the resource in its own RDF
    names: tuple[Literal, ...] = ()  # of a target

    @property
    def qid(self) -> str:
        return self.target.removeprefix(PREFIXES["wd"])


def link_triples(subject: NamedNode, link: Link) -> Iterator[Triple]:
    """Yield one link and the node with its evidence."""
    node, target = NamedNode(f"{subject.value}#{link.anchor}"), NamedNode(link.target)
    yield Triple(subject, link.relation, target)
    yield Triple(node, RDF.type, QP.Lien)
    yield Triple(node, RDFS.label, fr(link.label))
    yield Triple(node, QP.sujet, subject)
    yield Triple(node, QP.cible, target)
    yield Triple(node, QP.preuve, qp(link.preuve))
    yield Triple(node, QP.valeurPreuve, plain_literal(link.value))
    for source in link.sources:
        yield Triple(node, QP.sourcePreuve, fr(source))
    yield Triple(node, QP.dateConstat, partial_date(link.constat))
    if link.registre:
        yield Triple(node, QP.registre, NamedNode(link.registre))
    if link.iri:
        own = NamedNode(link.iri)
        yield Triple(subject, SCHEMA.sameAs, own)
        yield Triple(own, RDFS.label, fr(link.label))
        yield Triple(own, DCTERMS.identifier, plain_literal(link.value))
    for name in link.names:
        yield Triple(target, SKOS.prefLabel, name)
        if name.language == "fr":
            yield Triple(target, RDFS.label, name)


def descriptor_links(iris: Iris) -> Iterator[tuple[NamedNode, Link]]:
    """Yield (heading or portfolio, link) of each that has a descriptor: a portfolio has that of
    the heading that names the same field.
    """
    described = {h.rubrique: h for h in reviewed_headings() if h.eurovoc}
    for heading in described.values():
        name = f"de la rubrique « {heading.rubrique} »"
        yield iris.rubrique(heading.rubrique), _descriptor_link(name, heading)
    for portfolio in portefeuilles().values():
        if portfolio.rubrique:
            name = f"du domaine des ministères « {portfolio.nom} »"
            link = _descriptor_link(name, described[portfolio.rubrique])
            yield iris.portefeuille(portfolio.portefeuille), link


def _descriptor_link(name: str, heading: ReviewedHeading) -> Link:
    """Return the link « de … », of what `name` says, to the descriptor of a heading, whose names
    stand in it.
    """
    return Link(
        target=eurovoc(heading.eurovoc).value,
        preuve="preuve-revue",
        value=heading.motif or heading.libelle_fr,
        sources=(evidence_sources()[EUROVOC_SOURCE].nom, f"Revu par {heading.par}"),
        constat=heading.constat,
        label=f"Lien {name} vers EuroVoc ({heading.eurovoc})",
        anchor="lien-eurovoc",
        relation=SKOS.closeMatch,
        names=(fr(heading.libelle_fr), en(heading.libelle_en)),
    )


def published_facts(qids: Iterable[str], reviewed: ReviewedLinks) -> list[WikidataFact]:
    """Return the facts about some items, sorted.

    The publisher's `faits.csv` has them, if there is one, else the package.
    """
    wanted = set(qids)
    stated = table_facts() if reviewed.facts is None else reviewed.facts
    return sorted(
        {f for f in stated if f.qid in wanted},
        key=lambda f: (int(f.qid[1:]), f.propriete, f.valeur),
    )


def fact_triples(stated: Iterable[WikidataFact], names: Mapping[str, str]) -> Iterator[Triple]:
    """Yield each fact with Wikidata's own property, and a label of the item or page it names.

    A date of birth has the property of schema.org: P569 of Wikidata has points in time, and often
    the year alone is known. `names` has what the items that the facts are about are called here; a
    label may come again.
    """
    for f in stated:
        item, predicate = wikidata(f.qid), NamedNode(PREFIXES["wdt"] + f.propriete)
        if name := names.get(f.qid):
            yield Triple(item, RDFS.label, fr(name))
        if f.type == "element":
            yield Triple(item, predicate, wikidata(f.valeur))
            yield Triple(wikidata(f.valeur), RDFS.label, fr(f.libelle))
        elif f.type == "adresse":
            address = NamedNode(f.valeur)
            yield Triple(item, predicate, address)
            yield Triple(address, RDFS.label, fr(f.libelle or f.valeur))
        else:
            yield Triple(item, SCHEMA.birthDate, partial_date(f.valeur))


def readings(stated: Iterable[WikidataFact]) -> list[tuple[str, str]]:
    """Return (source, day, month or year of reading) of all facts, sorted, without repetition."""
    read = {(f.source, f.constat) for f in stated}
    return sorted(
        (evidence_sources()[s].nom if s in evidence_sources() else s, day) for s, day in read
    )


def digits(acteur_ref: str) -> str:
    """Return the value of P4123 for a reference of the Assemblée: its digits.

    >>> digits("PA718926")
    '718926'
    """
    return acteur_ref.removeprefix("PA")


def quickstatements(lacking: Iterable[tuple[str, str]]) -> str:
    """Return a statement for each pair (acteurRef, QID), sorted, a line each.

    A line is item, property, value, then the address of the source (S854). The day on which it was
    retrieved (S813) is for whoever looks at it: this program has not.
    """
    statements = (
        "\t".join((qid, P4123, f'"{digits(ref)}"', "S854", f'"{PAGE}{ref}"')) + "\n"
        for ref, qid in set(lacking)
    )
    return "".join(sorted(statements))
