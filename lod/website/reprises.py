"""The pages of a tranche of questions, taken over from the release before where nothing that stands
on them has changed: beside the file of the tranche stands what they were made of, and which they
are.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from lod.iris import Iris
from lod.site import Site, take_over
from lod.sommaire import Sommaire
from lod.tranches import FOLDER, PAGES, sommaire_of
from lod.website.rendering import Contexte


@dataclass(frozen=True, slots=True)
class Releve(Site):
    """A site that remembers which files were written."""

    ecrits: list[str] = field(default_factory=list)

    def write(self, path: str, content: bytes) -> None:
        """Write a file, and remember its path."""
        self.ecrits.append(path)
        Site.write(self, path, content)


def reprendre(path: Path, contexte: Contexte, write: Callable[[Path, Contexte], int]) -> int:
    """Take over the pages of a tranche, or have them written; return how many files they are."""
    made_of = empreinte(sommaire_of(path), contexte)
    beside, site = path.with_name(path.name + PAGES), contexte.site
    known = _known(site, path.name, made_of)
    if known and all(site.link(name) for name in known):
        take_over(_beside(site, path.name), beside)
        return len(known)
    releve = Releve(site.folder, site.before)
    write(path, replace(contexte, site=releve))
    beside.write_text("\n".join((made_of, *releve.ecrits)), "ascii")
    return len(releve.ecrits)


def _beside(site: Site, nom: str) -> Path:
    assert site.before, "only asked where there is a release before"
    return site.before.parent / FOLDER / (nom + PAGES)


def _known(site: Site, nom: str, made_of: str) -> list[str]:
    """Return the files of the tranche in the release before, if they were made of the same."""
    if not site.before:
        return []
    try:
        was_made_of, *names = _beside(site, nom).read_text("ascii").splitlines()
    except (OSError, ValueError):
        return []
    return names if was_made_of == made_of else []


def empreinte(sommaire: Sommaire, contexte: Contexte) -> str:
    """Return the hash of all that the pages of a tranche are made of.

    That is the tranche itself, what is said on every page, and of the rest of the release: what
    neighbours are called, whom answers serve besides, who recalls a question.
    """
    iris = Iris(contexte.base)
    day = sommaire.jour if sommaire.tient_au_jour else ""
    hashed = hashlib.sha256(f"{sommaire.cle}\n{day}\n{contexte.editeur}\n".encode())
    hashed.update(f"{contexte.licence}\n{contexte.sample}\n".encode())
    for iri in sommaire.voisins:
        hashed.update(f"{iri} {contexte.noms.get(iri)}\n".encode())
    for iri in sommaire.reponses:
        hashed.update(f"{iri} {contexte.partages.get(iri)}\n".encode())
    for uid in sommaire.uids:
        recalling = contexte.rappelees.get(iris.question(uid).value)
        hashed.update(f"{uid} {recalling}\n".encode())
    for triple in sommaire.rappels:
        hashed.update(f"{triple.object.value in contexte.rappelees}\n".encode())  # type: ignore[union-attr]
    return hashed.hexdigest()
