# The switch, one triple: the graph with the highest rank is the one that is served.
INSERT DATA { GRAPH <$graphe> { <$version> <https://schema.org/position> $rang } }
