"""Tables for R, pandas and SQL: rows of questions and of what they refer to, as files.

Goes here: what turns values into rows, and writes rows; their columns are in `site/colonnes.csv`.
"""
