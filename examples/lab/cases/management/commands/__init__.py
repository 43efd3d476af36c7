"""What is done from the command line, by a timer as a rule."""
