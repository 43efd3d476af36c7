"""redis-py: what is asked of Redis by its clients, synchronous or not."""
