"""What runs in the environment of the suites: a few lines around packages that have no command."""
