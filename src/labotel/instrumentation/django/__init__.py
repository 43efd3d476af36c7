"""Django: requests, queries and what its settings say, without an edit of the settings."""
