"""The HTTP server of a release: site, dereferencing, dumps, SPARQL."""
