"""What may leave, and as what: pseudonyms, scrubbed text, bounded series, statements' shapes."""
