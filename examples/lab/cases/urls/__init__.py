"""The addresses of the cases, one file for each first segment of a path."""
