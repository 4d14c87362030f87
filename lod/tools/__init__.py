"""Makers of files that the package brings: tables and sample. Goes here: what only we run."""
