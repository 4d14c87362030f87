"""rdflib-endpoint over a store of ours, for comparison; run by the Python of its own environment:
`python rdflib_endpoint_app.py STORE PORT`.
"""

import sys


def serve(path: str, port: int) -> None:
    """Serve a store until the process is ended."""
    import uvicorn  # all of these are in the other environment only
    from oxrdflib import OxigraphStore
    from pyoxigraph import Store
    from rdflib import Dataset
    from rdflib_endpoint import SparqlEndpoint

    graph = Dataset(store=OxigraphStore(store=Store.read_only(path)), default_union=True)
    app = SparqlEndpoint(graph=graph, path="/sparql")
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
