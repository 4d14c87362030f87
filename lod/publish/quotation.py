"""Whose a passage of a question or of its answer is: nobody is named whom no record names."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from lod.model.interventions import spoken_in
from lod.model.question import JO, Intervention, Question, Reponse
from lod.rdf.iris import Iris

Part = Literal["question", "reponse", "echange", "compte-rendu"]
TRANSCRIPT = "compte rendu de la séance"  # in which deputies and ministers speak


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a passage stands, and who says it."""

    question: Question
    answer: Reponse | None = None  # None if it stands in the question
    turn: Intervention | None = None  # of the answer, if all of the passage is said in it

    @property
    def part(self) -> Part:
        """In what it stands: an exchange is a transcript that is cut by its speakers."""
        if self.answer is None:
            return "question"
        if not self.question.est_orale:
            return "reponse"
        return "echange" if self.answer.interventions else "compte-rendu"

    @property
    def jo(self) -> JO | None:
        return self.answer.jo if self.answer else self.question.parution

    @property
    def author(self) -> str:
        """Who says it, in words: of a written answer the ministry in charge."""
        if self.turn:
            return self.turn.nom
        auteur, charge = self.question.auteur, self.question.ministere_attributaire
        if self.part == "question":
            return auteur.nom or auteur.acteur_ref or "auteur non indiqué"
        if self.part == "reponse":
            return charge.libelle if charge else "Gouvernement"
        return TRANSCRIPT

    @property
    def path(self) -> str:
        """The path of the page of the person who says it, without extension; or ""."""
        person = self.turn.orateur if self.turn else None
        return "/".join(person) if person else ""

    def speaker(self, base: str) -> dict[str, Any] | None:
        """Return name, office and IRI of the person who says it; None if no record tells."""
        iris, auteur = Iris(base), self.question.auteur
        if self.part == "question" and auteur.nom:
            iri = iris.auteur(self.question)
            return {"nom": auteur.nom, "qualite": None, "iri": iri.value if iri else None}
        if not self.turn:
            return None
        iri = iris.reference(*self.turn.orateur) if self.turn.orateur else None
        name, office = self.turn.libelle, self.turn.qualite
        return {"nom": name, "qualite": office, "iri": iri.value if iri else None}

    def at(self, start: int, end: int) -> "Origin":
        """Return the origin of a passage between two places of the text of the answer."""
        r = self.answer
        turn = spoken_in(r.texte, r.interventions, start, end) if r and r.texte else None
        return Origin(self.question, r, turn)


def texts_of(q: Question) -> Iterator[tuple[Origin, str]]:
    """Yield the texts of a question: its own, and its answers, an exchange turn by turn."""
    if q.texte:
        yield Origin(q), q.texte
    for r in q.reponses:
        text = r.texte or ""
        for turn in r.interventions:
            if said := text[turn.debut : turn.fin]:
                yield Origin(q, r, turn), said
        if text and not r.interventions:
            yield Origin(q, r), text
