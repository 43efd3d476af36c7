"""The tables of the post."""
