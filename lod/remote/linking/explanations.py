"""A French sentence for the reviewer: why an item is proposed, and why it is not certain."""

from collections.abc import Iterator

from lod.model.dates import iso_in_french
from lod.model.names import NameMatch
from lod.remote.linking.candidates import LinkCandidate, RankedCandidate
from lod.remote.linking.criteria import Verdict

MATCH_PHRASES = {
    NameMatch.EXACT: "même nom",
    NameMatch.FOLDED: "même nom aux accents, à la ponctuation et à l’ordre des mots près",
    NameMatch.CONTAINED: "même prénom, et tous les mots d’un nom sont dans l’autre",
    NameMatch.INITIAL: "même initiale et même dernier mot du nom",
    NameMatch.NONE: "autre nom",
}


def explain(ranked: RankedCandidate) -> str:
    """Return what agrees and what does not, then which other items or deputies fit."""
    facts = ", ".join(_agreements(ranked.candidate))
    return f"{facts[0].upper()}{facts[1:]}\u00a0; {_conclusion(ranked)}."


def _agreements(c: LinkCandidate) -> Iterator[str]:
    yield MATCH_PHRASES[c.name_match]
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
    theirs = {born.year for born in c.item.births}
    if c.birth_year is Verdict.YES:
        return f"{born} la même année ({', '.join(sorted(c.deputy.birth_years & theirs))})"
    return (
        f"{born} en {', '.join(sorted(c.deputy.birth_years))}, "
        f"en {', '.join(sorted(theirs))} d’après Wikidata"
    )


def _conclusion(ranked: RankedCandidate) -> str:
    if ranked.holder.startswith("PA"):
        return f"l’élément est déjà lié à {ranked.holder}"
    if ranked.holder:
        return f"l’élément porte déjà le numéro {ranked.holder}"
    if ranked.rivals and not ranked.candidate.fits:
        return f"convient mieux\u00a0: {', '.join(ranked.rivals)}"
    if ranked.rivals:
        plural = "nt" if len(ranked.rivals) > 1 else "t"
        return f"convien{plural} aussi\u00a0: {', '.join(ranked.rivals)}"
    if ranked.is_certain:
        return "aucun autre élément ne convient"
    return "cela ne suffit pas pour conclure"
