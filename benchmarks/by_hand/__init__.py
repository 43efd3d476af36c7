"""The baseline: the same signals with the OpenTelemetry SDK and its instrumentations alone."""
