"""Full-text search: an SQLite file written by the build, and what is read from it."""
