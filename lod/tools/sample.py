"""The sample: real facts without the texts, in the form that the readers read.

`lod demo` and the tests build it; `python -m lod.tools.make_sample FOLDER…` makes it anew.
"""
