"""What the descriptions of a release tell the search of the things that it names: every name; and
of a ministry or a group its days, of a ministry its portfolios and whether it helps another one.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, NamedNode, Triple

from lod.model.text import fold
from lod.rdf.iris import code_of
from lod.rdf.vocab import ORG, QP, SCHEMA, SKOS

NAMED = (SKOS.prefLabel, SKOS.altLabel)
DAYS = {SCHEMA.startDate: "start", SCHEMA.endDate: "end"}
# « auprès du ministre de la santé, chargé des retraites » is about pensions, not about health
_BESIDE = re.compile(r"\baupres d.*?(?=\b(?:en )?charge|$)")
_HELPS = re.compile(r"\b(?:aupres d|deleguee?|delegation|secretaire|secretariat)\b")
# folded words that say that an office is meant, in French and English
OFFICE_WORDS = frozenset((
    "ministre", "ministres", "ministere", "ministeres", "secretaire", "secretaires", "secretariat",
    "secretariats", "minister", "ministers", "ministry", "ministries", "secretary", "secretaries",
))  # fmt: skip
# what stands after such a word, and says no more
RANK_WORDS = frozenset((
    "etat", "delegue", "deleguee", "delegues", "deleguees", "charge", "chargee", "charges",
    "chargees", "state", "delegate",
))  # fmt: skip
_RANK = re.compile(
    rf"\b({'|'.join(sorted(OFFICE_WORDS))})"
    rf"(?: (?:(?:d|en|of) )?(?:{'|'.join(sorted(RANK_WORDS))})\b)+"
)


@dataclass(slots=True)
class Described:
    """What is told of one thing."""

    names: list[str] = field(default_factory=list)
    offices: list[str] = field(default_factory=list)  # what its ministers were called
    start: str = ""  # first and last day in ISO form; "" if none is stated
    end: str = ""
    portfolios: list[str] = field(default_factory=list)  # ends of their IRIs
    function: str = ""  # the last one of who held office

    @property
    def helps(self) -> bool:
        """Whether its minister helps another one, as a secretary of state does."""
        return any(_HELPS.search(fold(name)) for name in self.names)


def described_things(descriptions: Collection[Triple], base: str) -> dict[str, Described]:
    """Return IRI → what is told of it, of all that is described."""
    things: dict[str, Described] = defaultdict(Described)
    for s, p, o in descriptions:
        if not isinstance(s, NamedNode) or isinstance(o, BlankNode | Triple):
            continue
        iri, _, part = s.value.removeprefix(base).partition("#")
        if part:
            if p == QP.libelle:  # of a minister
                things[base + iri].offices.append(o.value)
        elif p in NAMED:
            things[s.value].names.append(o.value)
        elif p in DAYS:
            setattr(things[s.value], DAYS[p], o.value)
        elif p == ORG.classification and iri.startswith("ministere/"):
            things[s.value].portfolios.append(code_of(o.value, base))
    for person, function in last_functions(descriptions).items():
        things[person].function = function
    return dict(things)


def last_functions(descriptions: Iterable[Triple]) -> dict[str, str]:
    """Return IRI of a person → the function in the last ministry that the person held."""
    offices: dict[str, dict[NamedNode, str]] = {}
    for s, p, o in descriptions:
        if "#ministre-" in s.value:
            offices.setdefault(s.value, {})[p] = o.value
    in_order = sorted(offices.values(), key=lambda said: (said[SCHEMA.startDate], said[QP.libelle]))
    return {said[ORG.member]: said[QP.libelle] for said in in_order}


def offices_said(folded: str) -> str:
    """Return a folded text in which an office is one word, whatever its rank.

    >>> offices_said("ministre d etat charge de la ville"), offices_said("reforme de l etat")
    ('ministre de la ville', 'reforme de l etat')
    """
    return _RANK.sub(r"\1", folded)


def own_subject(name: str) -> str:
    """Return what a ministry is about by one of its names, folded; nothing of the one it helps.

    >>> own_subject("Ministère délégué auprès de la ministre de la santé, chargé de l’autonomie")
    'de l autonomie'
    >>> own_subject("Garde des sceaux, ministre de la justice")
    'garde des sceaux de la justice'
    """
    folded = offices_said(_BESIDE.sub("", fold(name)))
    told = OFFICE_WORDS | RANK_WORDS - {"etat", "state"}
    return " ".join(word for word in folded.split() if word not in told)
