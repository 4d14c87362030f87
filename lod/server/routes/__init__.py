"""The paths of the server and their answers: documents, SPARQL, search, API, reconciliation."""
