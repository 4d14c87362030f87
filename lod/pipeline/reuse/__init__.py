"""Reuse between releases: what one keeps for the next, and what the next may take over from it."""
