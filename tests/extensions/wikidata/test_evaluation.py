"""How right the rule of certain candidates is: of known links a third is hidden among many."""

import csv
import gzip
from collections.abc import Collection, Mapping
from random import Random
from statistics import mean

import pytest

from lod.base.tabular import rows
from lod.extensions.wikidata.candidates import PlaceItems, RankedCandidate, rank_candidates
from lod.extensions.wikidata.people import BirthDay, WikidataItem, known_deputies
from lod.reference.tables import deputy_rows
from tests.support.paths import SHARED

pytestmark = pytest.mark.shared
TABLES = SHARED / "data/wikidata"
# other items of the same persons, as far as name and year tell
DUPLICATES = {"Q62887772", "Q63763035", "Q83618132", "Q83618760", "Q98250020", "Q98250230"}
DEPUTIES = known_deputies(deputy_rows())


@pytest.fixture(scope="module")
def truth() -> dict[str, str]:
    """Return acteurRef → QID of every link that is known: P4123, or matched by hand."""
    table = rows(TABLES / "deputes-autorites.csv")
    known = {row["acteurRef"]: row["wikidata_qid"] for row in table if row["wikidata_qid"]}
    return {ref: known[ref] for ref in sorted(known.keys() & DEPUTIES.keys())}


@pytest.fixture(scope="module")
def pool() -> dict[str, WikidataItem]:
    """Return QID → each politician."""
    found: dict[str, WikidataItem] = {}
    with gzip.open(TABLES / "politicians.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            qid, year = row["qid"], row["birth_year"]
            names = {row["name"]} - {qid}  # where there was no label
            births = {BirthDay(f"{year}-01-01", 9)} if year else set()
            item = WikidataItem(qid=qid, names=frozenset(names), births=frozenset(births))
            found[qid] = found[qid].united(item) if qid in found else item
    return found


def ranked(
    truth: Mapping[str, str], pool: Mapping[str, WikidataItem], hidden: Collection[str]
) -> list[RankedCandidate]:
    """Return the candidates of those whose link is hidden, or unknown; of each the best first."""
    holders = {qid: ref for ref, qid in truth.items() if ref not in hidden}
    left = [deputy for ref, deputy in DEPUTIES.items() if ref in hidden or ref not in truth]
    return rank_candidates(left, pool.values(), PlaceItems(), holders=holders)


def test_precision_and_recall(truth: dict[str, str], pool: dict[str, WikidataItem]) -> None:
    """Five times: no wrong link, few missed; nearly always the first row is the right one."""
    recalls, firsts, of_rows = [], [], []
    for seed in range(5):
        hidden = set(Random(seed).sample([*truth], len(truth) // 3))
        found = [one for one in ranked(truth, pool, hidden) if one.candidate.deputy.ref in hidden]
        certain = [one.candidate.pair for one in found if one.is_certain]
        assert [(ref, qid) for ref, qid in certain if qid != truth[ref]] == []
        first: dict[str, str] = {}
        for one in found:
            first.setdefault(*one.candidate.pair)
        right = sum(first[ref] == truth[ref] for ref in first)
        recalls.append(len(certain) / len(hidden))
        firsts.append(right / len(hidden))
        of_rows.append(right / len(first))
    assert mean(recalls) >= 0.985 and mean(firsts) >= 0.99 and mean(of_rows) >= 0.998


def test_nobody_is_found_who_is_not_there(
    truth: dict[str, str], pool: dict[str, WikidataItem]
) -> None:
    """Without their own items, deputies are certain only for other items of themselves."""
    known, found = [*truth], set[str]()
    Random(0).shuffle(known)
    for part in range(2):
        away = set(known[part::2])
        left = {qid: item for qid, item in pool.items() if qid not in {truth[r] for r in away}}
        found |= {one.candidate.item.qid for one in ranked(truth, left, away)
                  if one.is_certain and one.candidate.deputy.ref in away}  # fmt: skip
    assert found <= DUPLICATES
