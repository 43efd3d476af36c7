"""Research data: data sets are git repositories, and every change of them is a command."""
