"""One module, which Python imports first in every process of a test run."""
