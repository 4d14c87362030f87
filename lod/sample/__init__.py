"""The sample: real facts without the texts, in the form that the readers read.

`lod demo` and the tests build it; `python -m lod.sample FOLDER…` makes it anew.
"""
