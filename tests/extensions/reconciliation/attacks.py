"""What a hostile client sends again and again, and where hostile texts are shown."""

import json
from urllib.parse import quote


def batches(number: str) -> tuple[str, bytes, str]:
    """The largest batches of reconciliation that are allowed, 50 queries of 40 values."""
    queries = {
        f"q{i}": {
            "query": f"ministre de la justice et des affaires étrangères {number} {i}",
            "limit": 50,
            "properties": [{"pid": "groupe", "v": [f"la france {i} {j}" for j in range(40)]}],
        }
        for i in range(50)
    }
    body = f"queries={quote(json.dumps(queries))}".encode()
    return "/reconciliation", body, "application/x-www-form-urlencoded"


ATTACKS = {"batches": batches}
PAGES = ("reconciliation/preview?id=question/QANR5L17QE90001",)  # that show hostile texts
