"""The entities of a release, found by id, by identifier, by word, or by how a word begins."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from lod.model.text import fold
from lod.publish.search.words import OUTILS_ECRITS
from lod.server.reconciliation.batch import Demande
from lod.server.reconciliation.compare import verdict
from lod.server.reconciliation.entities import Entite
from lod.server.reconciliation.types import proprietes

MOTS = 16  # words that are looked up: no name has more that tell it from another
VOISINS = 8  # words that stand for one that nobody bears
SEUIL = 0.7  # of the letters that such a word has in common with the one asked
LAST = "\U0010ffff"  # comes after every letter


class Index:
    """The entities of a release, and the namesakes that are known besides; never written again."""

    def __init__(self, entites: Iterable[Entite]) -> None:
        self.entites = {entite.id: entite for entite in entites}
        self._ids: dict[str, str] = {}
        self._par_mot: dict[str, list[str]] = {}
        for entite in self.entites.values():
            for value in self._identifiants(entite):
                self._ids.setdefault(value.casefold(), entite.id)
            for word in dict.fromkeys(word for nom in entite.noms for word in fold(nom).split()):
                self._par_mot.setdefault(word, []).append(entite.id)
        self._mots = sorted(self._par_mot)

    def _identifiants(self, entite: Entite) -> Iterator[str]:
        if entite.est_publiee:
            yield entite.id
            for name in entite.sorte.proprietes:
                if proprietes()[name].genre == "identifiant":
                    yield from (valeur.cle for valeur in entite.valeurs.get(name, ()))

    def nom(self, name: str, otherwise: tuple[str, ...]) -> str:
        """Return what an entity is called, by its id, or by others where it is not known."""
        known = self.entites.get(name)
        return known.nom if known else next(iter(otherwise), name)

    def identifiee(self, texte: str, kinds: Sequence[str] = ()) -> Entite | None:
        """Return the entity of which a text is the id or an identifier.

        The end of an id is enough where one type is asked, and it has a digit: without one it is
        made from a name, which others may have.
        """
        asked = texte.casefold()
        name = self._ids.get(asked)
        if not name and len(kinds) == 1 and any(map(str.isdigit, asked)):
            name = self._ids.get(f"{kinds[0]}/{asked}")
        return self.entites[name] if name else None

    def proches(self, demande: Demande) -> list[Entite]:
        """Return the entities that may be what is asked: by identifier, by a word, or by what is
        known of them where nothing else is said.
        """
        if not demande.texte:
            found: Iterable[Entite] = self._connues(demande)
        else:
            own = self.identifiee(demande.texte, demande.types)
            names = dict.fromkeys(
                [*([own.id] if own else []), *self._nommees(demande), *self._par_mots(demande.nom)]
            )
            found = map(self.entites.__getitem__, names)
        return [entite for entite in found if demande.admet(entite.type)]

    def _connues(self, demande: Demande) -> Iterator[Entite]:
        """Yield the entities of which all that is said is true."""
        asked = demande.attendues
        for entite in self.entites.values():
            if all(
                verdict(proprietes()[name].genre, entite.connues(name), said)
                for name, said in asked.items()
            ):
                yield entite

    def _nommees(self, demande: Demande) -> Iterator[str]:
        """Yield who has one of the identifiers that are said beside the name."""
        for name, said in demande.attendues.items():
            if proprietes()[name].genre == "identifiant":
                yield from (self._ids[x] for x in map(str.casefold, said) if x in self._ids)

    def _par_mots(self, texte: str) -> list[str]:
        words = list(dict.fromkeys(fold(texte).split()))
        telling = [word for word in words if word not in OUTILS_ECRITS] or words
        return [name for word in telling[:MOTS] for name in self._par_un_mot(word)]

    def _par_un_mot(self, word: str) -> Iterator[str]:
        """Yield who bears a word; if nobody does, who bears one that is spelled much alike."""
        if word in self._par_mot:
            yield from self._par_mot[word]
            return
        scorer = Levenshtein.normalized_similarity
        near = process.extract(word, self._mots, scorer=scorer, score_cutoff=SEUIL, limit=VOISINS)
        for other, _, _ in near:
            yield from self._par_mot[other]

    def commencant(self, prefixe: str) -> list[Entite]:
        """Return what is published and has, for each word, one that begins so; the best first: who
        has the identifier, then whose name begins so, then the others by name.
        """
        own, words = self.identifiee(prefixe), fold(prefixe).split()
        found = set.intersection(*map(self._debut, words)) if words else set()
        names = found | ({own.id} if own else set())
        entites = [self.entites[name] for name in names if self.entites[name].est_publiee]
        begins = fold(prefixe)

        def rang(entite: Entite) -> tuple[bool, bool, str, str]:
            folded = fold(entite.nom)
            return (entite is not own, not folded.startswith(begins), folded, entite.id)

        return sorted(entites, key=rang)

    def _debut(self, word: str) -> set[str]:
        """Return who bears a word that begins so."""
        first, last = bisect_left(self._mots, word), bisect_left(self._mots, word + LAST)
        return {name for mot in self._mots[first:last] for name in self._par_mot[mot]}
