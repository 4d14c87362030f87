"""The HTTP server of a release: web site, documents of IRIs, downloads, SPARQL, API."""
