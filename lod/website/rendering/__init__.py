"""Turns templates, words and results of queries into HTML."""
