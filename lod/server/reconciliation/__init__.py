"""Joining the spreadsheets of others with our IRIs: the Reconciliation Service API, version 0.2, of
the W3C Entity Reconciliation Community Group; nothing here knows HTTP.
"""
