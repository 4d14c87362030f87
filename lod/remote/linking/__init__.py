"""Which item of Wikidata may be which deputy: proposed with reasons, decided by a person."""
