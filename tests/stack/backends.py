"""What the pipeline ends in, each from its shipped configuration: Prometheus and Loki."""

from pathlib import Path

from engines import binary
from running import free_port

from .http import answers
from .servers import Server

LOOKBACK = 10
"""So long, in s, Prometheus sees a series after its last point here."""
COMPOSE = Path(__file__).parents[2] / "compose"


def prometheus(folder: Path, file: Path = COMPOSE / "prometheus" / "prometheus.yml") -> Server:
    """Prometheus on a free port, by a configuration: the shipped one, unless another is given."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [
        str(binary("prometheus")),
        f"@{COMPOSE / 'prometheus' / 'flags'}",
        f"--config.file={file}",
        f"--web.listen-address=127.0.0.1:{port}",
        f"--storage.tsdb.path={folder / 'data'}",
        # By default a series that is silent is seen for five minutes more: longer than a test.
        f"--query.lookback-delta={LOOKBACK}s",
    ]
    return Server("prometheus", command, folder, [port], lambda: answers(f"{address}/-/ready"))


def loki(folder: Path) -> Server:
    """Loki on free ports."""
    port, grpc = free_port(), free_port()
    address = f"http://127.0.0.1:{port}"
    command = [
        str(binary("loki")),
        f"-config.file={COMPOSE / 'loki' / 'loki.yml'}",
        "-config.expand-env=true",
    ]
    environment = {
        "LOKI_HTTP_LISTEN_PORT": str(port),
        "LOKI_GRPC_LISTEN_PORT": str(grpc),
        "LOKI_DATA": str(folder / "data"),
    }
    return Server(
        "loki", command, folder, [port, grpc], lambda: answers(f"{address}/ready"), environment
    )
