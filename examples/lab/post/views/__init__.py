"""The pages of the post."""
