"""Validate a RO-Crate without a network; print the severity of each fault, what, and where."""

import json
import sys
from importlib.resources import files

from requests_cache import CachedRequest, CachedResponse
from rocrate_validator.models import Severity
from rocrate_validator.services import ValidationSettings, validate
from rocrate_validator.utils.http import HttpRequester

folder, kept = sys.argv[1:]
settings = ValidationSettings(
    rocrate_uri=folder, requirement_severity=Severity.RECOMMENDED, offline=True, cache_path=kept
)
context = (files("rocrate") / "data/ro-crate.jsonld").read_bytes()
request = CachedRequest(method="GET", url=json.loads(context)["@id"])
response = CachedResponse(
    url=request.url, status_code=200, headers={"Content-Type": "application/ld+json"}
)
response._content, response.request = context, request
cache = HttpRequester().session.cache
cache.save_response(response, cache.create_key(request))
issues = validate(settings).get_issues()
print(json.dumps([(i.severity.name, i.message, str(i.violatingEntity)) for i in issues]))
