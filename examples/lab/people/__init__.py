"""The people: accounts, roles, sessions, what they do, and what must be said about it."""
