"""What every side of a comparison does: the values, the loops, the Django site."""
