"""Reuse between releases: what one keeps for the next, and what the next may take over from it.

`keys.py`: what is made of what; `kept.py`: what is kept; `previous.py`: what is taken over;
`data_delta.py`: what differs in the data. `lod/website/reuse.py` has the keys of pages,
`lod/publish/fill_store.py` amends a store, `lod/base/output_tree.py` shares equal files.
"""
