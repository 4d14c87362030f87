"""The paths of the server and what they answer: documents, SPARQL, search, APIs."""
