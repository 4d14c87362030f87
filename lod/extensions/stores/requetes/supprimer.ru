# Drops a graph.
DROP SILENT GRAPH <$version>
