"""Describes the ontology and the shapes as tables and as a graph, for pages about them."""
