"""Keeps settled questions in `questions.db`, and beside it what the next release may reuse."""
