"""Which questions a text may mean: by number, or by the words of a title, through the index."""

from pyoxigraph import NamedNode

from lod.publish.search.corpus import Corpus
from lod.publish.search.search_request import MOTS, Demande
from lod.server.reconciliation.numbers import numero
from lod.server.reconciliation.types import QUESTION, types

MARQUE = "VALUES ?entite { }"  # where the query takes the questions chosen
TITRES = 10  # of the questions found by words


def requete(uids: list[str], base: str) -> str:
    """Return the query for some questions; each is written as a term."""
    terms = " ".join(str(NamedNode(f"{base}{QUESTION}/{uid}")) for uid in uids)
    return types()[QUESTION].requete.replace(MARQUE, f"VALUES ?entite {{ {terms} }}")


def designees(texte: str, corpus: Corpus | None) -> list[str]:
    """Return the identifiers of the questions that a text may mean, whether they exist or not;
    raise TooLongError.
    """
    if found := numero(texte):
        return list(found.uids())
    return corpus.uids(_par_mots(texte, corpus)) if corpus else []


def _par_mots(texte: str, corpus: Corpus) -> list[int]:
    """Return the best of the questions that have the first words of a text."""
    plain = texte.replace('"', " ").replace("*", " ")
    asked = Demande(q=plain)
    while sum(len(terme.mots) for terme in asked.termes) > MOTS:
        asked = Demande(q=asked.q.rpartition(" ")[0])
    return corpus.trouvees(asked)[:TITRES]
