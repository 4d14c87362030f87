"""Why an item is proposed, or not certain, in a French sentence that a reviewer understands."""

from collections.abc import Iterator

from lod.model.dates import iso_in_french
from lod.reference.names import NameMatch
from lod.remote.linking.candidates import LinkCandidate, RankedCandidate
from lod.remote.linking.criteria import Verdict

NAME_MATCHES = {
    NameMatch.EXACT: "même nom",
    NameMatch.FOLDED: "même nom aux accents, à la ponctuation et à l’ordre des mots près",
    NameMatch.CONTAINED: "même prénom, et tous les mots d’un nom sont dans l’autre",
    NameMatch.INITIAL: "même initiale et même dernier mot du nom",
    NameMatch.NONE: "autre nom",
}


def explain(ranked: RankedCandidate) -> str:
    """Return what agrees, what does not, and what else would fit, as one sentence."""
    said = ", ".join(_agreements(ranked.candidate))
    return f"{said[0].upper()}{said[1:]}\u00a0; {_conclusion(ranked)}."


def _agreements(c: LinkCandidate) -> Iterator[str]:
    yield NAME_MATCHES[c.name_match]
    yield _birth(c)
    if c.circonscription is not Verdict.UNKNOWN:
        which = "même" if c.circonscription is Verdict.YES else "autre"
        yield f"{which} circonscription"
    elif c.legislature is Verdict.YES:
        yield "même législature"
    elif c.legislature is Verdict.NO:
        yield "aucune législature commune"
    if c.groupe is Verdict.YES:
        yield "même groupe"


def _birth(c: LinkCandidate) -> str:
    born = "née" if c.deputy.sex == "F" else "né"
    if c.birth_day:
        return f"{born} le même jour ({iso_in_french(c.birth_day)})"
    if c.birth_year is Verdict.UNKNOWN:
        return "année de naissance inconnue"
    theirs = {n.year for n in c.item.births}
    if c.birth_year is Verdict.YES:
        return f"{born} la même année ({', '.join(sorted(c.deputy.birth_years & theirs))})"
    return (
        f"{born} en {', '.join(sorted(c.deputy.birth_years))}, "
        f"en {', '.join(sorted(theirs))} d’après Wikidata"
    )


def _conclusion(p: RankedCandidate) -> str:
    if p.holder.startswith("PA"):
        return f"l’élément est déjà lié à {p.holder}"
    if p.holder:
        return f"l’élément porte déjà le numéro {p.holder}"
    if p.rivals and not p.candidate.fits:
        return f"convient mieux\u00a0: {', '.join(p.rivals)}"
    if p.rivals:
        plural = "nt" if len(p.rivals) > 1 else "t"
        return f"convien{plural} aussi\u00a0: {', '.join(p.rivals)}"
    if p.is_certain:
        return "aucun autre élément ne convient"
    return "cela ne suffit pas pour conclure"
