"""Work orders: what a protocol's work costs, billed, paid and given back."""
