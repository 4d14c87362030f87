"""One result of a validation, the same for every engine, and the order of results."""

from collections.abc import Iterable
from dataclasses import dataclass

REFERENCE, FAST = "pyshacl", "shacl"  # the engines, by the names of their packages


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One result of SHACL; an absent part is ""."""

    severity: str  # Violation, Warning or Info
    focus: str  # IRI of the node at fault
    path: str  # IRI of the property
    component: str  # kind of constraint: MinCountConstraintComponent …
    shape: str  # IRI
    value: str  # the value at fault
    message_fr: str
    message_en: str


def in_order(results: Iterable[Result]) -> list[Result]:
    """Return the results in the order in which all reports have them, each once: two shapes of a
    node may share a property shape.
    """
    return sorted(set(results), key=lambda r: (r.focus, r.path, r.component, r.shape, r.value))
