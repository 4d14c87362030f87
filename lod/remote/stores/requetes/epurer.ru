# What is in one graph and not in the other goes; by the thousand, for Virtuoso takes no more.
DELETE { GRAPH <$cible> { ?s ?p ?o } }
WHERE {
  SELECT ?s ?p ?o {
    GRAPH <$cible> { ?s ?p ?o }
    MINUS { GRAPH <$source> { ?s ?p ?o } }
  }
  LIMIT 1000
}
