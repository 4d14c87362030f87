"""Make all IRIs below the publisher's base; no other module makes any.

An IRI is ASCII, ends without extension or slash, and is made from an identifier, or from a name
where the source gives no identifier. A change here breaks links from elsewhere.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from pyoxigraph import NamedNode

from lod.base import packaged
from lod.model.question import Circonscription, Cloture, Organe, Question, Reponse
from lod.model.text import bare_name, digest, fold, slug
from lod.rdf.ontology import coded, concepts
from lod.rdf.vocab import NAMESPACE, QP


def document_of(iri: str) -> str:
    """Return the IRI of the document that describes a node: the part before the fragment."""
    return iri.partition("#")[0]


CORE_KINDS = (  # their pages are made when they are asked for
    "question", "reponse", "depute", "auteur", "personne", "groupe", "lignee", "ministere",
    "gouvernement", "portefeuille", "rubrique", "legislature", "circonscription", "departement",
    "region", "motif",
)  # fmt: skip
KINDS = (*CORE_KINDS, *packaged.kind_queries())
_REFERENCE = re.compile(r"p[ao][0-9]+|qanr.*", re.ASCII)
_ANSWER = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}-)(qanr.*)", re.ASCII)


def spelled(kind: str, name: str) -> tuple[str, str]:
    """Return kind and name of an IRI in its case: references in capitals, all else small.

    >>> spelled("Question", "qanr5l15qe43349"), spelled("ministere", "Solidarites-et-Sante")
    (('question', 'QANR5L15QE43349'), ('ministere', 'solidarites-et-sante'))
    >>> spelled("reponse", "2025-06-03-qanr5l17qe5268")
    ('reponse', '2025-06-03-QANR5L17QE5268')
    """
    name = name.lower()
    if answer := _ANSWER.fullmatch(name):
        return kind.lower(), answer[1] + answer[2].upper()
    return kind.lower(), name.upper() if _REFERENCE.fullmatch(name) else name


def is_resource(path: str) -> bool:
    """Return whether a path may be of a resource, and not of a further page about one.

    >>> is_resource("depute/PA1"), is_resource("auteur/8/jean"), is_resource("depute/PA1/page-2")
    (True, True, False)
    >>> is_resource("question/QANR5L15QE43349.en")
    False
    """
    kind, *names = path.split("/")
    return (
        kind in KINDS
        and "." not in path
        and all(names)
        and len(names) == (2 if kind == "auteur" else 1)
    )


@lru_cache(2**14)  # authors, ministries and statuses recur
def code_of(iri: str, base: str) -> str:
    """Return the code that stands for an IRI in tables and addresses: its end, after its kind.

    >>> code_of("http://b/auteur/15/jean", "http://b/"), code_of(QP.Parution.value, "http://b/")
    ('15/jean', 'parution')
    >>> code_of(f"{NAMESPACE}statut-en-attente", "http://b/")
    'en-attente'
    """
    if iri.startswith(NAMESPACE):
        local = iri.removeprefix(NAMESPACE)
        return local.partition("-")[2] or local.lower()
    if iri.startswith(base):
        return iri.removeprefix(base).partition("/")[2]
    return iri.rpartition("/")[2]


def source_path(sha256: str) -> str:
    """Return the path of a raw record below the site: `.txt`, so that no browser executes it."""
    return f"sources/{sha256[:2]}/{sha256}.txt"


@dataclass(frozen=True, slots=True)
class Iris:
    """Maker of the IRIs below a base."""

    base: str  # ends with a slash

    def _iri(self, kind: str, name: str) -> NamedNode:
        return NamedNode(f"{self.base}{kind}/{name}")

    def question(self, uid: str) -> NamedNode:
        """`…/question/QANR5L15QE43349`."""
        return self._iri("question", uid)

    def part(self, whole: NamedNode, name: str, number: int | str) -> NamedNode:
        """`…#attribution-1`, `…#mandat-PM842621`: a part of a resource by index or reference."""
        return NamedNode(f"{whole.value}#{name}-{number}")

    def reponse(self, q: Question, r: Reponse) -> NamedNode:
        """`…/reponse/2025-06-03-700756213e998254`: day and hash of the text, since one answer may
        serve many questions; without a text `…/2025-06-03-QANR5L17QE5268`, for its question alone.
        """
        code = r.code or (digest(r.texte) if r.texte else q.uid)
        return self._iri("reponse", f"{r.jo.jour}-{code}")

    def source(self, sha256: str) -> NamedNode:
        """`…/sources/0e/0e2c….txt`: the bytes of a record as read, by their hash."""
        return NamedNode(self.base + source_path(sha256))

    def auteur(self, q: Question) -> NamedNode | None:
        """`…/depute/PA718926` if the source says who, else `…/auteur/15/pierre-dharreville`; None
        if it says nothing.
        """
        if q.auteur.acteur_ref:
            return self.reference("depute", q.auteur.acteur_ref)
        if q.auteur.nom:
            return self._iri("auteur", f"{q.legislature}/{slug(q.auteur.nom)}")
        return None

    def reference(self, kind: str, ref: str) -> NamedNode:
        """`…/depute/PA718926`, `…/gouvernement/PO384206`: by a reference of the Assemblée, or
        by the name that a table has in its place: `…/personne/jean-arthuis`.
        """
        return self._iri(kind, ref)

    def groupe(self, q: Question, groupe: Organe) -> NamedNode:
        """`…/groupe/PO730940`, else `…/groupe/15-ni`: a group exists in one legislature only."""
        return self._iri("groupe", groupe.ref or f"{q.legislature}-{slug(groupe.libelle)}")

    def lignee(self, code: str) -> NamedNode:
        """`…/lignee/non-inscrits`: a group over legislatures."""
        return self._iri("lignee", code)

    def ministere(self, ministere: Organe) -> NamedNode:
        """`…/ministere/PO855083` of a ministry that is resolved, else one IRI a name:
        `…/ministere/solidarites-et-sante`.
        """
        return self._iri(
            "ministere", ministere.code or ministere.ref or slug(bare_name(ministere.libelle))
        )

    def portefeuille(self, name: str) -> NamedNode:
        """`…/portefeuille/interieur`: the field of a ministry, whatever its name."""
        return self._iri("portefeuille", name)

    def rubrique(self, libelle: str) -> NamedNode:
        """`…/rubrique/commerce-et-artisanat`: the same in all legislatures."""
        return self._iri("rubrique", slug(libelle))

    def legislature(self, number: int) -> NamedNode:
        """`…/legislature/15`."""
        return self._iri("legislature", str(number))

    def rubriques(self, number: int) -> NamedNode:
        """`…/legislature/15#rubriques`: the scheme of the headings of one legislature."""
        return self._iri("legislature", f"{number}#rubriques")

    def statistiques(self, axis: str) -> NamedNode:
        """`…/statistiques#par-ministere`: a set of statistics."""
        return NamedNode(f"{self.base}statistiques#par-{axis}")

    def circonscription(self, c: Circonscription) -> NamedNode:
        """`…/circonscription/13-13`: code of the department, number in it."""
        return self._iri("circonscription", f"{slug(c.departement or c.nom)}-{c.numero}")

    def departement(self, code: str) -> NamedNode:
        """`…/departement/13`, `…/departement/2a`: by its code."""
        return self._iri("departement", slug(code))

    def region(self, code: str) -> NamedNode:
        """`…/region/93`: by its code at Insee."""
        return self._iri("region", slug(code))

    def motif(self, retrait: Cloture) -> NamedNode | None:
        """Return the reason of the ontology with the label or the code of a withdrawal, else
        `…/motif/slug`; None if it states no reason.
        """
        known = concepts(QP.motifs)
        if retrait.libelle:
            return known.get(fold(retrait.libelle)) or self._iri("motif", slug(retrait.libelle))
        return coded(QP.motifs).get(retrait.code or "")
