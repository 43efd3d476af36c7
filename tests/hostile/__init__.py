"""Inputs that no application should give, through every way in."""
