"""Each module here is a command."""
