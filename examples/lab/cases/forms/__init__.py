"""What people fill in about a case; what comes out is checked, and in the catalogue's words."""
