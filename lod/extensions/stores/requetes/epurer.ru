# Removes up to 1000 triples of one graph that are not in the other: Virtuoso takes no more.
DELETE { GRAPH <$cible> { ?s ?p ?o } }
WHERE {
  SELECT ?s ?p ?o {
    GRAPH <$cible> { ?s ?p ?o }
    MINUS { GRAPH <$source> { ?s ?p ?o } }
  }
  LIMIT 1000
}
