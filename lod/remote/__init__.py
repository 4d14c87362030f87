"""The HTTP client for servers of others, and the check of a published release by it."""
