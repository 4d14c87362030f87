"""Counts what became of the records of a build, and tells it; keeps those that are rejected."""
