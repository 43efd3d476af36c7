"""The local viewer: OTLP in, a terminal rendering out."""
