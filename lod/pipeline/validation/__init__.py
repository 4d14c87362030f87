"""SHACL: the shapes, the engines that read them, what they say, and what they looked at."""
