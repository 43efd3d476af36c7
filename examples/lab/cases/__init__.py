"""Cases: protocols with their samples, reports and files, from the draft to the sent report."""
