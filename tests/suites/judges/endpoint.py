"""Ask an endpoint what SIB's tools ask it: prefixes, classes, examples, shapes; print how many."""

import json
import sys
from unittest.mock import MagicMock

# what answers questions, and needs half a gigabyte of packages, is not asked
config = sys.modules["sparql_llm.config"] = MagicMock()
config.settings.endpoints, config.settings.auto_init = [], False

from sparql_llm import SparqlExamplesLoader, SparqlVoidShapesLoader  # noqa: E402
from sparql_llm.utils import get_prefixes_for_endpoint, get_schema_for_endpoint  # noqa: E402

endpoint = sys.argv[1]
found = {
    "prefixes": get_prefixes_for_endpoint(endpoint),
    "classes": get_schema_for_endpoint(endpoint),
    "examples": SparqlExamplesLoader(endpoint).load(),
    "shapes": SparqlVoidShapesLoader(endpoint).load(),
}
print(json.dumps({name: len(values) for name, values in found.items()}))
