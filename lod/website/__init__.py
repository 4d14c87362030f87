"""The site of a release: pages, their data in other forms, feeds, pictures and static search."""
