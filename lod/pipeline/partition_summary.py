"""What the rest of a build needs to know of some questions: counts, refusals, what they name."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from pyoxigraph import NamedNode, Triple

from lod.pipeline.build_report import Decompte
from lod.pipeline.convert import Fate, Lot, Publie, Rejete
from lod.pipeline.findings import Refus, Remarque, refus_of
from lod.pipeline.intake import Connue
from lod.pipeline.statistics import Statistiques
from lod.pipeline.usage import Usages, classes_of, usages, within
from lod.pipeline.validation.validate import Result
from lod.rdf.iris import Iris, document_of
from lod.rdf.serialize import ntriples


@dataclass(slots=True)
class Sommaire:
    """What the rest of a build needs to know of a tranche.

    `lues` are the records it was made of, by hash, with their question, author, and latest day;
    `documents` the triples of each document, those that recall others apart, in `rappels`;
    `reponses` the questions that each answer serves; `usages` what is used in the questions, under
    "", and in each answer, which may be an earlier tranche's; `voisins` what else of ours the
    documents point to; `cles` the hash of what each published question was made of.
    `tient_au_jour`: an open question is among them, so that the day up to which the data goes
    counts. `references` are N-Triples by the number of the question that says them, each line once:
    as terms they would take ten times as long to be passed on.
    """

    nom: str
    cle: str
    jour: str
    tient_au_jour: bool = False
    lues: dict[str, Connue] = field(default_factory=dict)
    decompte: Decompte = field(default_factory=Decompte)
    refus: list[Refus] = field(default_factory=list)
    remarques: list[Remarque] = field(default_factory=list)
    documents: dict[str, int] = field(default_factory=dict)
    reponses: dict[str, list[str]] = field(default_factory=dict)
    foyers: dict[str, Counter[str]] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    references: dict[int, bytes] = field(default_factory=dict)
    rappels: tuple[Triple, ...] = ()
    voisins: tuple[str, ...] = ()
    cles: dict[str, str] = field(default_factory=dict)
    statistiques: Statistiques = field(default_factory=Statistiques)
    usages: dict[str, Usages] = field(default_factory=dict)


def resumer(
    sommaire: Sommaire,
    fates: Sequence[Fate],
    documents: dict[str, tuple[Triple, ...]],
    made: Lot,
    iris: Iris,
) -> None:
    """Fill in what became of the questions of a tranche."""
    said: set[bytes] = set()
    rappels: list[Triple] = []
    for fate in fates:
        sommaire.decompte.add(fate)
        if isinstance(fate, Rejete):
            sommaire.refus += [
                refus_of(read.nom, read.path, read.sha256, fate.findings) for read in fate.lectures
            ]
            sommaire.results += fate.results
            continue
        q = fate.question
        sommaire.remarques += list(_remarques(fate))
        sommaire.tient_au_jour |= q.attend
        for r in q.reponses:
            sommaire.reponses.setdefault(iris.reponse(q, r).value, []).append(q.uid)
        sommaire.references[q.numero] = _lines(fate.references, said)
        rappels += fate.rappels
        sommaire.statistiques.add(q, iris)
    sommaire.rappels = tuple(rappels)
    sommaire.documents = {iri: len(triples) for iri, triples in documents.items()}
    sommaire.foyers = {iri: made.foyers[iri] for iri in documents if iri in made.foyers}
    sommaire.results += [r for r in made.results if document_of(r.focus) in documents]


def _lines(references: Iterable[Triple], said: set[bytes]) -> bytes:
    """Return N-Triples line by line, but for those that were said; now they are."""
    new = dict.fromkeys(ntriples(references).splitlines(keepends=True))
    lines = [line for line in new if line not in said]
    said.update(lines)
    return b"".join(lines)


def relever(sommaire: Sommaire, documents: Mapping[str, Sequence[Triple]], base: str) -> None:
    """Fill in what the documents use, and what they point to."""
    sommaire.usages = _used(documents, sommaire.reponses, base)
    sommaire.voisins = tuple(_voisins(documents, base))


def _used(
    documents: Mapping[str, Sequence[Triple]], reponses: Iterable[str], base: str
) -> dict[str, Usages]:
    """Return which properties the classes of the questions use, under "", and those of each answer;
    answers that use as much share it.
    """
    classes = classes_of(chain.from_iterable(documents.values()))
    answers = [iri for iri in reponses if iri in documents]
    questions = (documents[iri] for iri in documents.keys() - set(answers))
    found = {"": within(usages(chain.from_iterable(questions), classes), base)}
    known: dict[frozenset[Any], Usages] = {}
    for iri in answers:
        own = within(usages(documents[iri], classes), base)
        found[iri] = known.setdefault(frozenset(own.items()), own)
    return found


def _voisins(documents: Mapping[str, Sequence[Triple]], base: str) -> Iterator[str]:
    """Yield the IRIs below our base that some documents point to, and are not among them."""
    own = chain.from_iterable(documents.values())
    objects = {t.object.value for t in own if isinstance(t.object, NamedNode)}
    yield from (
        iri for iri in sorted(objects) if iri.startswith(base) and document_of(iri) not in documents
    )


def _remarques(fate: Publie) -> Iterator[Remarque]:
    noms = {read.path: read.nom for read in reversed(fate.lectures)}
    for f in fate.remarks:
        nom = noms.get(f.where.path, fate.lectures[0].nom)
        yield Remarque(nom, f.where.line, f.wrong, f.remedy)
