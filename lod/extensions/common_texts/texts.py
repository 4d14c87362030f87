"""The texts that are compared: questions in writing, and the answers to them.

A question to the Government is asked aloud, and the answer to an oral question is a debate: they
are left out, because transcripts repeat the words of the chair.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lod.extensions.common_texts.candidates import signatures
from lod.extensions.common_texts.words import words_of
from lod.model.question import Question
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.rdf.iris import Iris

QUESTION, ANSWER = "question", "reponse"  # kinds, each compared with its own
UNDATED = "9999"  # after every day


class SignedText(NamedTuple):
    """A text with its signature, as it is kept for the next release; made of its question alone."""

    iri: str  # of the question, or of the answer
    uid: str  # of the question that it was read with
    kind: str
    author: str  # IRI; "" for an answer, or if the author is unknown
    day: str  # on which it was published, ISO 8601, or UNDATED
    signature: bytes

    @property
    def code(self) -> str:
        """The end of its IRI."""
        return self.iri.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class TextReader:
    """What a process needs to read the texts of questions."""

    questions: PublishedQuestions
    iris: Iris

    def sign(self, uids: Sequence[str]) -> list[tuple[SignedText, bytes]]:
        """Return the texts of questions, in order, each with the numbers of its words."""
        stored_questions = self.questions.of_uids(uids)
        texts = [text for s in stored_questions for text in texts_of(s.question, self.iris)]
        words = [words_of(text) for _, text in texts]
        signed = zip(texts, signatures(words), words, strict=True)
        return [
            (head._replace(signature=signature), own_words.numbers.tobytes())
            for (head, _), signature, own_words in signed
        ]

    def read(self, texts: Sequence[SignedText]) -> Iterator[str]:
        """Yield the contents of texts, in order."""
        stored_questions = self.questions.of_uids(text.uid for text in texts)
        for text, stored in zip(texts, stored_questions, strict=True):
            yield text_of(stored.question, text.iri, self.iris)


def texts_of(q: Question, iris: Iris) -> Iterator[tuple[SignedText, str]]:
    """Yield the texts of a question that are compared, not signed yet."""
    if q.type != "QG" and q.texte:
        author = iris.auteur(q)
        day = q.parution.jour.isoformat() if q.parution else UNDATED
        iri = iris.question(q.uid).value
        yield SignedText(iri, q.uid, QUESTION, author.value if author else "", day, b""), q.texte
    if q.type == "QE":
        for r in q.reponses:
            if r.texte:
                day = r.jo.jour.isoformat()
                yield SignedText(iris.reponse(q, r).value, q.uid, ANSWER, "", day, b""), r.texte


def text_of(q: Question, iri: str, iris: Iris) -> str:
    """Return the text of an IRI among those of a question."""
    return next(text for head, text in texts_of(q, iris) if head.iri == iri)
