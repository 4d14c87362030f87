"""Measurements of what is right, not of how fast it is."""
