"""Flask: its requests, and who they are for."""
