"""Commands of the warehouses."""
