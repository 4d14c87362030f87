# A graph is begun: whoever tidies up later knows that it is there.
INSERT DATA { GRAPH <$graphe> {
  <$version> <http://purl.org/dc/terms/isPartOf> <$graphe> .
  <$version> <http://www.w3.org/2000/01/rdf-schema#label> "Version $nom"@fr .
} }
