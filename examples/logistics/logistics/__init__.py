"""Goods on their way from a warehouse in China to one in Ghana."""
