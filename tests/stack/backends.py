"""What the pipeline ends in, each from its shipped configuration: Prometheus and Loki."""

from pathlib import Path

from engines import binary
from labotel.render.objectives import LONG_INTERVAL
from running import free_port

from .http import answers
from .servers import Server

LOOKBACK = 10
"""So long, in s, Prometheus sees a series after its last point here."""
LONG = 4
"""So often, in s, what is recorded of long windows is recorded here: two minutes of five."""
COMPOSE = Path(__file__).parents[2] / "compose"


def shipped(folder: Path, alertmanager: str) -> Path:
    """The shipped configuration, with this Alertmanager's address for the container's name.

    What is recorded each 15 s, or less often, would be out of sight for most of the time
    (`LOOKBACK`): each 5 s, and long windows in the same proportion to that as they have.
    """
    text = (COMPOSE / "prometheus" / "prometheus.yml").read_text()
    assert text.count("alertmanager:9093") == text.count("evaluation_interval: 15s") == 1
    file = folder / "compose" / "prometheus" / "prometheus.yml"
    file.parent.mkdir(parents=True)
    text = text.replace("evaluation_interval: 15s", "evaluation_interval: 5s")
    file.write_text(text.replace("alertmanager:9093", alertmanager))
    made = folder / "compose" / "generated" / "prometheus" / "rules"
    made.mkdir(parents=True)
    for rules in (COMPOSE / "generated" / "prometheus" / "rules").iterdir():
        shown = rules.read_text().replace(f"interval: {LONG_INTERVAL}\n", f"interval: {LONG}s\n")
        (made / rules.name).write_text(shown)
    return file


def alertmanager(folder: Path, webhook: str) -> Server:
    """Alertmanager on free ports, which tells a webhook, soon."""
    port, cluster = free_port(), free_port()
    address = f"http://127.0.0.1:{port}"
    command = [
        str(COMPOSE / "alertmanager" / "run"),
        f"--web.listen-address=127.0.0.1:{port}",
        f"--cluster.listen-address=127.0.0.1:{cluster}",
    ]
    environment = {
        "ALERTMANAGER_BINARY": str(binary("alertmanager")),
        "ALERTMANAGER_DATA": str(folder / "data"),
        "ALERT_WEBHOOK_URL": webhook,
        "ALERT_GROUP_WAIT": "1s",
        "ALERT_GROUP_INTERVAL": "1s",
    }
    return Server(
        "alertmanager", command, folder, [port, cluster], lambda: answers(f"{address}/-/ready"),
        environment,
    )  # fmt: skip


def prometheus(folder: Path, file: Path | None = None, alertmanager: str = "127.0.0.1:9") -> Server:
    """Prometheus on a free port, by the shipped configuration or another."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [
        str(binary("prometheus")),
        f"@{COMPOSE / 'prometheus' / 'flags'}",
        f"--config.file={file or shipped(folder, alertmanager)}",
        f"--web.listen-address=127.0.0.1:{port}",
        f"--storage.tsdb.path={folder / 'data'}",
        # By default a series that is silent is seen for five minutes more: longer than a test.
        f"--query.lookback-delta={LOOKBACK}s",
    ]
    return Server("prometheus", command, folder, [port], lambda: answers(f"{address}/-/ready"))


def loki(folder: Path, alertmanager: str = "127.0.0.1:9", *flags: str) -> Server:
    """Loki on free ports, with the rules that are rendered."""
    port, grpc = free_port(), free_port()
    address = f"http://127.0.0.1:{port}"
    command = [
        str(binary("loki")),
        f"-config.file={COMPOSE / 'loki' / 'loki.yml'}",
        "-config.expand-env=true",
        *flags,
    ]
    environment = {
        "LOKI_RULES": str(COMPOSE / "generated" / "loki" / "rules"),
        "ALERTMANAGER_URL": f"http://{alertmanager}",
        "LOKI_HTTP_LISTEN_PORT": str(port),
        "LOKI_GRPC_LISTEN_PORT": str(grpc),
        "LOKI_DATA": str(folder / "data"),
    }
    return Server(
        "loki", command, folder, [port, grpc], lambda: answers(f"{address}/ready"), environment
    )
