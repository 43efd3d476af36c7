"""Run the laboratory for half a minute and show what labotel made of it.

Starts labotel's receiver, gunicorn with two workers and a Celery worker with two processes; sends
some protocols through the laboratory; then shows a whole trace and the metrics, and compares them
with what happened. The exit code is 0 when every number that arrived is the one that happened.

    python examples/lab/demo.py [--protocols N] [--seconds S]
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from driver import show
from driver.arrived import differences
from driver.client import Client, Unexpected, wait_for_web
from driver.people import NotSent, People
from driver.processes import Children, DidNotStart, migrate, start_web, start_worker
from driver.stories import DAYS, STRICT_CLINIC, stories
from driver.tally import Tally
from labotel.viewer.receiver import Receiver

READINGS_WITHIN = 8.0


def main() -> int:
    """Run the demonstration; return the exit code."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the children are ended too
    # A folder of its own for each run: what an earlier run counted would be carried on.
    work = Path(tempfile.mkdtemp(prefix="labotel-lab-", dir=os.environ.get("LAB_WORK")))
    tally = Tally()
    try:
        with Receiver() as receiver:
            _run(receiver, work, tally, options.protocols, options.seconds)
    except (DidNotStart, NotSent, Unexpected) as error:
        show.failure(str(error), work)
        return 1
    except KeyboardInterrupt:
        show.failure("stopped before the end", work)
        return 130
    found = differences(receiver.store, tally)
    show.everything(receiver.store, tally, found, work)
    return 1 if found else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--protocols", type=int, default=24, help="how many samples (default 24)")
    parser.add_argument("--seconds", type=float, default=20, help="for how long (default 20)")
    options = parser.parse_args()
    if options.protocols < 1 or options.seconds < 1:
        parser.error("--protocols and --seconds must be 1 or more")
    return options


def _run(receiver: Receiver, work: Path, tally: Tally, protocols: int, seconds: float) -> None:
    """Start everything, play the stories, and stop everything: what is left is sent then."""
    speed = DAYS * 86400 / seconds
    with Children(work, _environment(work, receiver.endpoint, speed)) as children:
        with show.step("Making the database, starting Celery and gunicorn"):
            migrate(children)
            worker = start_worker(children)
            web, address = start_web(children)
            client = Client(address, tally)
            wait_for_web(web, client)
        with show.progress(protocols, f"{DAYS} days in the laboratory") as advance:
            people = People(client, tally, speed, advance)
            asyncio.run(people.play(stories(protocols)))
        with show.step("Waiting for the last readings, then stopping"):
            receiver.store.wait_for(lambda: not differences(receiver.store, tally), READINGS_WITHIN)
            web.stop()
            worker.stop()


def _environment(work: Path, endpoint: str, speed: float) -> dict[str, str]:
    """Return the environment of the processes: what the caller set for OpenTelemetry stays out."""
    ours = ("OTEL_", "LABOTEL_", "LAB_", "DJANGO_", "CELERY_", "GUNICORN_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return inherited | {
        "LAB_WORK": str(work),
        "LAB_CLOCK_START": str(time.time()),
        "LAB_CLOCK_SPEED": str(speed),
        "LAB_GREYLISTING_DOMAIN": STRICT_CLINIC,
        "DJANGO_SETTINGS_MODULE": "lab.settings",
        "LABOTEL_RUNTIME_DIR": str(work / "runtime"),
        "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_RESOURCE_ATTRIBUTES": "service.namespace=lab,deployment.environment.name=demo",
        "OTEL_METRIC_EXPORT_INTERVAL": "2000",
        "OTEL_BSP_SCHEDULE_DELAY": "500",
        "OTEL_BLRP_SCHEDULE_DELAY": "500",
        "NO_PROXY": "127.0.0.1",
        "PYTHONUNBUFFERED": "1",
    }


if __name__ == "__main__":
    sys.exit(main())
