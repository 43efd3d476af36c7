"""What people do with the cases: one file for each kind of record, each view one step."""
