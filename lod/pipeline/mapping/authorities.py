"""Triples about what questions refer to: authors, groups, ministries, headings, constituencies …

A question states what its record says of them. The lists of headings (below), `directory.py` and
`bodies.py` state what tables and archives say; `descriptions.py` joins all statements about a
resource.

Two headings are one concept if they differ in accents, case and punctuation only; every spelling
is published. « X : Y » is narrower than X where X is a heading too. Headings that differ by more
(« poste », « postes »), and that were reviewed as the same, stay two concepts that
`skos:exactMatch` joins. As one concept, one of them would lose its IRI, which others may have
noted, and its questions a heading that the list of their legislature has (control C8-rubriques).
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from pyoxigraph import NamedNode, Triple

from lod.model.question import Auteur, Circonscription, Organe, Question, Reponse
from lod.model.text import ordinal, slug
from lod.pipeline.mapping import bodies
from lod.pipeline.mapping.citations import texts_cited_in
from lod.rdf.iris import Iris
from lod.rdf.ontology import coded, labels
from lod.rdf.vocab import (
    DCTERMS,
    FOAF,
    ORG,
    PROV,
    QP,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    civil_date,
    en,
    fr,
    integer,
    plain_literal,
)
from lod.reference.directory import Body, Directory
from lod.reference.executive import Executive
from lod.reference.link_tables import SAME, reviewed_headings, reviewed_pairs
from lod.reference.matching import civilite
from lod.reference.tables import (
    DepartementRow,
    constituency_maps,
    departements,
    deputy_rows_by_key,
    latest_names,
    legislatures,
    lineage_codes,
    lineages,
    rubriques,
)

BROADER_NOTE = "« {nom} » est placée sous « {tete} » d’après son nom : c’est notre lecture."


def references(
    q: Question, directory: Directory, executive: Executive, iris: Iris
) -> Iterator[Triple]:
    """Yield class, labels and identifiers of each resource that a question refers to."""
    yield from legislature(q.legislature, iris)
    if q.rubrique:
        rubrique = iris.rubrique(q.rubrique)
        yield Triple(rubrique, RDF.type, SKOS.Concept)
        yield Triple(rubrique, SKOS.prefLabel, fr(q.rubrique))
        yield Triple(rubrique, SKOS.inScheme, iris.rubriques(q.legislature))
        yield from heading_scheme(iris, q.legislature)
    if author := iris.auteur(q):
        yield from auteur(author, q.auteur)
    if q.groupe:
        yield from _groupe_named(q.groupe, q, directory, iris)
        if q.groupe_imprime and q.groupe_imprime.ref:  # without one, nothing would lead to it
            yield from _groupe_named(q.groupe_imprime, q, directory, iris)
    if q.circonscription and q.circonscription.departement:
        yield from circonscription(q.circonscription, q.circonscription.departement, iris)
    named = (q.ministere_interroge, *(a.ministere for a in q.attributions), q.ministere_repondant)
    for ministere in dict.fromkeys(filter(None, named)):
        yield from _ministere(ministere, executive, iris)
    for r in q.reponses:
        yield from _speakers(r, q.legislature, directory, executive, iris)
        for group in dict.fromkeys(turn.groupe for turn in r.interventions if turn.groupe):
            yield from _groupe_named(group, q, directory, iris)
    charge = q.ministere_attributaire
    if charge and charge.code:
        days = [r.jo.jour for r in q.reponses]
        if q.donnees_au and q.attend:
            days = [q.donnees_au]  # who has to answer now
        steps = (step for day in days for step in executive.succession(charge.code, day))
        for before, after in dict.fromkeys(steps):
            yield from bodies.ministere(after, executive, iris)
            yield from bodies.succession(before, after, executive, iris)
    for cited in texts_cited_in(q):
        yield Triple(NamedNode(cited.eli), RDFS.label, fr(cited.name))
    if q.retrait and q.retrait.libelle:
        motif = iris.motif(q.retrait)
        # the ontology describes its own concepts
        if motif and motif.value not in labels(SKOS.prefLabel):
            yield Triple(motif, RDF.type, SKOS.Concept)
            yield Triple(motif, SKOS.inScheme, QP.motifs)
            yield Triple(motif, SKOS.prefLabel, fr(q.retrait.libelle))


def _speakers(
    r: Reponse, legislature: int, directory: Directory, executive: Executive, iris: Iris
) -> Iterator[Triple]:
    """Yield what is said of the persons who speak in an answer: ministers of the day, deputies."""
    turns = (turn.orateur for turn in r.interventions if turn.orateur)
    for person in dict.fromkeys((*r.orateurs, *turns)):
        offices = (executive.offices(person, day) for day in r.jours_de_seance)
        held = next(filter(None, offices), ())
        for code in held:
            yield from bodies.ministere(code, executive, iris)
        if not held:
            yield from auteur(iris.reference(*person), _named(person[1], legislature, directory))


def _named(ref: str, legislature: int, directory: Directory) -> Auteur:
    """Return a deputy as archives or tables name the person."""
    if person := directory.persons.get(ref):
        return Auteur(acteur_ref=ref, civilite=person.civilite, nom=person.full_name)
    row = deputy_rows_by_key().get((ref, legislature))
    sex = civilite(row.sexe) if row else None
    return Auteur(acteur_ref=ref, civilite=sex, nom=latest_names().get(ref))


@lru_cache(4096)  # each speaks often
def auteur(s: NamedNode, a: Auteur) -> tuple[Triple, ...]:
    """Return class, reference and name of an author, or of another deputy who speaks."""
    return tuple(_auteur(s, a))


def _auteur(s: NamedNode, a: Auteur) -> Iterator[Triple]:
    yield from bodies.class_triples(s, QP.Depute)
    if a.acteur_ref:
        yield Triple(s, QP.uid, plain_literal(a.acteur_ref))
    if a.civilite:
        yield Triple(s, FOAF.title, plain_literal(a.civilite))
    if a.nom:
        yield Triple(s, FOAF.name, plain_literal(a.nom))
    else:
        yield Triple(s, RDFS.label, fr(f"Acteur {a.acteur_ref}"))


def _ministere(ministere: Organe, executive: Executive, iris: Iris) -> Iterator[Triple]:
    """Yield what tables and archives say of a ministry, then the names that a record prints."""
    s, known = iris.ministere(ministere), executive.ministries.get(ministere.code or "")
    if known:
        yield from bodies.ministere(known.code, executive, iris)
        for printed in ministere.libelles:
            if printed not in known.noms:
                yield Triple(s, SKOS.altLabel, fr(printed))
    else:
        yield from bodies.class_triples(s, QP.Ministere)
        if ministere.ref:
            yield Triple(s, QP.uid, plain_literal(ministere.ref))
        yield from bodies.portfolio_triples(s, ministere.libelles, iris)
        yield from bodies.name_triples(s, ministere.libelles)


def _groupe_named(named: Organe, q: Question, directory: Directory, iris: Iris) -> Iterator[Triple]:
    """Yield what table and archives say of a group, then the names that a record prints."""
    s = iris.groupe(q, named)
    if known := directory.groups.get(named.ref or ""):
        yield from groupe(known, iris)
    else:
        yield from bodies.class_triples(s, QP.Groupe)
        yield Triple(s, QP.legislature, iris.legislature(q.legislature))
    yield from groupe_labels(s, named)


@lru_cache(256)  # each is asked for by every question of its members
def groupe(g: Body, iris: Iris) -> tuple[Triple, ...]:
    """Return what is published about a group that table or archives know."""
    return tuple(_groupe(g, iris))


def _groupe(g: Body, iris: Iris) -> Iterator[Triple]:
    s = iris.reference("groupe", g.ref)
    yield from bodies.class_triples(s, QP.Groupe)
    if g.legislature:
        yield Triple(s, QP.legislature, iris.legislature(g.legislature))
        yield from legislature(g.legislature, iris)
    yield from groupe_labels(s, g.organe)
    if g.position:
        yield Triple(s, ORG.classification, coded(QP.positions)[g.position])
    yield from bodies.period_triples(s, g)
    if code := lineage_codes().get(g.ref):
        line = iris.lignee(code)
        yield Triple(s, PROV.specializationOf, line)
        yield from bodies.class_triples(line, QP.Lignee)
        names = dict.fromkeys(row.libelle for row in lineages()[code])
        yield from bodies.name_triples(line, tuple(names))


def groupe_labels(s: NamedNode, groupe: Organe) -> Iterator[Triple]:
    """Yield reference and labels of a group, whose name is the long one."""
    if groupe.ref:
        yield Triple(s, QP.uid, plain_literal(groupe.ref))
    yield from bodies.name_triples(s, groupe.libelles[::-1])


def legislature(numero: int, iris: Iris) -> Iterator[Triple]:
    """Yield class, number and label of a legislature, and its days if the table has them."""
    s = iris.legislature(numero)
    yield Triple(s, RDF.type, QP.Legislature)
    yield Triple(s, QP.numero, integer(numero))
    yield Triple(s, SKOS.prefLabel, fr(f"{numero}e législature"))
    yield Triple(s, RDFS.label, en(f"{ordinal(numero)} legislature"))
    if row := legislatures().get(numero):
        yield Triple(s, SCHEMA.startDate, civil_date(row.debut))
        if row.fin:
            yield Triple(s, SCHEMA.endDate, civil_date(row.fin))
        if row.decoupage:
            yield Triple(s, QP.decoupage, coded(QP.decoupages)[row.decoupage])


def heading_scheme(iris: Iris, numero: int) -> Iterator[Triple]:
    """Yield class and label of the list of headings of a legislature."""
    scheme = iris.rubriques(numero)
    yield Triple(scheme, RDF.type, SKOS.ConceptScheme)
    yield Triple(scheme, SKOS.prefLabel, fr(f"Rubriques de la {numero}e législature"))


def circonscription(c: Circonscription, departement: str, iris: Iris) -> Iterator[Triple]:
    """Yield class, code (`13-5`), number and label of a constituency; and the maps that have it,
    and the department, if the tables do.
    """
    s = iris.circonscription(c)
    yield Triple(s, RDF.type, QP.Circonscription)
    yield Triple(s, DCTERMS.identifier, plain_literal(f"{departement}-{c.numero}"))
    yield Triple(s, QP.numero, integer(c.numero))
    yield Triple(s, SKOS.prefLabel, fr(circonscription_name(c)))
    for drawn in constituency_maps().get((departement, c.numero), ()):
        yield Triple(s, QP.decoupage, coded(QP.decoupages)[drawn])
    if row := departements().get(departement):
        yield Triple(s, SCHEMA.containedInPlace, iris.departement(row.code))
        yield from departement_triples(row, iris)


@lru_cache(256)  # each is asked for by every question from it
def departement_triples(row: DepartementRow, iris: Iris) -> tuple[Triple, ...]:
    """Return class, code and label of a department, and of its region if it has one."""
    return tuple(_departement(row, iris))


def _departement(row: DepartementRow, iris: Iris) -> Iterator[Triple]:
    s = iris.departement(row.code)
    yield Triple(s, RDF.type, QP.Departement)
    yield Triple(s, DCTERMS.identifier, plain_literal(row.code))
    yield Triple(s, SKOS.prefLabel, fr(row.nom))
    if row.region_code:
        region = iris.region(row.region_code)
        yield Triple(s, SCHEMA.containedInPlace, region)
        yield Triple(region, RDF.type, QP.Region)
        yield Triple(region, DCTERMS.identifier, plain_literal(row.region_code))
        yield Triple(region, SKOS.prefLabel, fr(row.region))


def circonscription_name(c: Circonscription) -> str:
    """Return the label of a constituency: « Ain (1re circonscription) »."""
    return f"{c.nom} ({c.numero}{'re' if c.numero == 1 else 'e'} circonscription)"


def days_of_data(legislatures: Iterable[tuple[int, date, int]], iris: Iris) -> Iterator[Triple]:
    """Yield up to which day the data of each legislature goes; `legislatures` are as in
    the report of a build.
    """
    for number, day, _ in legislatures:
        yield Triple(iris.legislature(number), QP.donneesAu, civil_date(day))


def heading_triples(iris: Iris) -> Iterator[Triple]:
    """Yield every heading of every list, and the legislatures of the lists with their days.

    Legislatures come newest first: the newest spelling becomes the name of a heading.
    """
    names: dict[str, str] = {}  # slug → the name of the heading
    for numero, libelles in sorted(rubriques().items(), reverse=True):
        yield from heading_scheme(iris, numero)
        for libelle in libelles:
            s, name = iris.rubrique(libelle), names.setdefault(slug(libelle), libelle)
            yield Triple(s, RDF.type, SKOS.Concept)
            yield Triple(s, SKOS.prefLabel if name == libelle else SKOS.altLabel, fr(libelle))
            yield Triple(s, SKOS.inScheme, iris.rubriques(numero))
    for heading in reviewed_headings():
        if heading.anglais:
            yield Triple(iris.rubrique(heading.rubrique), SKOS.prefLabel, en(heading.anglais))
    for name in names.values():
        broader = names.get(slug(name.partition(":")[0])) if ":" in name else None
        if broader:
            s = iris.rubrique(name)
            yield Triple(s, SKOS.broader, iris.rubrique(broader))
            yield Triple(s, SKOS.note, fr(BROADER_NOTE.format(nom=name, tete=broader)))
    for pair in reviewed_pairs():
        if pair.decision == SAME:
            node, same_node = iris.rubrique(pair.rubrique), iris.rubrique(pair.autre)
            yield Triple(node, SKOS.exactMatch, same_node)
            yield Triple(same_node, SKOS.exactMatch, node)
    for numero in rubriques():
        yield from legislature(numero, iris)
