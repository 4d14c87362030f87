"""Charts: the rows of a query drawn as SVG, as the head of the query asks."""
