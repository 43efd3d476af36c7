"""Workers that come and go by the hundred: exact sums, and no more series than slots."""

from collections import defaultdict

from labotel.viewer.receiver import Receiver
from running import run

ALIVE = 8
"""How many workers live at once at most."""


def test_two_hundred_workers_a_reload_and_a_scale_down(environment: dict[str, str]) -> None:
    """Four at a time, one after the other; then four beside the four that they replace; then two.

    The master says nothing. No series ever goes back, and each has one beginning.
    """
    with Receiver(keep_history=True) as receiver:
        run(
            """
            from collections import deque
            from pathlib import Path
            def held():
                slots = Path(os.environ["LABOTEL_RUNTIME_DIR"]).glob("*/slot-*.lock")
                return [slot for slot in slots if not free(slot)]
            def free(slot):
                import fcntl
                with open(slot) as file:
                    try:
                        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    except BlockingIOError:
                        return False
                return True
            def worker(gate=None):
                pid = os.fork()
                if pid == 0:
                    order(5)
                    if gate is not None:
                        os.read(gate, 1)  # until the master dismisses it
                        order(5)
                    labotel.shutdown()
                    os._exit(0)  # the interpreter's own end takes long, two hundred times
                return pid
            def end(pids):
                for pid in pids:
                    assert os.waitpid(pid, 0)[1] == 0
            running = deque()
            for _ in range(200):
                if len(running) == 4:
                    end([running.popleft()])
                running.append(worker())
            end(running)
            def team(size):
                gate = os.pipe()
                pids = [worker(gate[0]) for _ in range(size)]
                return gate[1], pids
            def dismiss(gate, pids):
                os.write(gate, bytes(len(pids)))
                end(pids)
            old = team(4)
            new, rest = team(2), team(2)
            until = time.monotonic() + 30
            while len(held()) < 8 and time.monotonic() < until:
                time.sleep(0.02)
            dismiss(*old)
            dismiss(*new)
            time.sleep(1)
            dismiss(*rest)
            """,
            environment | {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint},
        )
        points = receiver.store.history("orders_total")
        total = receiver.store.total("orders_total")
        records = [r for r in receiver.logs if r.event_name == "shop.ordered"]
    assert total == 200 * 5 + 8 * 10
    assert len(records) == total
    series = defaultdict(list)
    for point in points:
        identity = str(point.resource["service.instance.id"])
        series[identity, point.attributes["size"]].append(point)
    identities = {identity for identity, _ in series}
    assert len(identities) <= ALIVE
    assert len(series) == len(identities) * 2
    for found in series.values():
        values = [p.value or 0 for p in sorted(found, key=lambda p: p.time_ns)]
        assert values == sorted(values)
        assert len({p.start_ns for p in found}) == 1
