"""The migrations: of permissions alone, there are no tables."""
