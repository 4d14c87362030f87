"""Archives AMO in which every value is wrong: told of in bounded time, and to a bounded number."""

import json
import time
from pathlib import Path

import pytest

from lod.reference.amo_archives import read_directory
from lod.reference.amo_records import MAX_FINDINGS
from tests.support.patience import patience

MANY = 50_000
PERSON = {"uid": "PA1", "etatCivil": {"ident": {"prenom": "A", "nom": "B"}}}


@pytest.mark.parametrize(
    "document",
    [
        {"acteurs": {"acteur": [1] * MANY}},
        {"export": {"acteurs": {"acteur": [{"a": 1}] * MANY}}},
        {"export": {"organes": {"organe": [{"codeType": "GP"}] * MANY}}},
        {"acteur": {**PERSON, "mandats": {"mandat": [{"typeOrgane": "ASSEMBLEE"}] * MANY}}},
        {"acteurs": {"acteur": [{**PERSON, "uri_hatvp": "x"}] * MANY}},
    ],
    ids=["no objects", "no persons", "no bodies", "no mandates", "no addresses"],
)
@pytest.mark.slow
def test_a_thousand_findings_are_told(document: object, tmp_path: Path) -> None:
    """The others are counted; what is right of the file, and the next file, is read."""
    wrong, right = tmp_path / "a.json", tmp_path / "b.json"
    wrong.write_text(json.dumps(document, indent=0))
    right.write_text(json.dumps({"acteur": PERSON | {"uid": "PA2"}}))
    begun = time.process_time()
    directory, findings = read_directory([wrong, right])
    assert time.process_time() - begun < patience(20)
    assert "PA2" in directory.persons
    lines = [finding.where.line for finding in findings[:MAX_FINDINGS]]
    assert lines == sorted(lines) and len(set(lines)) >= MAX_FINDINGS - 2
    assert len(findings) == MAX_FINDINGS + 1
    assert "more values are wrong, beside the 1000 told of; it is left out" in str(findings[-1])
    assert str(MANY - MAX_FINDINGS)[:2] in str(findings[-1])
