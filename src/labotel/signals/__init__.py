"""One event in, three signals out: the queue, the cells of the metrics, log records, span events."""
