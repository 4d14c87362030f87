"""Bytes of a record → Reading. Goes here: a module for each form of record, and what they share."""
