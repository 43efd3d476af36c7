"""Web analytics: who visits, what they do, and which ports of a host answer."""
