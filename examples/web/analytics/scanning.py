"""Ports are tried one by one: those of this machine alone, as nobody else has agreed to it."""

import ipaddress
import socket
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import labotel
from analytics.models import Scan
from web.telemetry import HostScanned, PortScanned, Service

WAIT = 0.5
"""Seconds until a port that says nothing is filtered."""
MOST = 50
"""So many ports are tried at most."""
SERVICES: dict[int, Service] = {22: "ssh", 80: "http", 443: "https", 5432: "postgresql",
                                6379: "redis"}  # fmt: skip


class NotAllowed(ValueError):
    """A scan that is not made; the message says why."""


def scan(host: str, ports: Sequence[int]) -> list[Scan]:
    """Try the ports of a host, and keep what was found."""
    _check(host, ports)
    started = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda port: _try(host, port), ports))
    made = Scan.objects.bulk_create(
        Scan(host=host, port=port, status=status) for port, status in zip(ports, found, strict=True)
    )
    for port, status in zip(ports, found, strict=True):
        service = SERVICES.get(port, "other")
        labotel.emit(PortScanned(port=str(port), service=service, status=status, host=host))
    took = time.perf_counter() - started
    labotel.emit(HostScanned(host=host, found=found.count("open"), duration=took))
    return made


def _check(host: str, ports: Sequence[int]) -> None:
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise NotAllowed("the host must be an address of this machine, as 127.0.0.1")
    if not 0 < len(ports) <= MOST or not all(0 < port < 65536 for port in ports):
        raise NotAllowed(f"1 to {MOST} ports, each from 1 to 65535")


def _try(host: str, port: int) -> str:
    try:
        with socket.create_connection((host, port), WAIT):
            return "open"
    except TimeoutError:
        return "filtered"
    except OSError:
        return "closed"
