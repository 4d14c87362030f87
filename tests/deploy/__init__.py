"""The files of `deploy/`, each run with the program that reads it."""
