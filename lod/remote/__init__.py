"""Everything that opens a connection to the servers of others."""
