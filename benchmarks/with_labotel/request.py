"""Django requests with labotel: `python -m benchmarks.with_labotel.request`."""

import labotel
from benchmarks.with_labotel.declared import catalog
from benchmarks.with_labotel.emit import say
from benchmarks.with_labotel.ends import flush, shutdown
from benchmarks.workload import requesting
from benchmarks.workload.completed import Completed

if __name__ == "__main__":
    requesting.set_up_django()
    labotel.configure(catalogs=[catalog], strict=False)
    own = {"http_requests_total": 1, "http_request_duration_seconds": 1}
    requesting.run(say, Completed, flush, shutdown, own)
