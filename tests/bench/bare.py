"""The least that serves SPARQL: Flask and pyoxigraph under the HTTP server of `lod serve`, for
comparison only: no deadline, no limits, no cache. `python -m tests.bench.bare STORE PORT`.
"""

import sys

import uvicorn
from a2wsgi import WSGIMiddleware
from flask import Flask, Response, request
from pyoxigraph import QueryResultsFormat, Store

from lod.rdf.vocab import PREFIXES


def bare(store: Store) -> Flask:
    """Return an application that answers `/sparql?query=…` with JSON."""
    app = Flask(__name__)

    @app.get("/sparql")
    def answer() -> Response:
        found = store.query(request.args["query"], prefixes=PREFIXES)
        body = found.serialize(format=QueryResultsFormat.JSON)
        return Response(body, mimetype="application/sparql-results+json")

    return app


if __name__ == "__main__":
    application = WSGIMiddleware(bare(Store.read_only(sys.argv[1])), workers=32)
    uvicorn.run(application, port=int(sys.argv[2]), access_log=False, log_level="error")
