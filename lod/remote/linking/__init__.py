"""Proposals which item of Wikidata is which deputy, with reasons; a person decides."""
