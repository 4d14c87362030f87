"""Records → validated questions: intake, merging, resolving, conversion. Goes here: no pages."""
