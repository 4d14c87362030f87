# Removes a rank of a graph: servers turn to another one.
DELETE DATA { GRAPH <$graphe> { <$version> <https://schema.org/position> $rang } }
