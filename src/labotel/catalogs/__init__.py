"""The built-in catalogues: what labotel itself says of requests, queries and tasks."""
