"""`kill -9` at random moments of a run: what is served stays whole, and the next run completes."""
