"""Evaluation of SPARQL queries in separate processes, which can be killed."""
