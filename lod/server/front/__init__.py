"""The ASGI application: connections, limits, cache, compression, access log."""
