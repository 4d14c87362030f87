# A rank is taken back: nobody goes to that graph any more.
DELETE DATA { GRAPH <$graphe> { <$version> <https://schema.org/position> $rang } }
