"""The pages of questions and of resources, taken over from the release before where nothing that
stands on them has changed: beside the tranches stands what they were made of, and which they are.

A tranche in which nothing has changed is not opened; of another one, the questions that are as they
were are taken over, each by itself. So is a resource whose tables tell of its questions alone.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path

from pyoxigraph import Triple

from lod.base.output_tree import Site, take_over
from lod.model.question import Question
from lod.pipeline.partition_summary import Sommaire
from lod.pipeline.partitions import FOLDER, PAGES, documents_in, sommaire_of
from lod.rdf.iris import Iris
from lod.website.documents import voisins_de
from lod.website.rendering import Contexte

Write = Callable[[Question, Mapping[str, bytes], Contexte], None]
RESSOURCES = ".ressources"  # in the folder of the tranches: pages of some resources


@dataclass(frozen=True, slots=True)
class Releve(Site):
    """A site that remembers which files were written."""

    ecrits: list[str] = field(default_factory=list)

    def write(self, path: str, content: bytes) -> None:
        """Write a file, and remember its path."""
        self.ecrits.append(path)
        Site.write(self, path, content)


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of a tranche: what all of them were made of; and what each question was made of,
    with its files. Or of some resources likewise, of no tranche.
    """

    tranche: str
    fichiers: dict[str, list[str]]

    def text(self) -> str:
        """Return it as it stands in a file: a line a question, after that of the tranche."""
        lines = (" ".join((made_of, *names)) for made_of, names in self.fichiers.items())
        return "\n".join((self.tranche, *lines))

    @classmethod
    def read(cls, path: Path | None) -> "Pages":
        """Read a file; what is not there, or no such file, has no pages."""
        try:
            tranche, *lines = path.read_text("ascii").splitlines() if path else ("",)
        except (OSError, ValueError):
            return cls("", {})
        return cls(tranche, {made_of: names for made_of, *names in map(str.split, lines)})

    def files(self) -> list[str]:
        """Return the files of all questions."""
        return [*chain.from_iterable(self.fichiers.values())]


def repris(names: list[str], contexte: Contexte, write: Callable[[Contexte], object]) -> list[str]:
    """Take over files, or have them written if that cannot be done; return which they are."""
    if names and all(map(contexte.site.link, names)):
        return names
    releve = Releve(contexte.site.folder, contexte.site.before)
    write(replace(contexte, site=releve))
    return releve.ecrits


def reprendre(path: Path, contexte: Contexte, write: Write) -> int:
    """Take over the pages of a tranche, or those of some of its questions, or none, and have the
    others written; return how many files they are.
    """
    site, sommaire = contexte.site, sommaire_of(path)
    beside = path.with_name(path.name + PAGES)
    old = site.before and site.before.parent / FOLDER / beside.name
    known, pages = Pages.read(old), Pages(empreinte(sommaire, contexte), {})
    if old and known.tranche == pages.tranche and all(map(site.link, known.files())):
        take_over(old, beside)
        return len(known.files())
    questions, said = documents_in(path)
    for q in map(contexte.publiee, questions):
        made_of, told = empreinte_de(q, said, sommaire, contexte), partial(write, q, said)
        pages.fichiers[made_of] = repris(known.fichiers.get(made_of, []), contexte, told)
    beside.write_text(pages.text(), "ascii")
    return len(pages.files())


def empreinte(sommaire: Sommaire, contexte: Contexte) -> str:
    """Return the hash of all that the pages of a tranche are made of.

    That is the tranche itself, what is said on every page, and of the rest of the release: what
    neighbours are called, whom answers serve besides, who recalls a question.
    """
    iris = Iris(contexte.base)
    day = sommaire.jour if sommaire.tient_au_jour else ""
    hashed = hashlib.sha256(f"{sommaire.cle}\n{day}\n{_partout(contexte)}".encode())
    for iri in sommaire.voisins:
        hashed.update(f"{iri} {contexte.noms.get(iri)}\n".encode())
    for iri in sommaire.reponses:
        hashed.update(f"{iri} {contexte.partages.get(iri)}\n".encode())
    for uid in sommaire.cles:
        recalling = contexte.rappelees.get(iris.question(uid).value)
        hashed.update(f"{uid} {recalling}\n".encode())
    for triple in sommaire.rappels:
        hashed.update(f"{triple.object.value in contexte.rappelees}\n".encode())  # type: ignore[union-attr]
    return hashed.hexdigest()


def empreinte_de(
    q: Question, said: Mapping[str, bytes], sommaire: Sommaire, contexte: Contexte
) -> str:
    """Return the hash of all that the pages of one question are made of, likewise."""
    iris = Iris(contexte.base)
    iri, day = iris.question(q.uid).value, sommaire.jour if q.attend else ""
    hashed = hashlib.sha256(f"{sommaire.cles[q.uid]}\n{day}\n{_partout(contexte)}".encode())
    hashed.update(f"{contexte.rappelees.get(iri)}\n{q.rappels}\n".encode())
    answers = [iris.reponse(q, r).value for r in q.reponses]
    for document in (iri, *answers):
        hashed.update(f"{document} {contexte.partages.get(document)}\n".encode())
        told = said.get(document, b"")
        hashed.update(told)
        for neighbour in voisins_de(told):
            hashed.update(f"{neighbour} {contexte.noms.get(neighbour)}\n".encode())
    return hashed.hexdigest()


def ressources_of(folder: Path | None) -> dict[str, list[str]]:
    """Return what the pages of resources were made of in a release → their files."""
    found = sorted(folder.glob(f"*{RESSOURCES}")) if folder else []
    return dict(chain.from_iterable(Pages.read(path).fichiers.items() for path in found))


def empreinte_commune(work: Path, contexte: Contexte) -> str:
    """Return the hash of what the pages of any resource may tell of others: all that is said of
    these but the statistics, links, what Wikidata says; and of what is said on every page.
    """
    hashed = hashlib.sha256(f"{contexte.fabrication}\n{_partout(contexte)}".encode())
    own, questions = f"<{contexte.base}".encode(), f"<{contexte.base}question/".encode()
    with (work / "reste.nt").open("rb") as file:
        for line in file:
            subject = line.partition(b" ")[0]
            is_resource = subject.startswith(own) and not subject.startswith(questions)
            if is_resource and b"#statistique" not in subject:
                hashed.update(line)
    for name in ("links.nt", "faits.nt"):
        hashed.update((work / name).read_bytes())
    return hashed.hexdigest()


def empreinte_de_ressource(
    iri: str, triples: Iterable[Triple], roles: object, questions: str, commune: str
) -> str:
    """Return the hash of all that the pages of a resource are made of: what is said of it, what
    points to it, its questions, and what all have in common.
    """
    hashed = hashlib.sha256(f"{iri}\n{commune}\n{questions}\n{roles}\n".encode())
    for triple in triples:
        hashed.update(f"{triple}\n".encode())
    return hashed.hexdigest()


def _partout(contexte: Contexte) -> str:
    """Return what is said on every page."""
    return f"{contexte.editeur}\n{contexte.licence}\n{contexte.sample}\n"
