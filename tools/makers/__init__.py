"""Programs of those who maintain the project: they make the tables and the sample anew."""
