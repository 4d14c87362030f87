"""The site of a release: pages, their data in other forms, feeds and static search."""
