"""What is published of the reference data: deputies, their mandates and groups, ministries and
governments; the same terms as `rdf.py`, for things that are no question.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date

from pyoxigraph import NamedNode, Triple

from lod.model.dates import en_toutes_lettres
from lod.pipeline.mapping import authorities as autorites
from lod.rdf.iris import Iris
from lod.rdf.vocab import (
    DCTERMS_DATE,
    DCTERMS_REPLACES,
    FOAF_NAME,
    FOAF_TITLE,
    ORG_CHANGE_EVENT,
    ORG_ORGANIZATION,
    ORG_ORIGINAL,
    ORG_RESULTING,
    ORG_SUB_ORGANIZATION_OF,
    QP,
    RDF_TYPE,
    RDFS_LABEL,
    RDFS_SEE_ALSO,
    SCHEMA_BIRTH_DATE,
    SCHEMA_DEATH_DATE,
    SCHEMA_END_DATE,
    SCHEMA_START_DATE,
    SKOS_PREF_LABEL,
    fr,
    jour,
    texte_simple,
)
from lod.reference.amo.values import (
    GOUVERNEMENT,
    GROUPE,
    MINISTERE,
    Acteur,
    Appartenance,
    Corps,
    MandatDepute,
    Periode,
    Referentiel,
)

MOT = re.compile(r"[^\W\d_]+")


def triples(r: Referentiel, iris: Iris, auteurs: Collection[str] = ()) -> Iterator[Triple]:
    """Yield what is published of the reference data: deputies, groups, ministries, governments.

    A person without a mandate in the archives is published if she is one of `auteurs` (`PA…`).
    What a mandate refers to is described each time that it is named.
    """
    mandats: dict[str, list[MandatDepute]] = {}
    for m in sorted(r.mandats.values(), key=lambda m: (m.premier_jour, m.ref)):
        mandats.setdefault(m.acteur_ref, []).append(m)
    for ref, a in sorted(r.acteurs.items()):
        if ref in mandats or ref in auteurs:
            groupes = [(x, r.organe(x.groupe_ref)) for x in r.appartenances.get(ref, ())]
            yield from acteur(a, mandats.get(ref, []), [(x, g) for x, g in groupes if g], iris)
    for ref, corps in sorted(r.organes.items()):
        if corps.type == GROUPE:
            yield from groupe(corps, iris)
        elif corps.type == MINISTERE:
            precedent = r.organe(corps.precedent) if corps.precedent else None
            yield from ministere(corps, r.gouvernement(ref), precedent, iris)
        elif corps.type == GOUVERNEMENT:
            yield from gouvernement(corps, iris)


def acteur(
    a: Acteur,
    mandats: Iterable[MandatDepute],
    appartenances: Iterable[tuple[Appartenance, Corps]],
    iris: Iris,
) -> Iterator[Triple]:
    """Yield what is published about a deputy, her mandates, and her groups with their days."""
    s = iris.reference("depute", a.ref)
    yield Triple(s, RDF_TYPE, QP.Depute)
    yield Triple(s, QP.uid, texte_simple(a.ref))
    if a.civilite:
        yield Triple(s, FOAF_TITLE, texte_simple(a.civilite))
    yield Triple(s, FOAF_NAME, texte_simple(a.nom_complet))
    if a.naissance:
        yield Triple(s, SCHEMA_BIRTH_DATE, jour(a.naissance))
    if a.deces:
        yield Triple(s, SCHEMA_DEATH_DATE, jour(a.deces))
    if a.profession:
        yield Triple(s, QP.profession, fr(a.profession))
    if a.hatvp:
        yield Triple(s, RDFS_SEE_ALSO, NamedNode(a.hatvp))
    seats = {iris.part(s, "mandat", m.ref): m for m in mandats}
    memberships = {iris.part(s, "appartenance", x[0].ref): x for x in appartenances}
    for node in seats:
        yield Triple(s, QP.mandat, node)
    for node in memberships:
        yield Triple(s, QP.appartenance, node)
    for node, mandat in seats.items():
        yield from _mandat(node, mandat, iris)
    for node, (appartenance, corps) in memberships.items():
        yield from _appartenance(node, appartenance, corps, iris)


def _mandat(s: NamedNode, m: MandatDepute, iris: Iris) -> Iterator[Triple]:
    legislature, c = iris.legislature(m.legislature), m.circonscription
    lieu = f", {autorites.nom_circonscription(c)}" if c else ""
    yield Triple(s, RDF_TYPE, QP.Mandat)
    duree = _duree(m.premier_jour, m.fin)
    yield Triple(s, RDFS_LABEL, fr(f"Mandat de la {m.legislature}e législature{lieu}, {duree}"))
    yield Triple(s, QP.uid, texte_simple(m.ref))
    yield Triple(s, QP.legislature, legislature)
    yield from autorites.legislature(legislature, m.legislature)
    if c and c.departement:
        yield Triple(s, QP.circonscription, iris.circonscription(c))
        yield from autorites.circonscription(iris.circonscription(c), c, c.departement)
    yield from _periode(s, m)
    if m.prise_de_fonction:
        yield Triple(s, QP.datePriseFonction, jour(m.prise_de_fonction))


def _appartenance(s: NamedNode, a: Appartenance, g: Corps, iris: Iris) -> Iterator[Triple]:
    yield Triple(s, RDF_TYPE, QP.Appartenance)
    yield Triple(s, RDFS_LABEL, fr(f"Groupe {g.libelle}, {_duree(a.debut, a.fin)}"))
    yield Triple(s, ORG_ORGANIZATION, iris.reference("groupe", g.ref))
    yield from _periode(s, a)


def groupe(g: Corps, iris: Iris) -> Iterator[Triple]:
    """Yield what is published about a group."""
    s = iris.reference("groupe", g.ref)
    yield Triple(s, RDF_TYPE, QP.Groupe)
    if g.legislature:
        yield Triple(s, QP.legislature, iris.legislature(g.legislature))
        yield from autorites.legislature(iris.legislature(g.legislature), g.legislature)
    yield from autorites.nomme(s, g.organe, g.libelle)
    yield from _periode(s, g)


def ministere(
    m: Corps, gouvernement: Corps | None, precedent: Corps | None, iris: Iris
) -> Iterator[Triple]:
    """Yield what is published about a ministry; of the bodies beside it only what is known."""
    s = iris.reference("ministere", m.ref)
    yield Triple(s, RDF_TYPE, QP.Ministere)
    yield from autorites.nomme(s, m.organe, m.organe.libelle)
    yield from autorites.portefeuilles_du(s, m.organe, iris)
    yield from _periode(s, m)
    if gouvernement:
        yield Triple(s, ORG_SUB_ORGANIZATION_OF, iris.reference("gouvernement", gouvernement.ref))
    if precedent and precedent.type == MINISTERE:
        yield Triple(s, DCTERMS_REPLACES, iris.reference("ministere", precedent.ref))
        if precedent.fin and precedent.fin <= m.debut:
            yield from _changement(s, m, precedent, iris)


def _changement(s: NamedNode, m: Corps, precedent: Corps, iris: Iris) -> Iterator[Triple]:
    """Yield the event in which one ministry follows another that has ended."""
    node = iris.part(s, "changement", 1)
    noms = f"{precedent.organe.libelle} devient {m.organe.libelle}"
    yield Triple(node, RDF_TYPE, ORG_CHANGE_EVENT)
    yield Triple(node, RDFS_LABEL, fr(f"{en_toutes_lettres(m.debut)} : {noms}"))
    yield Triple(node, ORG_ORIGINAL, iris.reference("ministere", precedent.ref))
    yield Triple(node, ORG_RESULTING, s)
    yield Triple(node, DCTERMS_DATE, jour(m.debut))


def gouvernement(g: Corps, iris: Iris) -> Iterator[Triple]:
    """Yield what is published about a government."""
    s = iris.reference("gouvernement", g.ref)
    yield Triple(s, RDF_TYPE, QP.Gouvernement)
    yield Triple(s, QP.uid, texte_simple(g.ref))
    yield Triple(s, SKOS_PREF_LABEL, fr(nom_gouvernement(g)))
    yield from _periode(s, g)


def nom_gouvernement(g: Corps) -> str:
    """Return what a government is called: « Gouvernement Fillon 2 », from FILLON 2.

    The archive calls each of them « Gouvernement »; the short label has its head, in capitals.
    """
    if not g.abrege:
        return f"Gouvernement du {en_toutes_lettres(g.debut)}"
    return f"Gouvernement {MOT.sub(_mot, g.abrege) if g.abrege.isupper() else g.abrege}"


def _mot(match: re.Match[str]) -> str:
    mot = match[0]
    return mot if set(mot) <= set("IVX") else mot.lower() if mot == "DE" else mot.capitalize()


def _periode(s: NamedNode, p: Periode) -> Iterator[Triple]:
    yield Triple(s, SCHEMA_START_DATE, jour(p.debut))
    if p.fin:
        yield Triple(s, SCHEMA_END_DATE, jour(p.fin))


def _duree(debut: date, fin: date | None) -> str:
    if fin is None:
        return f"à partir du {en_toutes_lettres(debut)}"
    return f"du {en_toutes_lettres(debut)} au {en_toutes_lettres(fin)}"
