"""A question with a day and little else, to state more of."""

from datetime import date

from msgspec.structs import replace

from lod.model.question import JO, Auteur, Question

D = date.fromisoformat


def question(parution: str, **values: object) -> Question:
    """A written question of the day, with nothing else in it."""
    q = Question(
        uid="QANR5L15QE90001", legislature=15, type="QE", numero=90001, sources=(),
        auteur=Auteur(nom="Camille Exemple"), chaine_complete=True,
        parutions=(JO(jour=D(parution)),), donnees_au=D("2025-06-03"),
    )  # fmt: skip
    return replace(q, **values)  # type: ignore[arg-type] # fields of any type
