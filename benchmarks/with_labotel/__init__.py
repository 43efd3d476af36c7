"""labotel's side of each comparison."""
