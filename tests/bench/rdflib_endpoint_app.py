"""rdflib-endpoint over a store of ours, for comparison; run by the Python of its own environment:
`python rdflib_endpoint_app.py STORE PORT`.
"""

import sys

import uvicorn
from oxrdflib import OxigraphStore
from pyoxigraph import Store
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint

if __name__ == "__main__":
    graph = Dataset(store=OxigraphStore(store=Store.read_only(sys.argv[1])), default_union=True)
    app = SparqlEndpoint(graph=graph, path="/sparql")
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="error")
