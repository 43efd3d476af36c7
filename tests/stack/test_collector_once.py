"""Each line of a log file arrives, and once: over restarts, kills and full queues."""

import itertools
import json
import random
import threading
import time
from collections import Counter
from pathlib import Path

from .collector import collector as collector_server
from .collector_fixtures import Start, collector, sink
from .collector_sink import Sink, eventually
from .collector_sources import OFFSET, Source, environment, sources

__all__ = ["collector", "sink"]

MANY = 3000
KILLS = 8


def _said(sink: Sink, source: Source) -> Counter[str]:
    return Counter(source.said(line) for line in sink.lines(source.job))


def test_lines_are_read_once_over_a_restart_and_a_rotation(
    collector: Start, sink: Sink, tmp_path: Path
) -> None:
    """What was written meanwhile is in the file's `.1`, and what was read is not read again."""
    files = sources(tmp_path)
    with environment(tmp_path) as named:
        for source in files:
            source.write("/one", "/two")
        running = collector(**named)
        eventually(lambda: len(sink.lines()) == 2 * len(files))
        running.stop()
        for source in files:
            source.write("/three")
            source.rotate()
            source.write("/four")
        running.start()
        eventually(lambda: all("/four" in _said(sink, one) for one in files))
        eventually(lambda: all("/three" in _said(sink, one) for one in files))
        running.stop()
    once = dict.fromkeys(("/one", "/two", "/three", "/four"), 1)
    assert {one.job: _said(sink, one) for one in files} == {one.job: once for one in files}


def test_equal_lines_of_one_moment_stay_two(collector: Start, sink: Sink, tmp_path: Path) -> None:
    """Loki keeps a line once that has the time and the text of another: their places differ."""
    files = sources(tmp_path)
    with environment(tmp_path) as named:
        for source in files:
            source.write("/same", "/same")
        collector(**named)
        eventually(lambda: len(sink.lines()) == 2 * len(files))
    for source in files:
        length = len(source.line("/same")) + 1
        first, second = sink.lines(source.job)
        assert (first.at, first.line | {OFFSET: length}) == (second.at, second.line), source.job
        assert (first.line[OFFSET], second.line[OFFSET]) == (0, length)


def test_a_full_queue_makes_files_wait(collector: Start, sink: Sink, tmp_path: Path) -> None:
    """While Loki is away, files are read until the queue is full, and then from there on."""
    files = sources(tmp_path)
    texts = [f"/{number}" for number in range(MANY)]
    with environment(tmp_path) as named:
        running = collector(**named, QUEUE_LOGS="1000")
        sink.stop()
        for source in files:
            source.write(*texts)
        eventually(lambda: "queue is full" in running.log.read_text())
        time.sleep(2)  # what would give up has done so
        sink.start()
        everything = set(texts)
        for source in files:
            eventually(lambda one=source: set(_said(sink, one)) == everything, within=60)
        running.stop()


def test_a_killed_collector_loses_no_line(sink: Sink, tmp_path: Path) -> None:
    """It is killed again and again while lines are written; one that comes twice is the same."""
    log = tmp_path / "nginx/access.log"
    log.parent.mkdir()
    log.touch()
    server = collector_server(
        tmp_path / "collector",
        {
            "NGINX_LOGS": str(log.parent),
            "COLLECTOR_STORAGE_FREE_MB": "1",
            "PROMETHEUS_URL": sink.url, "LOKI_URL": sink.url, "TEMPO_OTLP_URL": sink.url,
        },
    )  # fmt: skip
    written: list[str] = []
    enough = threading.Event()

    def write() -> None:
        with log.open("a", buffering=1) as file:
            for number in itertools.count():
                if enough.is_set():
                    return
                name = f"{number:032x}"
                file.write(json.dumps({"time": f"{time.time():.3f}", "request_id": name}) + "\n")
                written.append(name)
                time.sleep(0.001)

    writer = threading.Thread(target=write)
    writer.start()
    moments = random.Random(7)
    try:
        for _ in range(KILLS):
            server.start()
            time.sleep(moments.uniform(0.3, 0.9))
            server.kill()
        enough.set()
        writer.join()
        server.start()
        names = set(written)
        eventually(lambda: names == {one.line.get("request_id") for one in sink.lines()})
    finally:
        enough.set()
        server.stop()
    lines = {(line.at, json.dumps(line.line, sort_keys=True)) for line in sink.lines()}
    assert len(lines) == len(names)
