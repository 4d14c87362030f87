"""The query builder: a form made of shapes and ontology, and the SPARQL that its choices mean."""
