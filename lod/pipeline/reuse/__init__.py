"""Reuse between releases: what one keeps for the next, and what the next may take over from it.

It is decided for each record by `RecordReader` (`lod/pipeline/intake.py`), for each question by
`Settler.settle` (`lod/pipeline/settling.py`), for each page of a resource in `lod/website/reuse.py`
and for the store in `lod/publish/fill_store.py`; `lod/base/output_tree.py` shares equal files. Here
are the parts: `keys.py`, what is made of what; `kept.py`, what is kept; `previous.py`, what a
release offers to the next one; `data_delta.py`, what differs in the data.
"""
