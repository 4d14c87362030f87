"""Values and rules that every part of the server uses: requests, answers, problems, headers."""
