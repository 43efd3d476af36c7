"""The demonstration's machinery: the processes, the people, what they count, and what is shown."""
