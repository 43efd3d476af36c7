"""An endpoint where nobody is, or where somebody is who never answers."""

import os
import socket

_kept: list[socket.socket] = []


def send_to(receiver: str) -> None:
    """Let what is said go to a receiver that is `well`, `dead` or `hanging`, by default queues."""
    for name in ("OTEL_BSP_MAX_QUEUE_SIZE", "OTEL_BLRP_MAX_QUEUE_SIZE"):
        os.environ.pop(name, None)
    if receiver == "dead":
        endpoint = "http://127.0.0.1:9"
    elif receiver == "hanging":
        _kept.append(socket.create_server(("127.0.0.1", 0), backlog=1000))
        endpoint = f"http://127.0.0.1:{_kept[0].getsockname()[1]}"
    else:
        return
    os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint
