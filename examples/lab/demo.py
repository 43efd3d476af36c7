"""Run the laboratory for half a minute and show what labotel made of it.

Starts labotel's receiver, gunicorn with two workers and a Celery worker with two processes; lets
the laboratory's people live through two weeks; then shows a whole trace and the metrics, and
compares them with what happened. The exit code is 0 when every number that arrived is the one that
happened.

    python examples/lab/demo.py [--protocols N] [--seconds S]
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from pathlib import Path

from driver import show
from driver.arrived import differences
from driver.browser import Unexpected
from driver.clock import DAY, Clock
from driver.day import play_weeks
from driver.environment import environment
from driver.mailbox import NotSent
from driver.page import NoForm
from driver.processes import Children, DidNotStart, open_laboratory, start_web, start_worker
from driver.scene import Scene
from driver.stories import DAYS, TOLD, stories
from driver.tally import Tally
from labotel.viewer.receiver import Receiver

READINGS_WITHIN = 10.0


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
    except (DidNotStart, NotSent, NoForm, Unexpected) as error:
        show.failure(str(error), work)
        return 1
    except KeyboardInterrupt:
        show.failure("stopped before the end", work)
        return 130
    found = differences(receiver.store, tally)
    show.everything(receiver.store, tally, found, work)
    return 1 if found else 0


def _options() -> argparse.Namespace:
    least = len(TOLD)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--protocols", type=int, default=24, help=f"how many, {least} or more (default 24)"
    )
    parser.add_argument(
        "--seconds", type=float, default=20, help="about how long two weeks take (default 20)"
    )
    options = parser.parse_args()
    if options.protocols < least or options.seconds < 1:
        parser.error(f"--protocols must be {least} or more, --seconds 1 or more")
    return options


def _run(receiver: Receiver, work: Path, tally: Tally, protocols: int, seconds: float) -> None:
    """Start everything, play the stories, and stop everything: what is left is sent then."""
    clock = Clock(DAYS * DAY / seconds)
    with Children(work, environment(work, clock, receiver.endpoint)) as children:
        with show.step("Making the database, starting Celery and gunicorn"):
            open_laboratory(children)
            start_worker(children)
            address = start_web(children)
        with show.progress(protocols, "Two weeks in the laboratory") as advance:
            scene = Scene(address, clock, tally, work, children)
            asyncio.run(play_weeks(scene, stories(protocols), advance))
        with show.step("Waiting for the last readings, then stopping"):
            receiver.store.wait_for(lambda: not differences(receiver.store, tally), READINGS_WITHIN)
            children.stop()


if __name__ == "__main__":
    sys.exit(main())
