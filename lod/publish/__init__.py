"""A release without its pages: store, dumps, descriptions, history, search, query catalogue."""
