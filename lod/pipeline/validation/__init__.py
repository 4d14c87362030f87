"""Validation of triples: SHACL shapes, two engines, their report; controls as SPARQL queries."""
