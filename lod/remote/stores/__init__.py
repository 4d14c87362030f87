"""Stores on other machines: the engines, the requests, and the push of a release.

A release has a graph of its own there, and one triple says that it is served: see `versions.py`.
"""
