"""One result of a validation, as every engine tells it, and the order of results."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One result of the report: severity, focus node, path, constraint, shape, value, messages."""

    severity: str
    focus: str
    path: str
    component: str
    shape: str
    value: str
    message_fr: str
    message_en: str


def in_order(results: Iterable[Result]) -> list[Result]:
    """Return the results in the order of every report."""
    return sorted(results, key=lambda r: (r.focus, r.path, r.component, r.shape, r.value))
