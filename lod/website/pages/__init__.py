"""Makes the pages that people read, a module for each kind."""
