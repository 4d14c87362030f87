"""ontology_pages"""
