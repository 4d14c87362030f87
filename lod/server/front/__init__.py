"""The server around Flask: who asks, places for what is dear, waitress, access log."""
