"""The laboratory: samples come in, reports go out."""
