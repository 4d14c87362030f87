"""Stores on other machines: which engines there are, how to ask them, how a release gets there.

A release has a graph of its own there, and one triple says that it is served: see `versions.py`.
"""
