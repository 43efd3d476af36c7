"""Records where a person or a file of one's own reads them: the console, and rotating files."""
