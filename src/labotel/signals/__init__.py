"""One event in, three signals out: the queue, the metrics' cells, log records, span events."""
