"""Where things stand: the project, what its tests read, and the real records beside it."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
CASES = TESTS / "cases"
COUNTEREXAMPLES = TESTS / "counterexamples"
SHARED = ROOT.parent / "shared"
REAL = SHARED / "data" / "an"  # real records, which are not part of the project
NEW = SHARED / "data" / "an-new"  # those found later, which a test names

BASE = "http://localhost:8000/"  # of a release, unless told otherwise

GOOD = CASES / "an_json" / "plain" / "source.json"
RICH = CASES / "an_json" / "whole_life" / "source.json"
BROKEN = CASES / "an_json" / "broken_truncated" / "source.json"
PAGE = CASES / "page_recent" / "withdrawn" / "source.md"  # question 15-43349
