"""Values pickled by `pickled_by_field` are restored as they were."""

import pickle
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from datetime import date

import pytest

from lod.base.errors import Finding, Where
from lod.model import question as model
from lod.model.question import JO, Auteur, Question, Source
from lod.pipeline.intake import IntakeRecord

KINDS = [kind for kind in vars(model).values() if is_dataclass(kind)]
QUESTION = Question(
    uid="QANR5L17QE1",
    legislature=17,
    type="QE",
    numero=1,
    auteur=Auteur(nom="Aline Dupont"),
    chaine_complete=True,
    parutions=(JO(jour=date(2024, 10, 1), page=3),),
    sources=(Source(sha256="0" * 64, format="application/json"),),
)


def test_every_value_of_the_model_is_there() -> None:
    """Every class of the model has the decorator."""
    assert len(KINDS) == 12
    for kind in KINDS:
        assert kind.__getstate__.__module__ == "lod.base.pickling", kind


@pytest.mark.parametrize(
    "value",
    [QUESTION, replace(QUESTION, titre=None), JO(jour=date(1988, 6, 28)),
     Finding(Where("a", 1), "wrong", "mend it"),
     IntakeRecord("/a", "a", 1, "0" * 64, pickled=b"x")],
    ids=["question", "empty", "issue", "finding", "record"],
)  # fmt: skip
def test_a_value_arrives_as_it_was(value: object) -> None:
    """All fields are equal, and frozen."""
    found = pickle.loads(pickle.dumps(value))
    assert found == value and found is not value
    assert [getattr(found, f.name) for f in fields(value)] == [  # type: ignore[arg-type]  # a dataclass
        getattr(value, f.name)
        for f in fields(value)  # type: ignore[arg-type]  # a dataclass
    ]
    with pytest.raises(FrozenInstanceError):
        setattr(found, fields(found)[0].name, None)


def test_a_value_of_other_fields_is_refused() -> None:
    """A value pickled by another version of the program, with other fields, raises ValueError."""
    with pytest.raises(ValueError, match="zip"):
        JO.__new__(JO).__setstate__((date(2024, 10, 1),))
