"""Writes what programs read: feeds, sitemaps and robots.txt, the index of the static search."""
