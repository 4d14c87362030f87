"""Linked open data of the questions that French deputies put to the Government."""

__version__ = "26.11.0"
