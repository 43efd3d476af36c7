"""SQLAlchemy: statements, connections and their pools, rows."""
