"""Invented questions, and one writer for each form in which the Assemblée publishes questions."""
