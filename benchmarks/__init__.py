"""What labotel costs, measured against OpenTelemetry by hand: `python -m benchmarks`.

`by_hand/` is the baseline, `with_labotel/` the same work with labotel, `bare/` with neither; each
module there is one run in a process of its own. `workload/` is what all of them do.
"""
