"""Queries to Wikidata about deputies, and their answers as values; no link is decided here."""
