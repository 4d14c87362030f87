# A graph that nobody goes to.
DROP SILENT GRAPH <$version>
