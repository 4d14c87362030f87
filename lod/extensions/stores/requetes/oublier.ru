# Removes the statement that a graph is begun, after the graph was dropped.
DELETE DATA { GRAPH <$graphe> {
  <$version> <http://purl.org/dc/terms/isPartOf> <$graphe> .
  <$version> <http://www.w3.org/2000/01/rdf-schema#label> "Version $nom"@fr .
} }
