# It is gone: nothing of it is to be tidied up.
DELETE DATA { GRAPH <$graphe> {
  <$version> <http://purl.org/dc/terms/isPartOf> <$graphe> .
  <$version> <http://www.w3.org/2000/01/rdf-schema#label> "Version $nom"@fr .
} }
