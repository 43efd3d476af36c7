"""Celery: spans by OpenTelemetry's own instrumentation, its traps solved; events by labotel."""
