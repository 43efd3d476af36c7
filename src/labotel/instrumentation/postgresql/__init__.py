"""PostgreSQL's drivers, where the application uses one by itself."""
