"""Values of the domain: the question, texts, dates, identifiers. Goes here: no input, no RDF."""
