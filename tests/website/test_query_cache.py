"""A query is asked once, whichever process comes first."""

import pickle
import shutil
from pathlib import Path

import pytest

from lod.publish import query_cache as guichet
from lod.publish.query_cache import QueryCache
from lod.publish.release import current

QUERY = "SELECT ?s WHERE { ?s a ?type } ORDER BY ?s LIMIT 2000"


def test_a_process_that_starts_late_opens_the_store_itself(store: Path, tmp_path: Path) -> None:
    """What another process is given has no open store, whatever was asked before."""
    cache = QueryCache(store, tmp_path / "answers")
    assert cache.rows(QUERY)
    assert pickle.loads(pickle.dumps(cache)).rows(QUERY) == cache.rows(QUERY)


@pytest.fixture
def store(sample: Path, tmp_path: Path) -> Path:
    """A copy of the store of the sample."""
    return Path(shutil.copytree(current(sample) / "store", tmp_path / "store"))


def test_an_answer_is_there_for_others(store: Path, tmp_path: Path) -> None:
    """It is asked of the store once: then the store may be gone."""
    first, second = (QueryCache(store, tmp_path / "reponses") for _ in range(2))
    told = first.all_rows(QUERY)
    assert len(told) > 1000 and set(told[0]) == {"s"}
    shutil.rmtree(store)
    assert second.all_rows(QUERY) == told
    assert second.answer(QUERY).total == len(told)
    first.tidy()
    assert not (tmp_path / "reponses").exists()


def test_of_a_long_answer_the_first_rows_are_kept(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many there are is known; whoever wants all of them asks anew."""
    monkeypatch.setattr(guichet, "KEPT", 10)
    asked = QueryCache(store, tmp_path / "reponses")
    all_ = asked.rows(QUERY)
    assert asked.answer(QUERY) == (all_[:10], len(all_))
    assert asked.all_rows(QUERY) == all_


def test_half_an_answer_is_none(store: Path, tmp_path: Path) -> None:
    """What a killed process has begun to write is not read."""
    asked = QueryCache(store, tmp_path / "reponses")
    told = asked.all_rows(QUERY)
    [path] = (tmp_path / "reponses").iterdir()
    path.rename(path.with_suffix(".1"))
    assert asked.all_rows(QUERY) == told
