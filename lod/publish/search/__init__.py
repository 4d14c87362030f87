"""Full-text search: an SQLite file, written by the build and read by server and commands."""
