"""Questions, tables and archives as triples in the terms of `ontology/qp.ttl`."""
