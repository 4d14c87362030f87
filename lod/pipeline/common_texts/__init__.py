"""Common texts: which questions, and which answers, share passages; words are compared, no meaning.

`words.py`: a text as words without stock phrases; `signatures.py`: MinHash of its shingles;
`candidates.py`: pairs that may share much; `comparison.py`: what a pair shares, exactly;
`grouping.py`: pairs → groups; `finding.py`: all of it, on top of the release before. `outside.py`:
passages of texts published elsewhere, which a person has found.
"""
