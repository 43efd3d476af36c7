"""Visitors, what they do, and port scans."""
