"""Reads the sources of a build: records, their archives, the reference files it is given."""
