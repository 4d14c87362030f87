# States that a graph is begun, so that a later push can drop it if it is never finished.
INSERT DATA { GRAPH <$graphe> {
  <$version> <http://purl.org/dc/terms/isPartOf> <$graphe> .
  <$version> <http://www.w3.org/2000/01/rdf-schema#label> "Version $nom"@fr .
} }
