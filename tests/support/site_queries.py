"""The queries of the site, each as somebody asks it."""

from pathlib import Path

from lod.publish.query_catalogue import bind
from tests.support.paths import BASE, site_files

QUERIES = site_files("queries", "*.rq")
BY_NAME = {path.stem: path for path in QUERIES}
DEPUTE, MINISTERE = "depute/PA718926", "ministere/agriculture-essai"
# a resource to ask each query of that is about one
ABOUT = {
    "questions-liees": "rubrique/sante", "fiche-annees": "rubrique/sante",
    "fiche-sujets": MINISTERE, "fiche-ministeres": "rubrique/sante", "fiche-auteurs": MINISTERE,
    "fiche-groupes": MINISTERE, "fiche-wikidata": DEPUTE, "fiche-parcours": DEPUTE,
    "fiche-identites": DEPUTE, "fiche-circonscriptions": "departement/13",
    "fiche-elus": "departement/13",
    "fiche-chiffres": MINISTERE, "fiche-delais": MINISTERE, "fiche-retard": "ministere/PO990005",
    "fiche-retraits": "legislature/15", "fiche-noms": "ministere/mer",
    "fiche-fonctions": "personne/eric-lombard", "fiche-gouvernement": "gouvernement/PO773371",
    "comparaison": DEPUTE,
    "fiche-question": "question/QANR5L15QE43349",
}  # fmt: skip


def asked(path: Path) -> str:
    """The text of a query; one about any resource is asked of one that has rows."""
    text = path.read_text("utf-8")
    if path.stem in ABOUT:
        return bind(text, "entite", f"<{BASE}{ABOUT[path.stem]}>")
    return text
