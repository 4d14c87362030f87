"""The least that serves SPARQL: Flask and pyoxigraph under the HTTP server of `lod serve`, for
comparison only: no deadline, no limits, no cache. `python -m tests.bench.bare STORE PORT`.
"""

import sys
from contextlib import nullcontext

from flask import Flask, Response, request
from pyoxigraph import QueryResultsFormat, Store

from lod.server.app import run
from lod.vocab import PREFIXES


def bare(store: Store) -> Flask:
    """Return an application that answers `/sparql?query=…` with JSON."""
    app = Flask(__name__)
    app.extensions["releases"] = nullcontext()
    app.extensions["releases"].close = lambda: None

    @app.get("/sparql")
    def answer() -> Response:
        found = store.query(request.args["query"], prefixes=PREFIXES)
        body = found.serialize(format=QueryResultsFormat.JSON)
        return Response(body, mimetype="application/sparql-results+json")

    return app


if __name__ == "__main__":
    run(bare(Store.read_only(sys.argv[1])), "127.0.0.1", int(sys.argv[2]))
