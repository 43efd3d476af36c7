"""The work with nothing that observes it."""
