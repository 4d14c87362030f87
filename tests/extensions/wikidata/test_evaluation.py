"""The measures of `make eval-links` for the deputies born in some years, with lower bounds."""

from collections.abc import Iterator

import pytest

from lod.extensions.wikidata.link import LinkingInput, known_place_items
from lod.extensions.wikidata.people import known_deputies
from lod.reference.tables import deputy_rows
from tests.extensions.wikidata import evaluation as links
from tests.extensions.wikidata.evaluation import Wikidata, items, seats, wikidata

pytestmark = pytest.mark.shared
YEARS = {str(year) for year in range(1946, 1982, 4)}
# other items of the same persons, as far as name and year tell
DUPLICATES = {"Q62887772", "Q63763035", "Q83618132", "Q83618760", "Q98250020", "Q98250230"}


@pytest.fixture(scope="module")
def given() -> LinkingInput:
    some = {ref: p for ref, p in known_deputies(deputy_rows()).items() if p.birth_years & YEARS}
    return LinkingInput(deputies=some, place_items=known_place_items())


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, given: LinkingInput) -> Iterator[Wikidata]:
    """All politicians born in these years, and where the deputies sat."""
    quads = [q for some in items().values() if born_in(some) for q in some]
    with wikidata(tmp_path_factory.mktemp("pool") / "store", [*quads, *seats()]) as served:
        yield served


def born_in(quads: list) -> bool:  # type: ignore[type-arg]  # quads of pyoxigraph
    return any(getattr(q.object, "value", "")[:4] in YEARS for q in quads)


def test_precision_and_recall(service: Wikidata, given: LinkingInput) -> None:
    """With a third of the links hidden, five times: no wrong link, and few missed."""
    measures = [links.measure(service, given, links.masked(s, given)) for s in range(5)]
    assert all(right == every > 200 for right, every in (m.identifiants for m in measures))
    assert not any(m.fausses for m in measures)
    assert sum(m.rappel for m in measures) / len(measures) >= 0.98
    first, rows = (sum(column) for column in zip(*(m.premieres for m in measures), strict=True))
    hidden = sum(len(m.justes) + len(m.manquees) for m in measures)
    assert first / rows >= 0.995 and first / hidden >= 0.98


def test_nobody_is_found_who_is_not_there(service: Wikidata, given: LinkingInput) -> None:
    """Without their own items, deputies are certain only for other items of themselves."""
    found = {c.item.qid for c in links.absents(service, given, 2)}
    assert found <= DUPLICATES
