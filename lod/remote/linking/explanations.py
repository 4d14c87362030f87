"""Why an item is proposed, or not certain, in a French sentence that a reviewer understands."""

from collections.abc import Iterator

from lod.model.dates import dite
from lod.reference.names import Accord
from lod.remote.linking.candidates import Candidat, Proposition
from lod.remote.linking.criteria import Reponse

ACCORDS = {
    Accord.EXACT: "même nom",
    Accord.PLIE: "même nom aux accents, à la ponctuation et à l’ordre des mots près",
    Accord.CONTENU: "même prénom, et tous les mots d’un nom sont dans l’autre",
    Accord.INITIALE: "même initiale et même dernier mot du nom",
    Accord.AUCUN: "autre nom",
}


def expliquer(proposition: Proposition) -> str:
    """Return what agrees, what does not, and what else would fit, as one sentence."""
    said = ", ".join(_criteres(proposition.candidat))
    return f"{said[0].upper()}{said[1:]}\u00a0; {_conclusion(proposition)}."


def _criteres(c: Candidat) -> Iterator[str]:
    yield ACCORDS[c.accord]
    yield _naissance(c)
    if c.circonscription is not Reponse.INCONNUE:
        meme = "même" if c.circonscription is Reponse.OUI else "autre"
        yield f"{meme} circonscription"
    elif c.legislature is Reponse.OUI:
        yield "même législature"
    elif c.legislature is Reponse.NON:
        yield "aucune législature commune"
    if c.groupe is Reponse.OUI:
        yield "même groupe"


def _naissance(c: Candidat) -> str:
    ne = "née" if c.personne.sexe == "F" else "né"
    if c.jour:
        return f"{ne} le même jour ({dite(c.jour)})"
    if c.annee is Reponse.INCONNUE:
        return "année de naissance inconnue"
    theirs = {n.annee for n in c.element.naissances}
    if c.annee is Reponse.OUI:
        return f"{ne} la même année ({', '.join(sorted(c.personne.annees & theirs))})"
    return (
        f"{ne} en {', '.join(sorted(c.personne.annees))}, "
        f"en {', '.join(sorted(theirs))} d’après Wikidata"
    )


def _conclusion(p: Proposition) -> str:
    if p.titulaire.startswith("PA"):
        return f"l’élément est déjà lié à {p.titulaire}"
    if p.titulaire:
        return f"l’élément porte déjà le numéro {p.titulaire}"
    if p.rivaux and not p.candidat.convient:
        return f"convient mieux\u00a0: {', '.join(p.rivaux)}"
    if p.rivaux:
        plural = "nt" if len(p.rivaux) > 1 else "t"
        return f"convien{plural} aussi\u00a0: {', '.join(p.rivaux)}"
    if p.est_certaine:
        return "aucun autre élément ne convient"
    return "cela ne suffit pas pour conclure"
