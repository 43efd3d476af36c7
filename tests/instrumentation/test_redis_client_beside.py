"""Redis beside what has metrics of its own: Celery's transport, Django's cache."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from labotel.viewer.receiver import Receiver
from redises import Run, commands, counted
from running import end, python


def test_celerys_transport_is_not_observed(asked: Run, receiver: Receiver) -> None:
    """A publish has a span of its own; what kombu asks for it is none of the application's."""
    asked(
        """
        import warnings
        warnings.simplefilter("default")  # Celery's own imports warn
        from celery import Celery
        app = Celery("x", broker=url)
        @app.task
        def nothing(): pass
        nothing.delay()
        with app.connection_for_read() as connection:
            queue = connection.SimpleQueue("celery")
            assert queue.get(timeout=5).headers["task"].endswith("nothing")
            queue.close()
        """
    )
    assert [s.name for s in receiver.spans if "nothing" in s.name]
    assert commands(receiver) == []
    assert counted(receiver) == {}


def test_djangos_cache_is_observed_beside_its_own_metric(asked: Run, receiver: Receiver) -> None:
    """One key that is asked for is one `cache_operations_total`, and one command."""
    asked(
        """
        from django.conf import settings
        settings.configure(CACHES={"default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}})
        import django
        django.setup()
        from django.core.cache import cache
        cache.set("patient", 1)
        assert cache.get("patient") == 1
        """
    )
    assert [s.name for s in commands(receiver)] == ["SET", "GET"]
    assert counted(receiver) == {"set": 1, "get": 1}
    assert receiver.store.total("cache_operations_total") == 2


def test_a_worker_that_waits_makes_no_spans(
    redis: str,
    receiver: Receiver,
    environment: dict[str, str],
    start: Callable[..., "subprocess.Popen[bytes]"],
    tmp_path: Path,
) -> None:
    """It asks Redis for the next task all the time; what its task asks is observed, in its run."""
    (tmp_path / "waiting.py").write_text(
        "import redis\n"
        "from celery import Celery\n"
        "import labotel\n"
        f"app = Celery('waiting', broker={redis!r})\n"
        "app.conf.broker_transport_options = {'polling_interval': 0.01}\n"
        "labotel.configure()\n"
        "@app.task(name='ask')\n"
        f"def ask(): redis.Redis.from_url({redis!r}).get('a')\n"
    )
    env = environment | {"PYTHONPATH": f"{environment['PYTHONPATH']}:{tmp_path}"}
    command = ["-m", "celery", "-A", "waiting", "worker", "--pool", "solo"]
    worker = start(sys.executable, *command, env=env)
    publish = "for _ in range(3): ask.delay()"
    quiet = "import warnings; warnings.simplefilter('default')"  # Celery's own imports warn
    python(f"{quiet}\nimport labotel\nfrom waiting import ask\n{publish}\nlabotel.shutdown()", env)
    until = time.monotonic() + 60
    while len([s for s in receiver.spans if s.name == "run/ask"]) < 3:
        assert time.monotonic() < until
        time.sleep(0.05)
    end(worker)
    runs = {s.span_id for s in receiver.spans if s.name == "run/ask"}
    assert [s.name for s in commands(receiver)] == ["GET"] * 3
    assert {s.parent_span_id for s in commands(receiver)} == runs
    assert receiver.store.total("redis_client_operations_total") == 3
    assert receiver.store.total("labotel_faults_total") == 0
