"""The life of a receiver: start, faults on demand, stop, and a process of its own."""

from __future__ import annotations

import http.client
import multiprocessing
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from labotel.viewer.receiver import Receiver


def test_an_injected_fault_is_what_the_exporter_meets(process: Callable[..., Any]) -> None:
    """The exporter retries after the 503 that `respond` gave, and the retry is kept."""
    faults = [(503, {"Retry-After": "0"}, b"")]
    asked = []

    def respond(signal: str) -> tuple[int, dict[str, str], bytes] | None:
        asked.append(signal)
        return faults.pop() if faults else None

    with Receiver(respond=respond) as receiver:
        one = process()
        one.endpoint = receiver.endpoint
        one.tracer_provider().get_tracer("t").start_span("stubborn").end()
        assert receiver.store.wait_for(lambda: len(receiver.spans) == 1)
        assert asked == ["traces", "traces"]
        assert receiver.stats["requests"]["traces"] == 2
        assert receiver.stats["refused"]["traces"] == 1


def test_a_fault_can_hang_up(connect: Callable[..., Any]) -> None:
    """A ConnectionError raised by `respond` closes the connection without an answer."""

    def respond(signal: str) -> None:
        raise ConnectionResetError(signal)

    with Receiver(respond=respond) as receiver, pytest.raises(http.client.RemoteDisconnected):
        connect(receiver.port).post("/v1/traces")


def test_stop_closes_the_port_and_open_connections(
    connect: Callable[..., Any], one_span: Callable[..., bytes]
) -> None:
    """After stop() a kept-alive client is cut off and a new one refused; the data stays."""
    receiver = Receiver().start()
    client = connect(receiver.port)
    client.post("/v1/traces", one_span())
    receiver.stop()
    assert client.connection.sock.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((receiver.host, receiver.port), timeout=10)
    assert len(receiver.spans) == 1


def test_a_stopped_receiver_comes_back_on_its_port(
    connect: Callable[..., Any], one_span: Callable[..., bytes]
) -> None:
    """An outage in a test: the same endpoint answers again, what was received still there."""
    receiver = Receiver().start()
    endpoint = receiver.endpoint
    connect(receiver.port).post("/v1/traces", one_span("before"))
    receiver.stop()
    with receiver:
        assert receiver.endpoint == endpoint
        connect(receiver.port).post("/v1/traces", one_span("after"))
        assert [span.name for span in receiver.spans] == ["before", "after"]


def test_stop_reaches_copies_of_the_socket_in_forked_children() -> None:
    """A child that lives on with the inherited listening socket does not keep the port open."""
    receiver = Receiver().start()
    hold = multiprocessing.get_context("fork").Event()
    child = multiprocessing.get_context("fork").Process(target=hold.wait, args=(30,))
    child.start()
    try:
        receiver.stop()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((receiver.host, receiver.port), timeout=10)
    finally:
        hold.set()
        child.join()


def test_start_and_stop_may_be_called_twice() -> None:
    """Neither complains, and stop before start does nothing."""
    receiver = Receiver()
    receiver.stop()
    assert receiver.start() is receiver.start()
    receiver.stop()
    receiver.stop()


def test_it_listens_on_loopback_unless_told_otherwise(receiver: Receiver) -> None:
    """The default address is reachable from this machine alone."""
    assert receiver.endpoint == f"http://127.0.0.1:{receiver.port}"


def test_the_endpoint_of_a_receiver_that_never_started_is_an_error() -> None:
    """Port 0 is no address; the message says what to do."""
    with pytest.raises(RuntimeError, match=r"start\(\)"):
        _ = Receiver().endpoint


def test_it_runs_as_a_process_of_its_own(
    connect: Callable[..., Any], one_span: Callable[..., bytes]
) -> None:
    """`python -m labotel.viewer.receiver` prints its port, serves, and ends on SIGTERM."""
    command = [sys.executable, "-m", "labotel.viewer.receiver", "--port", "0", "--print-port"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            client = connect(int(child.stdout.readline()))
            assert client.post("/v1/traces", one_span()).status == 200
            assert client.get("/stats").json["spans"] == 1
        finally:
            child.send_signal(signal.SIGTERM)
        assert child.wait(timeout=10) == 0


def test_the_receiver_needs_no_rich() -> None:
    """The optional dependency is for drawing alone."""
    code = "import sys, labotel.viewer.receiver; print('rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
