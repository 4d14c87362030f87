"""Some records of an archive, rewritten; all others keep their bytes."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

Question = dict[str, object]
Change = Callable[[Question], object]


def rewrite(path: Path, changes: dict[str, Change | None]) -> None:
    """Change some records of an archive; None: leave it out. All others keep their bytes."""
    with zipfile.ZipFile(path) as old:
        records = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, data in records.items():
            uid = Path(name).stem
            if uid in changes:
                change, record = changes[uid], json.loads(data)
                if change is None:
                    continue
                change(record["question"])
                data = json.dumps(record).encode()
            new.writestr(name, data)
