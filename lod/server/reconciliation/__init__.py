"""Match names in a table with IRIs, for the Reconciliation Service API 0.2; independent of HTTP."""
