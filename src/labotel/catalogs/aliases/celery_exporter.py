"""The names of danihodovic/celery-exporter, over labotel's metrics.

By its source (`src/exporter.py`). `celery_queue_length` is labotel's own name too. `hostname` is
missing, on purpose: who measured is told by `instance`, and a worker that starts anew makes no new
series.
"""

from labotel.events.alias import Alias
from labotel.events.catalog import Catalog

_STATES = {
    "succeeded": 'status="success"',
    "failed": 'status=~"failure|timeout"',
    "retried": 'status="retry"',
    "revoked": 'status="revoked"',
}
_BY = {"name": "task_name"}

catalog = Catalog(
    "celery_exporter",
    aliases=[
        *(Alias(f"celery_task_{state}_total", f"celery_tasks_total{{{matcher}}}", by=_BY)
          for state, matcher in _STATES.items()),
        Alias("celery_task_runtime", "celery_task_duration_seconds", by=_BY),
        Alias("celery_worker_up", "celery_worker_count"),
    ],
)  # fmt: skip
