"""The validator of RO-Crate."""

import json
from pathlib import Path

from tests.support.suites import JudgedSite


def crate(site: JudgedSite) -> str:
    """Count the faults of the deposit: against what is required, against what is recommended."""
    said = site.run_python(
        "python", Path(__file__).parent / "judges/crate.py", site.files, site.folder / "context"
    )
    issues = json.loads(said.splitlines()[-1])
    print(*issues, sep="\n")
    found = [severity for severity, *_ in issues]
    return f"{found.count('REQUIRED')} · {found.count('RECOMMENDED')}"


SUITES = {"roc-validator": crate}
