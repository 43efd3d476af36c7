"""Goods, the warehouses that they are in, and what is done with them."""
